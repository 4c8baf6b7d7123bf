"""A notebook as it lies in the folder: read it, name a place in it, find its figures."""

import ast
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

import nbformat

__all__ = ["ROOT", "Figure", "alts_of", "figures", "place", "read", "syntax_tree"]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figure:
    """One PNG picture that a cell shows.

    Args:
        cell: position of the cell, counted from 1, prose and code together
        nth: which picture of that cell, counted from 1
        png: the bytes of the picture
    """

    cell: int
    nth: int
    png: bytes


def read(path: Path) -> nbformat.NotebookNode:
    """Read the notebook at ``path`` as it is stored.

    Raises:
        ValueError: the file does not exist, or is not a notebook of format 4
    """
    try:
        return nbformat.v4.reads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError(
            f"{place(path)} does not exist. A lesson of lessons.toml needs its notebook: course new-lesson"
        ) from error
    except (ValueError, KeyError, AttributeError) as error:
        raise ValueError(
            f"{place(path)} is not a notebook: {str(error).splitlines()[0]} "
            "Was it cut short, or does it hold the marks of a merge conflict?"
        ) from error


def place(path: Path, cell: int | None = None) -> str:
    """Name a notebook, or one cell of it, as every message of these tools does.

    Cells are counted from 1, prose and code together.

    >>> place(ROOT / "notebooks" / "10_one_neuron.ipynb", 7)
    'notebooks/10_one_neuron.ipynb, cell 7'
    """
    path = Path(path).resolve()
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return name if cell is None else f"{name}, cell {cell}"


def figures(notebook: nbformat.NotebookNode) -> list[Figure]:
    """Return every PNG picture that the notebook stores, in reading order."""
    return [
        Figure(position, nth, b64decode(output["data"]["image/png"]))
        for position, cell in enumerate(notebook.cells, start=1)
        for nth, output in enumerate(_pictures(cell.get("outputs", [])), start=1)
    ]


def alts_of(outputs: list) -> list[str]:
    """Return the description of every PNG picture among ``outputs``; empty words where it has none."""
    return [output["metadata"].get("image/png", {}).get("alt", "") for output in _pictures(outputs)]


def syntax_tree(cell) -> ast.Module | None:
    """Return what Python reads in a code cell; None when it is not Python."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return None


def _pictures(outputs: list) -> list:
    return [output for output in outputs if "image/png" in output.get("data", {})]
