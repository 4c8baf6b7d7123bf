"""Every lesson has the shape that its readers know from the others."""

import nbformat
import pytest
from small_notebooks import ENTRY, LESSON, store

from tools.lesson_contract import contract_problems
from tools.rules_of_prose import words_in

FIGURE = {
    "output_type": "display_data",
    "data": {"image/png": "aaaa"},
    "metadata": {"image/png": {"alt": "A line that rises from the lower left to the upper right."}},
}


def test_the_lesson_keeps_the_contract(lesson, notebooks):
    problems = contract_problems(notebooks / lesson.file_name, lesson)
    assert not problems, "\n" + "\n".join(problems)


def test_a_small_lesson_that_keeps_the_contract_has_no_problem(tmp_path):
    assert contract_problems(store(tmp_path / "lesson.ipynb", *LESSON), ENTRY) == []


@pytest.mark.parametrize(
    ("cell", "old", "new", "at", "said"),
    [
        (1, "# 10 ·", "# 11 ·", 1, "the title must be '# 10 · What can one neuron decide?'"),
        (1, "Where does it draw its line?", "", 1, "must ask the question"),
        (1, "**You will be able to** move the line.", "", 1, "You will be able to"),
        (1, "**Minutes** 30", "**Minutes** 300", 1, "**Minutes** 30"),
        (1, "00_start_here.ipynb", "11_descent.ipynb", 1, "**Needs** links ['11_descent.ipynb']"),
        (1, "**Needs**", "Needs", 1, "must say **Needs**"),
        (1, "../course_lib/checks.py", "course_lib/checks.py", 1, "**Library files** links"),
        (3, "## 1 ·", "## 2 ·", 3, "must read '## 1 · ...'"),
        (3, "Say what", "## 2 · More\n\nSay what", 3, "must begin a cell of its own"),
        (4, "Prediction(", "print(", 3, "asks for no prediction"),
        (4, '"10.1"', '"11.1"', 4, "must begin with '10.'"),
        (4, "guess = ", 'first = Prediction("10.1", "?", [])\nguess = ', 4, "was used above"),
        (5, "one number.", "a number. " * 80, 5, "words stand before the next code cell"),
        (6, "guess.outcome", "guess.wrong", 4, "is never compared with what happened"),
        (6, "bias", "import math\n\nbias", 6, "imports something"),
        (6, "bias", "%matplotlib inline\nbias", 6, "cannot be parsed as Python"),
        (6, "bias", "\n" * 24 + "bias", 6, "has 26 lines"),
        (6, "bias = ", "\n# NBVAL_SKIP\nbias = ", 6, "only the tag nbval-ignore-output"),
        (7, "## What to keep", "## 2 · Farewell", 7, "must be prose that begins with '## What to keep'"),
        (7, "3. three", "", 7, "a numbered list of exactly 3. It has 2."),
        (7, "**Sources** a book", "**Sources**", 7, "**Sources**"),
    ],
)
def test_a_broken_rule_is_named_with_its_cell(tmp_path, cell, old, new, at, said):
    sources = list(LESSON)
    assert old in sources[cell - 1]
    sources[cell - 1] = sources[cell - 1].replace(old, new)
    problems = contract_problems(store(tmp_path / "lesson.ipynb", *sources), ENTRY)
    assert any(f"cell {at}: " in problem and said in problem for problem in problems), problems


def test_a_lesson_without_its_closing_cell_is_refused(tmp_path):
    problems = contract_problems(store(tmp_path / "lesson.ipynb", *LESSON[:-1]), ENTRY)
    assert any("the last cell must be prose" in problem for problem in problems)


def test_a_notebook_without_cells_is_refused(tmp_path):
    assert "has no cells" in contract_problems(store(tmp_path / "lesson.ipynb"), ENTRY)[0]


def with_figure(tmp_path, output: dict, **metadata) -> list[str]:
    """Return the problems of the small lesson whose sixth cell shows ``output``."""
    path = store(tmp_path / "lesson.ipynb", *LESSON)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[5].outputs = [nbformat.from_dict(output)]
    notebook.cells[5].metadata.update(metadata)
    nbformat.write(notebook, path)
    return contract_problems(path, ENTRY)


def test_a_figure_with_its_description_is_accepted(tmp_path):
    assert with_figure(tmp_path, FIGURE, alt=[FIGURE["metadata"]["image/png"]["alt"]]) == []


def test_a_figure_without_a_description_is_refused(tmp_path):
    problems = with_figure(tmp_path, {**FIGURE, "metadata": {}}, alt=[""])
    assert "cell 6: a figure is described in 0 characters; 40 are needed" in problems[0]


def test_a_description_that_the_cell_does_not_repeat_is_refused(tmp_path):
    assert "do not repeat the alt texts" in with_figure(tmp_path, FIGURE)[0]


def test_a_figure_that_cannot_be_compared_is_refused(tmp_path):
    output = {**FIGURE, "data": {"image/jpeg": "aaaa"}, "metadata": {}}
    assert "is not a PNG" in with_figure(tmp_path, output)[0]


@pytest.mark.parametrize(("assertion", "n_problems"), [("", 1), ("assert bias == 1\n", 0)])
def test_a_cell_that_nbval_ignores_needs_an_assert(tmp_path, assertion, n_problems):
    path = store(tmp_path / "lesson.ipynb", *LESSON)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[5].source = assertion + notebook.cells[5].source
    notebook.cells[5].metadata.tags = ["nbval-ignore-output"]
    nbformat.write(notebook, path)
    assert len(contract_problems(path, ENTRY)) == n_problems


def test_a_formula_is_one_word_and_an_address_is_none():
    assert words_in("The **bias** $b + w$ [moves](10_one_neuron.ipynb) the line.\n\n$$z = w x + b$$") == 7
