"""The learner's own record of predictions, in the file progress.json of the work folder."""

import contextlib
import json
import os
import tempfile
import time
from datetime import datetime
from pathlib import Path

from course_lib.commands.paths import work_folder

__all__ = ["read_prediction", "record_file", "record_prediction"]

LOCK_WAIT_S = 5.0  # longer than any write takes
LOCK_IS_OLD_S = 10.0  # a lock of this age was left behind by a kernel that died


def record_file() -> Path:
    """Say where the record lies.

    Returns:
        the path of progress.json; there need not be a file yet
    Raises:
        CourseProblem: the work folder cannot be made or written
    """
    return work_folder() / "progress.json"


def read_prediction(key: str) -> str | None:
    """Look up one prediction. A broken record counts as none, until the next recording puts it aside.

    Args:
        key: the prediction's id, ``"10.1"``
    Returns:
        the option that the learner recorded, or None
    Raises:
        CourseProblem: the work folder cannot be made or written
        OSError: the file cannot be read
    """
    try:
        entry = _read(record_file())["predictions"].get(key, {})
    except ValueError:
        return None
    choice = entry.get("choice") if isinstance(entry, dict) else None
    return choice if isinstance(choice, str) else None


def record_prediction(key: str, question: str, choice: str, options: list[str]) -> str:
    """Write one prediction into the record, beside all that is there.

    Args:
        key: the prediction's id, ``"10.1"``
        question: what was asked
        choice: the option chosen
        options: all options
    Returns:
        a sentence for the learner when a broken record was put aside, otherwise ``""``
    Raises:
        CourseProblem: the work folder cannot be made or written
        OSError: the file cannot be written
    """
    path = record_file()
    note = ""
    with _locked(path):
        try:
            content = _read(path)
        except ValueError:
            content, note = {"predictions": {}}, _put_aside(path)
        recorded = datetime.now().astimezone().isoformat(timespec="seconds")
        entry = {"question": question, "choice": choice, "options": options, "recorded": recorded}
        content["predictions"][key] = entry
        _write(path, content)
    return note


def _read(path: Path) -> dict:
    """Read the whole record; ValueError when it is not one."""
    if not path.exists():
        return {"predictions": {}}
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.setdefault("predictions", {}), dict):
        raise ValueError(f"{path.name} is not a record of predictions.")
    return content


def _write(path: Path, content: dict) -> None:
    """Write beside the file, then swap: whoever reads sees the old record or the new one, never a half."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=path.name, suffix=".tmp", delete=False
    ) as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
    try:
        os.replace(file.name, path)
    except OSError:
        os.unlink(file.name)
        raise


def _put_aside(path: Path) -> str:
    n = 1
    while (aside := path.with_name(f"{path.stem}.broken-{n}.json")).exists():
        n += 1
    os.replace(path, aside)
    return f"Your record could not be read. It was put aside as {aside.name}, and a new one begun."


@contextlib.contextmanager
def _locked(path: Path):
    """Let one kernel at a time read and write the record."""
    lock = path.with_name(path.name + ".lock")
    give_up = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > LOCK_IS_OLD_S:
                    lock.unlink()
            if time.monotonic() > give_up:
                raise TimeoutError(f"another lesson keeps {path.name} busy; try again") from None
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
