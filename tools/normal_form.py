"""The one form in which a lesson is stored, so that a change of one word is a change of one line.

Two people who run the same lesson get the same file. What differs from machine to machine (times, identifiers
of widgets, versions, the order in which cells were run) is left out.
"""

import copy
import hashlib
import re
from pathlib import Path

import nbformat

from tools.pages import alts_of, place, read

__all__ = ["normal_form", "problems", "text_of"]

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LIVE_VIEW = "application/vnd.jupyter.widget-view+json"  # holds an identifier that is new in every run
VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def normal_form(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of ``notebook`` in normal form.

    Args:
        notebook: as read, executed or edited; it is left as it is
    Returns:
        notebook format 4.5; the ids of its cells kept; execution counts 1, 2, 3; of the metadata only
        the tags and the descriptions of figures; no state of widgets
    """
    ids, count = set(), 0
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            count += 1
        cells.append(_cell(cell, ids, count))
    return nbformat.from_dict(
        {"cells": cells, "metadata": copy.deepcopy(NOTEBOOK_METADATA), "nbformat": 4, "nbformat_minor": 5}
    )


def text_of(notebook: nbformat.NotebookNode) -> str:
    """Return the text of the file in which ``notebook`` is stored."""
    return nbformat.v4.writes(notebook).rstrip("\n") + "\n"


def problems(path: Path) -> list[str]:
    """Return what in the notebook at ``path`` is not in normal form, one sentence a cell.

    Args:
        path: the stored notebook
    Returns:
        readable problems; none when the file is byte for byte the normal form of itself
    """
    stored = read(path)
    wanted = normal_form(stored)
    if Path(path).read_bytes() == text_of(wanted).encode():
        return []
    found = [
        f"{place(path, position)}: {', '.join(_different(cell, want))} not in normal form."
        for position, (cell, want) in enumerate(zip(stored.cells, wanted.cells, strict=True), start=1)
        if cell != want
    ]
    different = [key for key in _different(stored, wanted) if key != "cells"]
    if different:
        found.append(f"{place(path)}: {', '.join(different)} of the notebook not in normal form.")
    if not found:
        found.append(f"{place(path)}: the text of the file is laid out differently.")
    return [f"{problem} To mend it: python tools/notebooks.py check --fix" for problem in found]


def _different(one, other) -> list[str]:
    return [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]


def _cell(cell, ids: set[str], count: int) -> dict:
    normal = {
        "cell_type": cell.cell_type,
        "id": _new_or_kept_id(cell, ids),
        "metadata": {},
        "source": cell.source.rstrip("\n"),
    }
    if cell.metadata.get("tags"):
        normal["metadata"]["tags"] = list(cell.metadata["tags"])
    if cell.cell_type == "code":
        normal["execution_count"] = count
        normal["outputs"] = _outputs(cell.outputs, count)
        if alts := alts_of(normal["outputs"]):
            normal["metadata"]["alt"] = alts
    return normal


def _new_or_kept_id(cell, ids: set[str]) -> str:
    """Keep a valid id; where it is missing or double, make one from the source: the same everywhere."""
    name, attempt = cell.get("id", ""), 0
    while not VALID_ID.fullmatch(name) or name in ids:
        name = hashlib.sha256(f"{attempt} {cell.source}".encode()).hexdigest()[:8]
        attempt += 1
    ids.add(name)
    return name


def _outputs(outputs, count: int) -> list[dict]:
    """Merge the streams of one name as nbval does, and leave out what no reader of the file can use."""
    normal, streams = [], {}
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream" and output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        elif kind == "stream":
            streams[output["name"]] = {"output_type": kind, "name": output["name"], "text": output["text"]}
            normal.append(streams[output["name"]])
        elif kind == "error":
            normal.append(dict(output))
        elif data := {mime: value for mime, value in output["data"].items() if mime != LIVE_VIEW}:
            normal.append({"output_type": kind, "data": data, "metadata": _alt(output, data)})
            if kind == "execute_result":
                normal[-1]["execution_count"] = count
    return normal


def _alt(output, data: dict) -> dict:
    alt = output.get("metadata", {}).get("image/png", {}).get("alt")
    return {"image/png": {"alt": alt}} if alt and "image/png" in data else {}
