"""A learner's copies: made once, renewed while untouched, never overwritten when touched."""

import json

import pytest

from course_lib.commands.catalogue import read_catalogue
from course_lib.commands.problem import CourseProblem
from course_lib.commands.work import MANIFEST, copy_lessons


@pytest.fixture
def place(tree, tmp_path):
    """Bring the copies up to date, and give access to the files."""

    class Place:
        notebooks, work = tree / "notebooks", tmp_path / "work"
        original, copy = notebooks / "00_start.ipynb", work / "00_start.ipynb"

        def update(self) -> list[str]:
            return copy_lessons(read_catalogue(tree), self.notebooks, self.work)

        def names(self) -> list[str]:
            return sorted(path.name for path in self.work.iterdir() if path.suffix == ".ipynb")

    Place.work.mkdir()
    return Place()


def test_the_first_start_copies_every_lesson(place):
    assert place.update() == []
    assert place.names() == ["00_start.ipynb", "10_second.ipynb"]
    assert place.copy.read_bytes() == place.original.read_bytes()


def test_a_copy_that_was_touched_stays_while_nothing_changes(place):
    place.update()
    place.copy.write_text("my own", encoding="utf-8")
    assert place.update() == []
    assert place.copy.read_text(encoding="utf-8") == "my own"
    assert place.names() == ["00_start.ipynb", "10_second.ipynb"]


def test_an_upgrade_replaces_an_untouched_copy(place):
    place.update()
    place.original.write_text("better", encoding="utf-8")
    (note,) = place.update()
    assert "untouched copy has been replaced" in note
    assert place.copy.read_text(encoding="utf-8") == "better"


def test_an_upgrade_never_overwrites_a_touched_copy(place):
    place.update()
    place.copy.write_text("my own", encoding="utf-8")
    for n, text in enumerate(["better", "best"], start=1):
        place.original.write_text(text, encoding="utf-8")
        (note,) = place.update()
        assert f"00_start.new-{n}.ipynb" in note
        assert (place.work / f"00_start.new-{n}.ipynb").read_text(encoding="utf-8") == text
        assert place.update() == [], "the same news must come once"
    assert place.copy.read_text(encoding="utf-8") == "my own"


@pytest.mark.parametrize("manifest", ["", "not JSON", "[]", None])
def test_a_lost_manifest_loses_no_work(place, manifest):
    place.update()
    place.copy.write_text("my own", encoding="utf-8")
    (place.work / MANIFEST).unlink()
    if manifest is not None:
        (place.work / MANIFEST).write_text(manifest, encoding="utf-8")
    place.update()
    assert place.copy.read_text(encoding="utf-8") == "my own"
    assert "00_start.new-1.ipynb" in place.names()
    assert set(json.loads((place.work / MANIFEST).read_text(encoding="utf-8"))) == {"00_start", "10_second"}


def test_a_copy_that_was_deleted_comes_back_fresh(place):
    place.update()
    place.copy.unlink()
    assert place.update() == []
    assert place.copy.read_bytes() == place.original.read_bytes()


def test_a_listed_lesson_without_its_notebook_is_told(place):
    place.original.unlink()
    with pytest.raises(CourseProblem, match=r"00_start\.ipynb is missing although lessons\.toml lists it"):
        place.update()


def test_a_saved_copy_forgets_the_widgets_of_a_kernel_that_has_ended_and_keeps_all_else(place):
    place.update()
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "ab12"}, "text/plain": "Prediction"}
    cell = {"cell_type": "code", "source": "guess  # my own words: ä", "outputs": [{"data": view}]}
    place.copy.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    place.update()
    (kept,) = json.loads(place.copy.read_text(encoding="utf-8"))["cells"]
    assert kept == {**cell, "outputs": [{"data": {"text/plain": "Prediction"}}]}


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 3}', '{"cells": [{"outputs": [{"data": null}]}]}'])
def test_a_copy_that_is_no_notebook_is_left_as_it_is(place, text):
    place.update()
    place.copy.write_text(text, encoding="utf-8")
    place.update()
    assert place.copy.read_text(encoding="utf-8") == text


def test_a_disk_that_is_full_is_told_in_one_sentence_and_the_copy_stays(place, monkeypatch):
    place.update()
    before = place.copy.read_bytes()
    place.original.write_text("better", encoding="utf-8")

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(
        CourseProblem, match=r"00_start\.ipynb cannot be written to .*: No space left on device"
    ):
        place.update()
    assert place.copy.read_bytes() == before
