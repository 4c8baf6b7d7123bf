"""Folders that are whole or not there at all, whenever the power fails, and that notice later damage."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from pathlib import Path

__all__ = ["VERSION", "read_folder", "write_file", "write_folder"]

VERSION = 1
CONTENTS = "contents.json"  # version, and the size and checksum of every other file


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a new folder that appears with all of them or not at all.

    They are written under another name and pressed onto the disk. Then one renaming, which the system does
    in one go, gives the folder its name.

    Args:
        folder: does not exist yet; the folder around it may be made
        files: contents by name
    Raises:
        OSError: the disk is full or may not be written to; then ``folder`` does not exist
    """
    draft = folder.with_name("writing")
    shutil.rmtree(draft, ignore_errors=True)  # of a run that was killed while it wrote
    draft.mkdir(parents=True)
    sums = {name: {"bytes": len(content), "crc32": zlib.crc32(content)} for name, content in files.items()}
    contents = json.dumps({"version": VERSION, "files": sums}, indent=1).encode()
    for name, content in (files | {CONTENTS: contents}).items():
        _write_onto_disk(draft / name, content)
    _press_folder_onto_disk(draft)
    draft.rename(folder)
    _press_folder_onto_disk(folder.parent)


def read_folder(folder: Path, *, where: str, advice: str) -> dict[str, bytes]:
    """Read a folder that ``write_folder`` wrote, and make sure that it is what was written.

    Args:
        folder: the folder
        where: the function to name in an error
        advice: what to do if the folder is broken, shown at the end of the error
    Returns:
        contents by name
    Raises:
        ValueError: a file is missing, cut short or changed, or the version is unknown; the error names it
    """
    table = _table(folder / CONTENTS, where=where, advice=advice)
    files = {}
    for name, written in table["files"].items():
        path = folder / name
        content = path.read_bytes() if path.is_file() else None
        if content is None:
            problem = "is missing"
        elif len(content) != written["bytes"]:
            problem = f"has {len(content)} bytes; {written['bytes']} were written"
        elif zlib.crc32(content) != written["crc32"]:
            problem = "is not what was written: its checksum differs"
        else:
            files[name] = content
            continue
        raise ValueError(f"{where}: {path} {problem}. {advice}")
    return files


def write_file(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all; an older one of this name stays until then.

    Args:
        path: its name; the folder around it is made if need be
        content: what is written
    Raises:
        OSError: the disk is full or may not be written to
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".writing")
    _write_onto_disk(draft, content)
    draft.replace(path)
    _press_folder_onto_disk(path.parent)


def _table(path: Path, *, where: str, advice: str) -> dict:
    if not path.is_file():
        raise ValueError(f"{where}: {path} is missing. {advice}")
    try:
        table = json.loads(path.read_bytes())
        version = table["version"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{where}: {path} cannot be read: it was cut short or changed. {advice}") from None
    if version != VERSION:
        raise ValueError(
            f"{where}: {path} is of version {version!r}, and this course reads version {VERSION}. {advice}"
        )
    is_whole = isinstance(table.get("files"), dict) and all(
        isinstance(written, dict) and written.keys() == {"bytes", "crc32"}
        for written in table["files"].values()
    )
    if not is_whole:
        raise ValueError(f"{where}: {path} cannot be read: it was cut short or changed. {advice}")
    return table


def _write_onto_disk(path: Path, content: bytes) -> None:
    """Write, and wait until the disk has it; until then it may stand in memory only."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _press_folder_onto_disk(folder: Path) -> None:
    """Do the same for the names in a folder; Windows neither can nor needs to."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
