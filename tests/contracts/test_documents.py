"""What the project tells its readers is true: map of the lessons, links, citation, picture."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

from course_lib.commands.catalogue import Lesson, read_catalogue
from tools import readme_picture
from tools.figures import difference

ROOT = Path(__file__).parents[2]
LESSONS = read_catalogue(ROOT)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")])

ROW = re.compile(r"^\| \[(\d\d)\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \| (\d+) \| (.+?) \|$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`|\$\$.*?\$\$", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)|<(?:img|a)\b[^>]*?(?:src|href)=\"([^\"]+)\"",
    re.MULTILINE,
)
ELSEWHERE = re.compile(r"[a-z]+:|#|attachment:")

CITATION_KEYS = {"cff-version", "message", "title", "authors", "version", "license"}


def map_problems(readme: str, lessons: tuple[Lesson, ...]) -> list[str]:
    """Say where README's map of the lessons differs from the list of lessons."""
    rows = [match.groups()[:4] for match in ROW.finditer(readme)]
    wanted = [(lesson.number, lesson.slug, lesson.title, str(lesson.minutes)) for lesson in lessons]
    said = [
        f"README.md: the map must have the row {row}, as lessons.toml says."
        for row in wanted
        if row not in rows
    ]
    said += [
        f"README.md: lessons.toml does not know the map's row {row}." for row in rows if row not in wanted
    ]
    if not said and rows != wanted:
        said = ["README.md: the map must follow the order of lessons.toml."]
    return said


def link_problems(path: Path, markdown: str) -> list[str]:
    """Name every relative link of a page that leads to no file."""
    problems = []
    for match in LINK.finditer(CODE.sub(" ", markdown)):
        target = next(filter(None, match.groups()))
        if ELSEWHERE.match(target):
            continue
        if not (path.parent / target.split("#")[0]).exists():
            problems.append(f"{path.name}: the link to {target} leads to no file.")
    return problems


def citation_problems(citation: str, project: dict) -> list[str]:
    """Say what CITATION.cff lacks, or where it contradicts pyproject.toml."""
    try:
        said = yaml.safe_load(citation)
    except yaml.YAMLError as error:
        return [f"CITATION.cff is not YAML: {error}"]
    missing = sorted(CITATION_KEYS - set(said))
    problems = [f"CITATION.cff: {key} is missing." for key in missing]
    if "version" in said and str(said["version"]) != project["version"]:
        problems.append(
            f"CITATION.cff: version is {said['version']}, in pyproject.toml {project['version']}."
        )
    if "cff-version" in said and said["cff-version"] != "1.2.0":
        problems.append("CITATION.cff: cff-version must be 1.2.0, whose keys this test knows.")
    if "authors" in said and not all(
        "name" in author or "family-names" in author for author in said["authors"]
    ):
        problems.append("CITATION.cff: every author needs a name.")
    return problems


def prose_of(path: Path) -> str:
    """Read the Markdown of a page, or of all prose cells of a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    cells = nbformat.reads(text, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def read(name: str) -> str:
    """Read a file of the root folder."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_map_in_the_readme_is_the_list_of_lessons():
    assert map_problems(read("README.md"), LESSONS) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_relative_link_leads_to_a_file(path):
    problems = link_problems(path, prose_of(path))
    assert not problems, "\n" + "\n".join(problems)


def test_the_citation_is_complete_and_names_the_version_of_the_project():
    assert citation_problems(read("CITATION.cff"), tomllib.loads(read("pyproject.toml"))["project"]) == []


def test_the_picture_in_the_readme_is_what_its_script_draws():
    reason = difference(readme_picture.PICTURE.read_bytes(), readme_picture.draw())
    assert not reason, f"readme.png: {reason}. To draw it again: python tools/readme_picture.py"


FIRST = LESSONS[0]
FIRST_ROW = f"| [{FIRST.number}](notebooks/{FIRST.slug}.ipynb) | {FIRST.title} | {FIRST.minutes} |"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FIRST_ROW, FIRST_ROW.replace(f"| {FIRST.minutes} |", f"| {FIRST.minutes + 5} |")),
        (FIRST_ROW, FIRST_ROW.replace(FIRST.title, "Another question?")),
        (FIRST_ROW, FIRST_ROW.replace(FIRST.slug, "00_another_slug")),
        (FIRST_ROW, ""),
        (FIRST_ROW, "| [99](notebooks/99_planned.ipynb) | Planned? | 60 | a dream |\n" + FIRST_ROW),
    ],
    ids=["minutes", "title", "slug", "row left out", "row too many"],
)
def test_a_planted_fault_in_the_map_is_named(old, new):
    assert old in read("README.md")
    assert map_problems(read("README.md").replace(old, new), LESSONS)


def test_a_map_in_another_order_is_named():
    (problem,) = map_problems(read("README.md"), LESSONS[::-1])
    assert "order" in problem


@pytest.mark.parametrize(
    "markdown",
    [
        "[gone](gone.md)",
        "[wrapped\nover lines](gone.md#part)",
        '[with a title](gone.md "title")',
        "![a picture](pictures/gone.png)",
        '<img src="gone.png" alt="a picture">',
        "[by name]: gone.md",
        "[from a folder](../gone.md)",
    ],
)
def test_a_planted_broken_link_is_named(markdown):
    (problem,) = link_problems(ROOT / "README.md", f"Text before.\n\n{markdown}\n")
    assert "gone" in problem


@pytest.mark.parametrize(
    "markdown",
    [
        "[here](LICENSE)",
        "[a part](README.md#start)",
        "[this page](#start)",
        "[elsewhere](https://creativecommons.org/licenses/by/4.0/)",
        "`[code](gone.md)`",
        "```python\nx = table[0](gone)\n```",
    ],
)
def test_what_is_no_broken_link_passes(markdown):
    assert link_problems(ROOT / "README.md", markdown) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("authors:", "writers:", "authors is missing"),
        ("version: 0.1.0", "version: 0.0.9", "in pyproject.toml 0.1.0"),
        ("cff-version: 1.2.0", "cff-version: 1.0.3", "must be 1.2.0"),
        ("- name: The neural-network course contributors", "- nickname: us", "needs a name"),
        ("title: ", "title: [", "is not YAML"),
    ],
)
def test_a_planted_fault_in_the_citation_is_named(old, new, expected):
    faulty = re.sub(f"(?m)^( *){re.escape(old)}", rf"\g<1>{new}", read("CITATION.cff"), count=1)
    assert faulty != read("CITATION.cff")
    assert expected in citation_problems(faulty, {"version": "0.1.0"})[0]


def test_a_planted_other_picture_is_named(monkeypatch):
    monkeypatch.setattr(readme_picture, "START", -readme_picture.START)
    assert "pixels differ" in difference(readme_picture.PICTURE.read_bytes(), readme_picture.draw())
