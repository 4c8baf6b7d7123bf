"""Compare a stored figure with a fresh one as an eye would: by what is drawn, not by bytes.

Two pictures agree when they have one size and nearly every inked pixel of each is explained by the other.
Both are softened first: each pixel becomes the mean of itself and its eight neighbours. A pixel is
explained when its colour lies within the range of colours that the other picture has within one pixel
around it. That forgives letters and edges that fall half a pixel elsewhere, not a line that moved or
changed its colour.
"""

import io
from functools import reduce
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image, UnidentifiedImageError

from tools.pages import figures, place

__all__ = ["SHARE_LIMIT", "difference", "figure_problems"]

# How the two numbers were chosen: measured on figures of 640 x 480 pixels, as the share of inked pixels that
# stay unexplained. On filled pictures, where a line is a small part of the ink, a fault is hardest to see.
# Must pass: other kernels of OpenBLAS 0 %, a title moved by 1 pixel 0 %, a line by half a pixel 0.055 %.
# Must fail, filled: a star moved by 3 pixels 0.076 %, black made grey 0.41 %, a line by 2 pixels 1.25 %.
# Must fail, on white: one letter of the title 0.32 %, a curve moved by 2 pixels 13 %, another colour 35 %.
# Without the softening a title moved by 0.3 pixels has 1 %, more than a line that changed its colour.
LEVEL = 16  # of 255: below what an eye sees side by side
SHARE_LIMIT = 0.0006


def figure_problems(path: Path, stored: nbformat.NotebookNode, fresh: nbformat.NotebookNode) -> list[str]:
    """Return where the figures of ``fresh`` differ from those of ``stored``.

    Args:
        path: the stored notebook, to be named in the messages
        stored: as committed
        fresh: the same notebook after a run
    Returns:
        readable problems, one a figure or cell
    """
    found = []
    for position in range(1, len(stored.cells) + 1):
        old = [figure for figure in figures(stored) if figure.cell == position]
        new = [figure for figure in figures(fresh) if figure.cell == position]
        if len(old) != len(new):
            found.append(
                f"{place(path, position)}: stores {len(old)} figures, a fresh run draws {len(new)}. "
                f"Run the lesson again: python tools/notebooks.py run {path.stem}"
            )
            continue
        for before, after in zip(old, new, strict=True):
            if reason := difference(before.png, after.png):
                found.append(
                    f"{place(path, position)}: figure {before.nth} is not what the cell draws: {reason}. "
                    f"If the fresh one is right, store it: python tools/notebooks.py run {path.stem}"
                )
    return found


def difference(stored: bytes, fresh: bytes) -> str:
    """Say how two pictures differ.

    Args:
        stored: bytes of a PNG
        fresh: bytes of a PNG
    Returns:
        the reason in words; empty when the pictures agree
    """
    try:
        old, new = _pixels(stored), _pixels(fresh)
    except UnidentifiedImageError:
        return "it cannot be read as a PNG"
    if old.shape != new.shape:
        return f"its size is {_size(old)} pixels, the fresh one has {_size(new)}"
    share = unexplained_share(old, new)
    if share > SHARE_LIMIT:
        return f"{share:.2%} of the inked pixels differ; at most {SHARE_LIMIT:.2%} may"
    return ""


def unexplained_share(old: np.ndarray, new: np.ndarray) -> float:
    """Return the share of inked pixels that the other picture does not explain.

    Args:
        old: (H, W, 3)  colours from 0 to 255
        new: (H, W, 3)  the same size
    Returns:
        a number from 0 to 1; the ink of both pictures is counted
    """
    if np.array_equal(old, new):
        return 0.0
    is_inked = _is_inked(old) | _is_inked(new)  # (H, W)
    old, new = _softened(old), _softened(new)
    is_strange = _is_strange(old, new) | _is_strange(new, old)  # (H, W)
    return float(np.sum(is_strange & is_inked) / max(1, np.sum(is_inked)))


def _pixels(png: bytes) -> np.ndarray:
    """Decode a picture as it looks on white paper."""
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("RGB"), dtype=np.float32)


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]} x {pixels.shape[0]}"


def _is_inked(pixels: np.ndarray) -> np.ndarray:
    return np.any(pixels < 255 - LEVEL, axis=2)  # (H, W, 3) -> (H, W)


def _softened(pixels: np.ndarray) -> np.ndarray:
    return sum(_with_neighbours(pixels)) / 9  # (H, W, 3)


def _is_strange(pixels: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Mark the pixels whose colour is outside the range of ``other`` around them."""
    lowest = reduce(np.minimum, _with_neighbours(other)) - LEVEL  # (H, W, 3)
    highest = reduce(np.maximum, _with_neighbours(other)) + LEVEL  # (H, W, 3)
    return np.any((pixels < lowest) | (pixels > highest), axis=2)  # (H, W, 3) -> (H, W)


def _with_neighbours(pixels: np.ndarray) -> list[np.ndarray]:
    """Return nine pictures: the picture itself and its eight moves by one pixel."""
    height, width, _ = pixels.shape
    wide = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")  # (H + 2, W + 2, 3)
    return [wide[i : i + height, j : j + width] for i in range(3) for j in range(3)]  # 9 of (H, W, 3)
