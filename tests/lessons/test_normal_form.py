"""Every lesson is stored in the one normal form."""

import nbformat
import pytest
from small_notebooks import LESSON, change, store

from tools.normal_form import normal_form, problems, text_of
from tools.notebooks import main
from tools.pages import read


def test_the_lesson_is_stored_in_normal_form(lesson, notebooks):
    found = problems(notebooks / lesson.file_name)
    assert not found, "\n" + "\n".join(found)


@pytest.fixture
def path(tmp_path):
    return store(tmp_path / "lesson.ipynb", *LESSON)


def test_the_normal_form_is_its_own_normal_form(path):
    assert problems(path) == []
    assert text_of(normal_form(read(path))) == path.read_text(encoding="utf-8")


def edited(path, edit):
    """Apply ``edit`` to the notebook at ``path`` and store it as Jupyter would."""
    notebook = read(path)
    edit(notebook)
    path.write_text(text_of(notebook), encoding="utf-8")
    return path


def test_a_wrong_execution_count_is_named_with_its_cell(path):
    edited(path, lambda notebook: notebook.cells[3].update(execution_count=7))
    assert "cell 4: execution_count not in normal form" in problems(path)[0]


def test_a_cell_that_was_never_run_is_found(path):
    edited(path, lambda notebook: notebook.cells[3].update(execution_count=None))
    assert "cell 4: execution_count" in problems(path)[0]


def test_the_state_of_widgets_is_found(path):
    edited(path, lambda notebook: notebook.metadata.update(widgets={"state": {}}))
    assert "metadata of the notebook not in normal form" in problems(path)[0]


def test_the_version_of_python_is_found(path):
    edited(path, lambda notebook: notebook.metadata.language_info.update(version="3.11.2"))
    assert "metadata of the notebook" in problems(path)[0]


@pytest.mark.parametrize("metadata", [{"execution": {"iopub.status.busy": "2026"}}, {"mine": 1}])
def test_timestamps_and_unknown_metadata_are_found(path, metadata):
    edited(path, lambda notebook: notebook.cells[1].metadata.update(metadata))
    assert "cell 2: metadata not in normal form" in problems(path)[0]


def test_a_double_id_is_mended_and_the_others_are_kept(path):
    before = [cell.id for cell in read(path).cells]
    edited(path, lambda notebook: notebook.cells[4].update(id=before[1]))
    assert "cell 5: id not in normal form" in problems(path)[0]
    after = [cell.id for cell in normal_form(read(path)).cells]
    assert len(set(after)) == len(after)
    assert [a for a, b in zip(after, before, strict=True) if a != b] == [after[4]]


def test_a_live_view_is_left_out_and_its_picture_stays(path):
    live = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "image/png": "aaaa"}
    output = nbformat.from_dict(
        {
            "output_type": "display_data",
            "data": live,
            "metadata": {"image/png": {"alt": "a line", "width": 3}, "mine": 1},
        }
    )
    edited(path, lambda notebook: notebook.cells[1].update(outputs=[output]))
    assert "cell 2: metadata, outputs not in normal form" in problems(path)[0]
    cell = normal_form(read(path)).cells[1]
    assert cell.outputs[0].data == {"image/png": "aaaa"}
    assert cell.outputs[0].metadata == {"image/png": {"alt": "a line"}}
    assert cell.metadata == {"alt": ["a line"]}


def test_streams_of_one_name_are_merged(path):
    streams = [
        {"output_type": "stream", "name": name, "text": name} for name in ("stdout", "stderr", "stdout")
    ]
    edited(path, lambda notebook: notebook.cells[1].update(outputs=list(map(nbformat.from_dict, streams))))
    outputs = normal_form(read(path)).cells[1].outputs
    assert [(output.name, output.text) for output in outputs] == [
        ("stdout", "stdoutstdout"),
        ("stderr", "stderr"),
    ]


def test_another_layout_of_the_file_is_found_and_mended(path):
    change(path, '\n "cells"', '\n  "cells"')
    assert main(["check", str(path)]) == 1
    assert main(["check", "--fix", str(path)]) == 0
    assert main(["check", str(path)]) == 0


def test_a_file_that_is_not_a_notebook_is_named(path, capsys):
    path.write_text(path.read_text(encoding="utf-8")[:-100], encoding="utf-8")
    assert main(["check", str(path)]) == 1
    assert "lesson.ipynb is not a notebook" in capsys.readouterr().err


def test_a_lesson_that_does_not_exist_is_named(capsys):
    assert main(["check", "99_nothing"]) == 1
    assert "There is no lesson '99_nothing'" in capsys.readouterr().err
