"""lessons.toml is read into lessons, and every mistake in it is told in one sentence."""

from pathlib import Path

import pytest

from course_lib.commands.catalogue import find_lesson, parse_catalogue, read_catalogue
from course_lib.commands.problem import CourseProblem

ROOT = Path(__file__).parents[2]


def parse(text: str):
    return parse_catalogue(text, Path("lessons.toml"))


def test_the_courses_own_list_is_right():
    lessons = read_catalogue(ROOT)
    assert lessons[0].number == "00"
    for lesson in lessons:
        for module in lesson.modules:
            assert (ROOT / module).is_file(), f"{lesson.slug}: {module}"


def test_lessons_come_in_the_order_of_the_list(tree):
    first, second = read_catalogue(tree)
    assert (first.slug, second.slug) == ("00_start", "10_second")
    assert second.needs == ("00_start",)
    assert second.file_name == "10_second.ipynb"


@pytest.mark.parametrize("name", ["10", "10_second", "10_second.ipynb", "notebooks/10_second.ipynb"])
def test_a_lesson_is_found_by_number_slug_or_file(tree, name):
    assert find_lesson(read_catalogue(tree), name).slug == "10_second"


def test_an_unknown_lesson_is_answered_with_the_list(tree):
    with pytest.raises(CourseProblem, match="no lesson '11': choose one of 00_start, 10_second"):
        find_lesson(read_catalogue(tree), "11")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('slug = "10_second"', 'slug = "ten"', "two digits and a name"),
        ('slug = "10_second"', 'slug = "00_second"', "number is taken"),
        ('needs = ["00_start"]', 'needs = ["20_later"]', "no earlier entry"),
        ("minutes = 10", 'minutes = "10"', "minutes: expected a whole number above 0"),
        ("minutes = 10", "minutes = 0", "minutes: expected a whole number above 0"),
        ("modules = []", 'modules = "a.py"', "modules: expected a list of texts"),
        ('title = "What comes next?"', 'title = ""', "title: expected text"),
        ("budget_s = 60\n", "", "missing keys ['budget_s']"),
        ("budget_s = 60", "budget_s = 60\ncolour = 3", "unknown keys ['colour']"),
        ("budget_s = 60", "budget_s =", "is not valid TOML"),
        ("[[lesson]]", "[[lessons]]", "lists no lesson"),
        ("[[lesson]]", "[lesson]", "TOML"),
    ],
)
def test_a_mistake_in_the_list_is_told(tree, old, new, words):
    text = (tree / "lessons.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(CourseProblem) as problem:
        parse(text.replace(old, new))
    assert words in str(problem.value)


def test_one_table_instead_of_a_list_is_told():
    with pytest.raises(CourseProblem, match="begins with"):
        parse('[lesson]\nslug = "00_start"\n')


def test_a_missing_list_is_told(tmp_path):
    with pytest.raises(CourseProblem, match=r"lessons\.toml is missing"):
        read_catalogue(tmp_path)
