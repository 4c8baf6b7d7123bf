import json
import os
import shutil
from pathlib import Path

import pytest

from course_lib.training.whole_files import read_folder, write_file, write_folder

FILES = {"a.txt": b"first", "b.bin": bytes(range(256)) * 40}


def read(folder):
    return read_folder(folder, where="f", advice="Start anew.")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "runs" / "state"
    write_folder(folder, FILES)
    return folder


def test_what_was_written_is_read(folder):
    assert read(folder) == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["state"]


def test_what_a_killed_run_left_half_written_is_cleared_away(tmp_path):
    (tmp_path / "writing").mkdir()
    (tmp_path / "writing" / "a.txt").write_bytes(b"half")
    (tmp_path / "writing" / "old.txt").write_bytes(b"old")
    write_folder(tmp_path / "state", FILES)
    assert read(tmp_path / "state") == FILES
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["a.txt", "b.bin", "contents.json"]
    assert not (tmp_path / "writing").exists()


def change_letter(path: Path):
    content = bytearray(path.read_bytes())
    content[2] ^= 1
    path.write_bytes(content)


def set_table(path: Path, **changes):
    table = json.loads(path.read_bytes())
    path.write_text(json.dumps(table | changes))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda f: (f / "a.txt").unlink(), r"f: .*a.txt is missing. Start anew."),
        (lambda f: (f / "a.txt").write_bytes(b"fir"), r"a.txt has 3 bytes; 5 were written. Start anew."),
        (lambda f: change_letter(f / "b.bin"), r"b.bin is not what was written: its checksum differs. Start"),
        (lambda f: (f / "contents.json").unlink(), r"f: .*contents.json is missing. Start anew."),
        (
            lambda f: (f / "contents.json").write_bytes(b'{"ver'),
            r"contents.json cannot be read: it was cut short",
        ),
        (lambda f: (f / "contents.json").write_bytes(b"\xff\xfe\x00"), r"contents.json cannot be read"),
        (lambda f: (f / "contents.json").write_bytes(b"[1]"), r"contents.json cannot be read"),
        (lambda f: (f / "contents.json").write_bytes(b"{}"), r"contents.json cannot be read"),
        (lambda f: set_table(f / "contents.json", files=[1]), r"contents.json cannot be read"),
        (lambda f: set_table(f / "contents.json", files={"a": 1}), r"contents.json cannot be read"),
        (
            lambda f: set_table(f / "contents.json", files={"a": {"bytes": 1}}),
            r"contents.json cannot be read",
        ),
        (
            lambda f: set_table(f / "contents.json", version=2),
            r"f: .*contents.json is of version 2, and this course reads version 1. Start anew.",
        ),
        (shutil.rmtree, r"f: .*contents.json is missing. Start anew."),
    ],
)
def test_every_harm_is_told_with_the_name_of_the_file(folder, harm, message):
    harm(folder)
    with pytest.raises(ValueError, match=message):
        read(folder)


class Killed(BaseException):
    """The process ends here: no handler of the library may run after it."""


def kill_at(monkeypatch, call: int) -> list[str]:
    """Let the call of this number, of all that touch the disk, be the last."""
    calls = []

    def counted(name, real):
        def count(*args, **kwargs):
            calls.append(name)
            if len(calls) == call:
                raise Killed
            return real(*args, **kwargs)

        return count

    for holder, name in (
        (os, "fsync"),
        (Path, "mkdir"),
        (Path, "open"),
        (Path, "rename"),
        (Path, "replace"),
        (shutil, "rmtree"),
    ):
        monkeypatch.setattr(holder, name, counted(name, getattr(holder, name)))
    return calls


@pytest.mark.parametrize("call", range(1, 30))
def test_a_folder_is_whole_or_not_there_whenever_the_process_is_killed(tmp_path, monkeypatch, call):
    folder = tmp_path / "state"
    with monkeypatch.context() as patch:
        calls = kill_at(patch, call)
        try:
            write_folder(folder, FILES)
        except Killed:
            pass
        else:
            assert call > len(calls) > 8
    if folder.exists():
        assert read(folder) == FILES
        assert "rename" in calls
    else:
        write_folder(folder, FILES)
        assert read(folder) == FILES


def test_everything_is_on_the_disk_before_the_folder_has_its_name(tmp_path, monkeypatch):
    calls = kill_at(monkeypatch, 0)
    write_folder(tmp_path / "state", FILES)
    n_before = 4 if os.name == "posix" else 3  # three files and the folder that they are in
    assert calls[: calls.index("rename")].count("fsync") == n_before
    assert calls[calls.index("rename") :].count("fsync") == (1 if os.name == "posix" else 0)


def test_the_content_has_left_python_before_it_is_pressed_onto_the_disk(tmp_path, monkeypatch):
    sizes = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: sizes.append(os.fstat(number).st_size) or real(number))
    write_file(tmp_path / "f", b"abc")
    assert sizes[0] == 3
    assert len(sizes) == (2 if os.name == "posix" else 1)  # the file, and the folder that has its new name


@pytest.mark.parametrize("call", range(1, 8))
def test_a_file_is_the_old_one_or_the_new_one_whenever_the_process_is_killed(tmp_path, monkeypatch, call):
    path = tmp_path / "runs" / "file"
    write_file(path, b"old")
    with monkeypatch.context() as patch:
        calls = kill_at(patch, call)
        try:
            write_file(path, b"new")
        except Killed:
            pass
        else:
            assert call > len(calls) > 3
    assert path.read_bytes() in (b"old", b"new")
    write_file(path, b"newest")
    assert path.read_bytes() == b"newest"
    assert [path.name for path in path.parent.iterdir()] == ["file"]
