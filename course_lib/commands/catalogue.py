"""The list of lessons, read from lessons.toml."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from course_lib.commands.paths import LESSON_LIST
from course_lib.commands.problem import CourseProblem

SLUG = re.compile(r"(\d\d)_[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Lesson:
    """One entry of lessons.toml.

    Attributes:
        slug: number and name, such as 10_one_neuron: the notebook's name without .ipynb
        title: the question that the lesson answers
        minutes: what a learner takes
        needs: slugs of the lessons that come before
        modules: the library files that the lesson meets
        exercises: slugs of its exercises
        budget_s: longest run of the whole notebook, in seconds
        budget_mb: most memory of that run, in megabytes
        assumes: names that the learner is told to know already
    """

    slug: str
    title: str
    minutes: int
    needs: tuple[str, ...]
    modules: tuple[str, ...]
    exercises: tuple[str, ...]
    budget_s: int
    budget_mb: int
    assumes: tuple[str, ...]

    @property
    def number(self) -> str:
        """The two digits that the slug begins with."""
        return self.slug[:2]

    @property
    def file_name(self) -> str:
        """The notebook's name."""
        return f"{self.slug}.ipynb"


def read_catalogue(root: Path) -> tuple[Lesson, ...]:
    """Read the list of lessons.

    Args:
        root: the folder that holds lessons.toml
    Returns:
        the lessons in the order of the list
    Raises:
        CourseProblem: the list is missing, is not TOML, or an entry is wrong
    """
    path = root / LESSON_LIST
    if not path.is_file():
        raise CourseProblem(f"{path} is missing: fetch the whole course again.")
    return parse_catalogue(path.read_text(encoding="utf-8"), path)


def parse_catalogue(text: str, path: Path) -> tuple[Lesson, ...]:
    """Read the list of lessons out of its text.

    Args:
        text: what stands in lessons.toml
        path: where it stands, for the sentence about what is wrong
    Returns:
        the lessons in the order of the list
    Raises:
        CourseProblem: it is not TOML, or an entry is wrong
    """
    try:
        entries = tomllib.loads(text).get("lesson", [])
    except tomllib.TOMLDecodeError as error:
        raise CourseProblem(f"{path} is not valid TOML: {error}.") from error
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise CourseProblem(f"{path}: each lesson must be a table that begins with [[lesson]].")
    lessons: list[Lesson] = []
    for position, entry in enumerate(entries, start=1):
        lessons.append(_lesson(entry, f"{path}, lesson {position} ({entry.get('slug', 'no slug')})", lessons))
    if not lessons:
        raise CourseProblem(f"{path} lists no lesson: expected at least one [[lesson]].")
    return tuple(lessons)


def find_lesson(lessons: Iterable[Lesson], name: str) -> Lesson:
    """Find the lesson that a learner names.

    Args:
        lessons: where to look
        name: slug, number, or file name of a notebook
    Returns:
        the lesson
    Raises:
        CourseProblem: no lesson has this name; the sentence lists those there are
    """
    wanted = Path(name).name.removesuffix(".ipynb")
    for lesson in lessons:
        if wanted in (lesson.slug, lesson.number):
            return lesson
    known = ", ".join(lesson.slug for lesson in lessons)
    raise CourseProblem(f"There is no lesson {name!r}: choose one of {known}, by its slug or its number.")


def _lesson(entry: dict, where: str, earlier: list[Lesson]) -> Lesson:
    expected = {field.name for field in fields(Lesson)}
    if wrong := expected.symmetric_difference(entry):
        missing, unknown = sorted(wrong & expected), sorted(wrong - expected)
        raise CourseProblem(f"{where}: missing keys {missing}, unknown keys {unknown}.")
    for key, value in entry.items():
        _check_type(value, Lesson.__annotations__[key], f"{where}: {key}")
    slugs = [lesson.slug for lesson in earlier]
    if not SLUG.fullmatch(entry["slug"]):
        raise CourseProblem(f"{where}: slug is not two digits and a name, as in 10_one_neuron.")
    if entry["slug"][:2] in [slug[:2] for slug in slugs]:
        raise CourseProblem(f"{where}: its number is taken by an earlier lesson.")
    if later := [slug for slug in entry["needs"] if slug not in slugs]:
        raise CourseProblem(f"{where}: needs {later}, which no earlier entry has as its slug.")
    return Lesson(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})


def _check_type(value: object, annotation: type, where: str) -> None:
    if annotation is str:
        is_right, expected = isinstance(value, str) and value != "", "text"
    elif annotation is int:
        is_right, expected = type(value) is int and value > 0, "a whole number above 0"
    else:
        is_right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        expected = "a list of texts"
    if not is_right:
        raise CourseProblem(f"{where}: expected {expected}, got {value!r}.")
