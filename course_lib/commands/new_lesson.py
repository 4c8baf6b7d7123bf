"""write the first draft of a lesson

Adds an entry to lessons.toml and writes a notebook with the shape of a lesson, for you to fill:
course new-lesson 12 layers --title "Why layers, and why a nonlinearity?"
"""

import argparse
import json
import re
from pathlib import Path

from course_lib.commands.catalogue import SLUG, Lesson, find_lesson, parse_catalogue, read_catalogue
from course_lib.commands.paths import LESSON_LIST, course_root
from course_lib.commands.problem import CourseProblem

ENTRY = """\
[[lesson]]
slug = {slug}
title = {title}
minutes = {minutes}
needs = {needs}
modules = []
exercises = []
budget_s = 60
budget_mb = 1024
assumes = []
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course new-lesson`.

    Args:
        parser: gets the descriptions
    """
    parser.add_argument("number", help="two digits that no lesson has, such as 12")
    parser.add_argument("slug", help="small letters, digits and underscores, such as layers")
    parser.add_argument("--title", required=True, help="the question that the lesson answers")
    parser.add_argument("--minutes", type=int, default=60, help="what a learner takes (default: %(default)s)")
    parser.add_argument(
        "--needs", nargs="*", metavar="LESSON", help="lessons that come before (default: the one just before)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the arguments, then write the entry and the notebook.

    Args:
        arguments: as described by add_arguments
    Returns:
        0 when both are written
    Raises:
        CourseProblem: an argument is wrong, or a file cannot be written
    """
    root = course_root()
    lessons = read_catalogue(root)
    slug = _new_slug(arguments.number, arguments.slug, lessons)
    if not arguments.title.strip().endswith("?"):
        raise CourseProblem(
            f"The title {arguments.title!r} is no question: a lesson answers one, so end it with '?'."
        )
    if arguments.minutes < 1:
        raise CourseProblem(f"--minutes {arguments.minutes} is too few: choose a whole number above 0.")
    text = _with_entry(root / LESSON_LIST, slug, arguments, lessons)
    lesson = find_lesson(parse_catalogue(text, root / LESSON_LIST), slug)
    notebook = root / "notebooks" / lesson.file_name
    if notebook.exists():
        raise CourseProblem(f"{notebook} exists already: choose another slug, or remove it.")
    _write(notebook, root / LESSON_LIST, lesson, text)
    print(f"Written: notebooks/{lesson.file_name}, and its entry in {LESSON_LIST}.")
    print(f"Fill it, then run it: python tools/notebooks.py run {slug}")
    print("What is still missing, the tests say: python course.py test tests/lessons")
    return 0


def _new_slug(number: str, name: str, lessons: tuple[Lesson, ...]) -> str:
    taken = {lesson.number: lesson.slug for lesson in lessons}
    if not re.fullmatch(r"[0-9]{2}", number):
        raise CourseProblem(f"{number!r} is no number of a lesson: expected two digits, such as 12.")
    if number in taken:
        raise CourseProblem(f"The number {number} is taken by {taken[number]}: taken are {', '.join(taken)}.")
    if not SLUG.fullmatch(f"{number}_{name}"):
        raise CourseProblem(
            f"{name!r} is no slug: expected small letters, digits and underscores, such as layers."
        )
    return f"{number}_{name}"


def _with_entry(path: Path, slug: str, arguments: argparse.Namespace, lessons: tuple[Lesson, ...]) -> str:
    """Return the text of lessons.toml with the new entry, before the first lesson with a higher number."""
    before = [lesson for lesson in lessons if lesson.number < arguments.number]
    chosen = [lesson.slug for lesson in before[-1:]]
    if arguments.needs is not None:
        chosen = [find_lesson(lessons, name).slug for name in arguments.needs]
    if later := [need for need in chosen if need[:2] > arguments.number]:
        raise CourseProblem(
            f"A lesson {arguments.number} cannot need {', '.join(later)}, which comes after it."
        )
    entry = ENTRY.format(
        slug=_quoted(slug),
        title=_quoted(arguments.title.strip()),
        minutes=arguments.minutes,
        needs=_quoted(chosen),
    )
    parts = re.split(r"^(?=\[\[lesson\]\])", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = [part.rstrip("\n") + "\n" for part in parts]  # the first holds what stands above all lessons
    parts.insert(len(before) + 1, entry)
    return "\n".join(parts)


def _quoted(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)  # texts and lists of texts look the same in TOML


def _write(notebook: Path, lesson_list: Path, lesson: Lesson, text: str) -> None:
    from course_lib.commands.lesson_draft import draft_text

    try:
        notebook.parent.mkdir(exist_ok=True)
        notebook.write_text(draft_text(lesson), encoding="utf-8", newline="\n")
        lesson_list.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CourseProblem(f"{error.filename} cannot be written: {error.strerror}.") from error
