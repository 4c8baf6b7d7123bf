"""From a pen's path to the 8 x 8 pixels of the digits data.

The digits were prepared in these steps: scan, cut out, straighten, bring to one size, count ink in blocks of
4 x 4 dots. A drawing must take the same steps, or the network is asked about pictures of a kind it never saw.

Source: Garris et al. 1994, *NIST form-based handprint recognition system*, NISTIR 5469, for the steps;
Alpaydin & Kaynak 1998, *Cascading classifiers*, Kybernetika 34(4), for the 32 x 32 dots and the 4 x 4 blocks.
"""

import numpy as np

__all__ = ["bitmap_to_digit", "strokes_to_bitmap"]

DOTS = 32  # dots along each side of the scan
BLOCK = 4  # each pixel counts the ink of 4 x 4 dots
FINE = 4  # we work with 4 x 4 fine dots for each dot, so that strokes grow in small steps
# Measured on the 1797 digits: each reaches from the top row to the bottom row; on average 311 of the 1024
# dots are ink (standard deviation 35), for a 1 as for an 8; in a box of 20 dots drawings spread as far.
BOX_WIDTH = 20
INK_DOTS = 310


def strokes_to_bitmap(strokes, *, size: int = 96, pen_width: float = 0.08) -> np.ndarray:
    """Draw a pen's path on a grid of dots.

    Args:
        strokes: a list of strokes, each a list of points (x, y); the paper reaches from 0 to 1, y points down
        size: dots along each side of the paper
        pen_width: the width of the line, as a share of the paper
    Returns:
        (size, size) bool  True where there is ink

    >>> strokes_to_bitmap([[(0.5, 0.0), (0.5, 1.0)]], size=4, pen_width=0.5).astype(int)
    array([[0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 1, 1, 0]])
    """
    centres = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(centres, centres)  # (size, size)
    bitmap = np.zeros((size, size), dtype=bool)
    for stroke in strokes:
        points = np.asarray(stroke, dtype=float).reshape(-1, 2)
        for start, end in zip(points, points[1:] if len(points) > 1 else points, strict=False):
            dx, dy = end - start
            length_squared = max(dx**2 + dy**2, 1e-12)
            along = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / length_squared, 0, 1)
            distance = np.hypot(x - start[0] - along * dx, y - start[1] - along * dy)
            bitmap |= distance <= pen_width / 2
    return bitmap


def bitmap_to_digit(bitmap) -> np.ndarray:
    """Turn a drawn digit into 8 x 8 counts of ink, in the steps that made the digits data.

    The digit is cut out, straightened, stretched to the full height, made as bold as the data, and counted.

    Args:
        bitmap: (H, W)  True or non-zero where there is ink; any size, the digit anywhere in it
    Returns:
        (8, 8) int64  ink in each block, 0 to 16; all zeros for an empty drawing
    Raises:
        ValueError: bitmap has not two axes

    >>> bitmap_to_digit(np.eye(50) > 0).max()
    np.int64(16)
    """
    ink = np.asarray(bitmap) != 0
    if ink.ndim != 2:
        raise ValueError(f"bitmap_to_digit: bitmap must have shape (H, W). It has shape {ink.shape}.")
    if not ink.any():
        return np.zeros((DOTS // BLOCK, DOTS // BLOCK), dtype=np.int64)
    page = _fill_box(_straighten(_cut_out(ink)))  # (128, 128)
    page = _thin(page) if page.sum() > INK_DOTS * FINE**2 else _embolden(page)
    n = DOTS // BLOCK
    dots = page.reshape(DOTS, FINE, DOTS, FINE).mean(axis=(1, 3)) >= 0.5  # (128, 128) -> (32, 32)
    return dots.reshape(n, BLOCK, n, BLOCK).sum(axis=(1, 3))  # (32, 32) -> (8, 8)


def _cut_out(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _straighten(ink: np.ndarray) -> np.ndarray:
    """Push the rows sideways until the digit leans neither left nor right."""
    height, width = ink.shape
    y, x = np.nonzero(ink)
    lean = np.cov(x, y, bias=True)[0, 1] / max(y.var(), 1e-9)  # columns the ink moves right for each row down
    lean = float(np.clip(lean, -1, 1))  # a dash, which is all lean, must not be pushed out of the page
    upright = np.zeros((height, width + 2 * height), dtype=bool)
    for row in range(height):
        shift = height - round(lean * (row - height / 2))
        upright[row, shift : shift + width] = ink[row]
    return _cut_out(upright)


def _fill_box(ink: np.ndarray) -> np.ndarray:
    """Stretch to the full height and at most the box's width, and centre on an empty page of fine dots."""
    height, width = ink.shape
    size = DOTS * FINE
    new_width = int(np.clip(round(width / height * size), 1, BOX_WIDTH * FINE))
    rows = ((np.arange(size) + 0.5) * height / size).astype(int)
    columns = ((np.arange(new_width) + 0.5) * width / new_width).astype(int)
    page = np.zeros((size, size), dtype=bool)
    left = (size - new_width) // 2
    page[:, left : left + new_width] = ink[rows][:, columns]
    return page


def _embolden(page: np.ndarray) -> np.ndarray:
    """Grow a thin digit until it has as much ink as those of the data."""
    step = 0
    while page.sum() < INK_DOTS * FINE**2:
        page = _grow(page, diagonally=step % 2 == 1)
        step += 1
    return page


def _thin(page: np.ndarray) -> np.ndarray:
    """Shrink a bold digit to the ink of the data, then stretch what is left to the box again."""
    step = 0
    while page.sum() > INK_DOTS * FINE**2:
        thinner = ~_grow(~page, diagonally=step % 2 == 1)
        if not thinner.any():
            break
        page = thinner
        step += 1
    return _fill_box(_cut_out(page))


def _grow(page: np.ndarray, *, diagonally: bool) -> np.ndarray:
    """Ink every dot that touches ink; edges and corners in turn keep round things round."""
    wide = np.pad(page, 1)
    grown = page | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
    if diagonally:
        grown |= wide[:-2, :-2] | wide[:-2, 2:] | wide[2:, :-2] | wide[2:, 2:]
    return grown
