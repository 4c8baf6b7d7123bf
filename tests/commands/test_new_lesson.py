"""`course new-lesson`: a draft that already has the shape of a lesson, and one sentence for each mistake."""

import pytest

from course_lib.cli import main
from course_lib.commands.catalogue import find_lesson, read_catalogue
from tools.lesson_contract import contract_problems
from tools.normal_form import problems
from tools.teaching_order import teaching_order_problems

WHY = ("--title", "Why layers?")


@pytest.fixture
def new_lesson(tree, monkeypatch, capsys):
    """Call `course new-lesson` in the small course; return the exit code and the complaint."""
    monkeypatch.setattr("course_lib.commands.new_lesson.course_root", lambda: tree)

    def call(*arguments: str) -> tuple[int, str]:
        return main(["new-lesson", *arguments]), capsys.readouterr().err

    return call


@pytest.mark.parametrize(
    ("arguments", "slug", "needs"),
    [
        (("12", "layers", *WHY), "12_layers", ("10_second",)),
        (("12", "layers", *WHY, "--needs", "00", "10_second"), "12_layers", ("00_start", "10_second")),
        (("12", "layers", *WHY, "--needs"), "12_layers", ()),
        (("05", "in_between", *WHY, "--minutes", "45"), "05_in_between", ("00_start",)),
    ],
)
def test_a_new_lesson_passes_the_checks_of_structure(tree, new_lesson, arguments, slug, needs):
    assert new_lesson(*arguments) == (0, "")
    lessons = read_catalogue(tree)
    lesson = find_lesson(lessons, slug)
    notebook = tree / "notebooks" / lesson.file_name
    assert lesson.needs == needs
    assert contract_problems(notebook, lesson) == []
    assert teaching_order_problems(lesson, lessons, tree / "notebooks") == []
    assert problems(notebook) == []
    assert [one.slug for one in lessons] == sorted(one.slug for one in lessons)


def test_the_list_keeps_what_stood_in_it(tree, new_lesson):
    before = (tree / "lessons.toml").read_text(encoding="utf-8")
    new_lesson("12", "layers", "--title", 'Why "layers" \\ now?')
    after = (tree / "lessons.toml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert find_lesson(read_catalogue(tree), "12").title == 'Why "layers" \\ now?'


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("10", "other", *WHY), "The number 10 is taken by 10_second"),
        (("1", "other", *WHY), "expected two digits"),
        (("1x", "other", *WHY), "expected two digits"),
        (("12", "Other", *WHY), "is no slug"),
        (("12", "12_other", *WHY), "is no slug"),
        (("12", "../other", *WHY), "is no slug"),
        (("12", "other", "--title", "Layers"), "is no question"),
        (("12", "other", *WHY, "--minutes", "0"), "too few"),
        (("12", "other", *WHY, "--needs", "99"), "There is no lesson '99'"),
        (("05", "other", *WHY, "--needs", "10"), "cannot need 10_second"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(tree, new_lesson, arguments, words):
    before = (tree / "lessons.toml").read_bytes(), sorted((tree / "notebooks").iterdir())
    code, said = new_lesson(*arguments)
    assert code == 1
    assert words in said
    assert said.count("\n") == 1
    assert before == ((tree / "lessons.toml").read_bytes(), sorted((tree / "notebooks").iterdir()))


def test_a_notebook_that_is_there_is_not_overwritten(tree, new_lesson):
    notebook = tree / "notebooks" / "12_layers.ipynb"
    notebook.write_text("somebody's", encoding="utf-8")
    _, said = new_lesson("12", "layers", *WHY)
    assert "exists already" in said
    assert notebook.read_text(encoding="utf-8") == "somebody's"


@pytest.mark.slow
def test_a_new_lesson_runs(tree, new_lesson):
    import nbclient
    import nbformat

    new_lesson("12", "layers", *WHY)
    notebook = nbformat.read(tree / "notebooks" / "12_layers.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tree)}}).execute()
