"""Weights in a file: safetensors, which holds names, shapes and numbers, and nothing that could run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from course_lib.layers.module import Module
from course_lib.training.whole_files import write_file

__all__ = ["from_safetensors", "load_weights", "save_weights", "to_safetensors"]


def save_weights(model: Module, path: str | Path) -> None:
    """Write the parameters and buffers of a model into a file; an older file of this name is replaced.

    Args:
        model: whose weights are written
        path: the file, usually with the ending ``.safetensors``; PyTorch and others can read it too
    Raises:
        TypeError: model is no Module
        ValueError: the path is that of a folder
        OSError: the disk is full or may not be written to; an older file is then still there
    """
    _expect_model(model, where="save_weights")
    if Path(path).is_dir():
        raise ValueError(f"save_weights: {path} is a folder. Name a file in it: model.safetensors.")
    write_file(Path(path), to_safetensors(model.state()))


def load_weights(model: Module, path: str | Path) -> None:
    """Give a model the weights that ``save_weights`` wrote.

    Args:
        model: of the same build as the one that was saved
        path: the file
    Raises:
        TypeError: model is no Module
        FileNotFoundError: there is no such file
        ValueError: the file is broken, or holds the weights of another build; then nothing has been changed
    """
    _expect_model(model, where="load_weights")
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"load_weights: there is no file {path}. save_weights writes one.")
    advice = "Take a copy of it, or train the model again."
    state = from_safetensors(path.read_bytes(), path, where="load_weights", advice=advice)
    try:
        model.load_state(state)
    except ValueError as error:
        raise ValueError(f"load_weights: {path} does not fit this model. {error}") from None


def to_safetensors(arrays: dict[str, np.ndarray]) -> bytes:
    """Put arrays into the form of a safetensors file.

    Args:
        arrays: by name
    Returns:
        the content of the file
    """
    from safetensors.numpy import save

    # The package reads memory from start to end and would mix up the numbers of a transposed array.
    return save({name: np.ascontiguousarray(array).reshape(array.shape) for name, array in arrays.items()})


def from_safetensors(content: bytes, path: Path, *, where: str, advice: str) -> dict[str, np.ndarray]:
    """Read the arrays out of the content of a safetensors file.

    Args:
        content: of the file
        path: its name, for the error
        where: the function to name in the error
        advice: what to do if the file is broken, shown at the end of the error
    Returns:
        arrays by name
    Raises:
        ValueError: the content is no safetensors file, or was cut short
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(content)
    except SafetensorError as error:
        reason = str(error).removeprefix("Error while deserializing: ")
        raise ValueError(
            f"{where}: {path} is no safetensors file, or was cut short or changed: {reason}. {advice}"
        ) from None


def _expect_model(model: Module, *, where: str) -> None:
    if not isinstance(model, Module):
        kind = type(model).__name__
        raise TypeError(f"{where}: model must be a Module. It is a {kind}. The model comes before the path.")
