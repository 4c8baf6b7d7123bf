"""The folder of notebooks and lessons.toml name the same lessons."""

import pytest
from small_notebooks import ENTRY

from course_lib.commands.catalogue import Lesson


def listing_problems(lessons: list[Lesson], notebooks) -> list[str]:
    """Return which lessons have no notebook, and which notebooks no lesson."""
    listed = {lesson.file_name for lesson in lessons}
    stored = {path.name for path in notebooks.glob("*.ipynb")}
    return [
        f"{name} is listed in lessons.toml and missing in notebooks/." for name in sorted(listed - stored)
    ] + [f"{name} lies in notebooks/ and is not listed in lessons.toml." for name in sorted(stored - listed)]


def test_every_lesson_has_its_notebook_and_every_notebook_its_lesson(lessons, notebooks):
    problems = listing_problems(lessons, notebooks)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["10_one_neuron.ipynb", "99_more.ipynb"], "99_more.ipynb lies in notebooks/ and is not listed"),
        ([], "10_one_neuron.ipynb is listed in lessons.toml and missing"),
    ],
)
def test_a_difference_is_named(tmp_path, names, said):
    for name in names:
        (tmp_path / name).touch()
    (problem,) = listing_problems([ENTRY], tmp_path)
    assert said in problem
