"""Every lesson shows, in a fresh kernel, the text that is stored; nbval compares it cell by cell."""

import psutil
import pytest
from small_notebooks import change, store

from tools.execute import ExecutionError, execute
from tools.notebooks import main
from tools.validate import validate

pytestmark = pytest.mark.slow


def test_the_lesson_shows_what_it_stores(lesson, run_of):
    run = run_of(lesson)
    network = "no network" if run.is_offline else "the network"
    assert not run.text_problems, f"run with {network}:\n" + "\n\n".join(run.text_problems)


def test_a_true_notebook_has_no_problem(true_run):
    assert true_run.text_problems == []


@pytest.fixture
def false_notebook(true_notebook, tmp_path):
    """The small notebook with another number in its assert and another number in a stored output."""
    path = tmp_path / true_notebook.name
    path.write_bytes(true_notebook.read_bytes())
    return change(change(path, "total == 7", "total == 8"), '"7"', '"8"')


def test_changed_numbers_in_an_output_and_in_an_assert_are_found(false_notebook, capsys):
    assert main(["compare", str(false_notebook)]) == 1
    output, assertion = capsys.readouterr().err.split("small.ipynb, cell 3: ")
    assert "small.ipynb, cell 2: " in output
    assert "Cell outputs differ" in output
    assert "AssertionError" in assertion


def test_a_failing_cell_is_reported_and_the_stored_file_stays(false_notebook, capsys):
    before = false_notebook.read_bytes()
    assert main(["run", str(false_notebook)]) == 1
    said = capsys.readouterr().err
    assert "small.ipynb, cell 3 failed:\n    assert total == 8\nAssertionError" in said
    assert false_notebook.read_bytes() == before


@pytest.mark.parametrize("start", [execute, validate])
def test_a_cell_that_never_ends_is_stopped_from_outside_with_its_kernel(tmp_path, start):
    path = store(tmp_path / "endless.ipynb", "while True:\n    pass")
    with pytest.raises(ExecutionError, match=r"endless\.ipynb: stopped from outside after 8 s"):
        start(path, limit_s=8)
    assert psutil.Process().children(recursive=True) == []
