"""The rules of a lesson's prose: front matter, headings, length, closing cell."""

import re
from collections.abc import Iterator

from course_lib.commands.catalogue import Lesson

__all__ = ["SECTION", "closing_cell", "front_matter", "headings", "short_prose"]

MOST_WORDS = 150  # between two code cells: what is read in a minute
SECTION = re.compile(r"## (\d+) · \S.*")
CLOSING_TITLE = "## What to keep"
CLOSING_LEADS = ("Three things to keep", "Pitfalls", "Exercise", "Next", "Sources")

Problems = Iterator[tuple[int, str]]


def front_matter(cells: list, lesson: Lesson) -> Problems:
    """The first cell says what the lesson answers, needs and takes, as lessons.toml does."""
    if cells[0].cell_type != "markdown":
        yield 1, "the first cell must be prose: title, question, what the learner will be able to do."
        return
    title, _, rest = cells[0].source.partition("\n")
    wanted = f"# {lesson.number} · {lesson.title}"
    if title != wanted:
        yield 1, f"the title must be {wanted!r}, as in lessons.toml. It is {title!r}."
    question = re.split(r"^\*\*", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()
    if not question or "?" not in title + question:
        yield 1, "a paragraph below the title must ask the question of the lesson."
    if not _after_lead(rest, "You will be able to"):
        yield 1, "must say what the learner can do afterwards: **You will be able to** ..."
    if not re.match(rf"{lesson.minutes}\b", _after_lead(rest, "Minutes") or ""):
        yield 1, f"must say **Minutes** {lesson.minutes}, as in lessons.toml."
    yield from _links(rest, "Needs", [f"{slug}.ipynb" for slug in lesson.needs])
    yield from _links(rest, "Library files", [f"../{module}" for module in lesson.modules])


def headings(cells: list, lesson: Lesson) -> Problems:
    """Sections are numbered 1, 2, 3, each at the beginning of a cell."""
    number = 0
    for position, cell in enumerate(cells, start=1):
        if cell.cell_type != "markdown":
            continue
        lines = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
        found = re.findall(r"^##? .*", lines, re.MULTILINE)
        for heading in found[1:] if position == 1 else found:
            if heading == CLOSING_TITLE and position == len(cells):
                continue
            number += 1
            if not heading.startswith(f"## {number} · "):
                yield position, f"the heading {heading!r} must read '## {number} · ...'."
            if not cell.source.startswith(heading):
                yield position, f"the heading {heading!r} must begin a cell of its own."
    if not number:
        yield 1, "the lesson has no section. Begin one: '## 1 · ...'."


def short_prose(cells: list, lesson: Lesson) -> Problems:
    """A learner runs something after at most 150 words."""
    start, words = None, 0
    for position, cell in enumerate(cells, start=1):
        if cell.cell_type == "markdown":
            words += words_in(cell.source)
            continue
        if start and words > MOST_WORDS:
            yield start + 1, f"{words} words stand before the next code cell; at most {MOST_WORDS} may. Cut."
        start, words = position, 0


def closing_cell(cells: list, lesson: Lesson) -> Problems:
    """The last cell says what to keep, and where to go from here."""
    last, position = cells[-1], len(cells)
    if last.cell_type != "markdown" or not last.source.startswith(CLOSING_TITLE):
        yield position, f"the last cell must be prose that begins with {CLOSING_TITLE!r}."
        return
    for lead in CLOSING_LEADS:
        if not _after_lead(last.source, lead):
            yield position, f"the closing cell must have **{lead}** with something below it."
    kept = re.findall(r"^\d+\. ", _after_lead(last.source, CLOSING_LEADS[0]) or "", re.MULTILINE)
    if len(kept) != 3:
        yield position, f"**{CLOSING_LEADS[0]}** must be a numbered list of exactly 3. It has {len(kept)}."


def words_in(markdown: str) -> int:
    """Count words as a reader meets them: a formula is one, marks and the addresses of links are none.

    >>> words_in("The **bias** $b$ [moves](10.ipynb) the line.")
    6
    """
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " formula ", markdown, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)|<[^>]*>", " ", text)
    return sum(1 for word in text.split() if re.search(r"\w", word))


def _after_lead(text: str, lead: str) -> str | None:
    """Return what follows the bold ``lead``, up to the next bold word at the start of a line."""
    flags = re.MULTILINE | re.DOTALL
    found = re.search(rf"^\*\*{re.escape(lead)}[.:]?\*\*[.:]?(.*?)(?=^\*\*|^#|\Z)", text, flags)
    return found.group(1).strip() if found else None


def _links(text: str, lead: str, wanted: list[str]) -> Problems:
    said = _after_lead(text, lead)
    if said is None or not (wanted or said.startswith("nothing")):
        yield 1, f"must say **{lead}** with links as in lessons.toml, or 'nothing'."
        return
    linked = re.findall(r"\]\(([^)#\s]+)\)", said)
    if sorted(linked) != sorted(wanted):
        yield 1, f"**{lead}** links {linked}; lessons.toml gives {wanted}."
