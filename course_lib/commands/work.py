"""The learner's own copies of the lessons, in the work folder.

A learner never edits notebooks/. Each lesson is copied into the work folder once. When an upgrade of the
course changes a lesson, a copy that nobody touched is replaced; a touched one stays, and the new lesson
arrives beside it.

A saved copy still names the widgets of a kernel that has ended, and JupyterLab would show an error in their
place. Those names are taken out, and the still forms that lie beside them show until the cell is run again.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from course_lib.commands.catalogue import Lesson
from course_lib.commands.problem import CourseProblem

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MANIFEST = ".copies.json"  # slug -> SHA-256 of the original that the learner has been given last


def copy_lessons(lessons: Iterable[Lesson], notebooks: Path, work: Path) -> list[str]:
    """Bring the copies in the work folder up to date, without losing anything a learner wrote.

    Args:
        lessons: what to copy
        notebooks: the folder of the originals
        work: the folder of the copies
    Returns:
        one sentence for each lesson that changed under a learner's hands
    Raises:
        CourseProblem: an original is missing, or a copy cannot be written
    """
    given = _read_manifest(work / MANIFEST)
    notes = []
    for lesson in lessons:
        original = notebooks / lesson.file_name
        if not original.is_file():
            raise CourseProblem(
                f"{original} is missing although lessons.toml lists it: fetch the whole course again."
            )
        try:
            note = _bring_up_to_date(original, work / lesson.file_name, given.get(lesson.slug))
            given[lesson.slug] = _digest(original)
        except OSError as error:
            raise CourseProblem(f"{lesson.file_name} cannot be read: {error.strerror}.") from error
        notes += [note] if note else []
    _write_manifest(work / MANIFEST, given)
    for copy in work.glob("*.ipynb"):
        _forget_dead_widgets(copy)
    return notes


def _forget_dead_widgets(copy: Path) -> None:
    try:
        notebook = json.loads(copy.read_text(encoding="utf-8"))
        outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
        views = [output["data"].pop(WIDGET_VIEW, None) for output in outputs if "data" in output]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # not a notebook, and not ours to mend: JupyterLab will say what is wrong with it
    if any(views):
        _write(copy, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode())


def _bring_up_to_date(original: Path, copy: Path, given: str | None) -> str | None:
    newest = _digest(original)
    if not copy.exists():
        _copy(original, copy)
        return None
    if given == newest or _digest(copy) == newest:
        return None
    if _digest(copy) == given:
        _copy(original, copy)
        return f"{copy.name} is new in this version of the course, and your untouched copy has been replaced."
    n = 1
    while (beside := copy.with_name(f"{copy.stem}.new-{n}.ipynb")).exists():
        n += 1
    _copy(original, beside)
    return f"{copy.name} is new in this version of the course: yours stays, the new one is {beside.name}."


def _copy(original: Path, copy: Path) -> None:
    _write(copy, original.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """Write beside the file, then swap: the old file or the new one is there, never a half."""
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_bytes(content)
        os.replace(half, path)
    except OSError as error:
        raise CourseProblem(f"{path.name} cannot be written to {path.parent}: {error.strerror}.") from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # every copy that differs from its original then counts as touched: nothing is lost
    return manifest if isinstance(manifest, dict) else {}


def _write_manifest(path: Path, given: dict[str, str]) -> None:
    _write(path, json.dumps(given, indent=1).encode())
