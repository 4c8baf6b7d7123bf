"""The learner's record survives crashes, other writers and broken files."""

import json
import os
import threading
import time

import pytest

from course_lib.widgets import record
from course_lib.widgets.record import read_prediction, record_file, record_prediction


def write(key="10.1", choice="up"):
    return record_prediction(key, "Which way?", choice, ["up", "down"])


def test_a_prediction_is_read_back():
    assert read_prediction("10.1") is None
    write()
    assert read_prediction("10.1") == "up"


def test_an_entry_says_what_was_asked_what_was_answered_and_when():
    write()
    entry = json.loads(record_file().read_text())["predictions"]["10.1"]
    assert entry.pop("recorded").startswith("20")
    assert entry == {"question": "Which way?", "choice": "up", "options": ["up", "down"]}


def test_everything_else_in_the_file_is_kept(work):
    work.mkdir()
    record_file().write_text('{"exercises": {"10": "done"}}')
    write("10.1")
    write("10.2")
    content = json.loads(record_file().read_text())
    assert content["exercises"] == {"10": "done"}
    assert set(content["predictions"]) == {"10.1", "10.2"}


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"predictions": []}', "\x00"])
def test_a_broken_file_is_put_aside_and_never_overwritten(work, broken):
    work.mkdir()
    record_file().write_text(broken)
    assert read_prediction("10.1") is None
    assert "progress.broken-1.json" in write()
    assert (work / "progress.broken-1.json").read_text() == broken
    assert read_prediction("10.1") == "up"


def test_a_second_broken_file_does_not_replace_the_first(work):
    work.mkdir()
    for n in (1, 2):
        record_file().write_text(f"broken {n}")
        write()
    assert (work / "progress.broken-1.json").read_text() == "broken 1"
    assert (work / "progress.broken-2.json").read_text() == "broken 2"


def test_an_entry_of_another_shape_counts_as_no_prediction(work):
    work.mkdir()
    record_file().write_text('{"predictions": {"10.1": "up", "10.2": {"choice": 3}}}')
    assert read_prediction("10.1") is None
    assert read_prediction("10.2") is None


def test_a_write_that_fails_leaves_the_old_record_and_no_litter(work, monkeypatch):
    write(choice="up")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(choice="down")
    assert read_prediction("10.1") == "up"
    assert [path.name for path in work.iterdir()] == ["progress.json"]


def write_from_two_threads():
    """Record twenty predictions from each of two writers at once."""
    writers = [
        threading.Thread(target=lambda lesson=lesson: [write(f"{lesson}.{n}") for n in range(20)])
        for lesson in (10, 11)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return json.loads(record_file().read_text())["predictions"]


def test_two_writers_at_once_lose_nothing():
    assert len(write_from_two_threads()) == 40


def test_without_the_lock_two_writers_would_lose_entries(monkeypatch):
    read = record._read

    def read_slowly(path):
        content = read(path)
        time.sleep(0.002)  # the other writer comes in between
        return content

    monkeypatch.setattr(record, "_read", read_slowly)
    monkeypatch.setattr(record, "_locked", lambda path: threading.Semaphore(2))
    assert len(write_from_two_threads()) < 40


def test_a_lock_that_a_dead_kernel_left_behind_is_removed(work):
    work.mkdir()
    lock = work / "progress.json.lock"
    lock.touch()
    os.utime(lock, (0, 0))
    write()
    assert not lock.exists()


def test_a_lock_that_stays_is_said_and_does_not_hang(work, monkeypatch):
    work.mkdir()
    (work / "progress.json.lock").touch()
    monkeypatch.setattr(record, "LOCK_WAIT_S", 0.05)
    with pytest.raises(TimeoutError, match=r"keeps progress\.json busy"):
        write()
