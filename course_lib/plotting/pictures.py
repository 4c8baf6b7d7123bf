"""Pictures as they are stored: one grey square for each number."""

import numpy as np
from matplotlib.axes import Axes

__all__ = ["plot_picture"]


def plot_picture(ax: Axes, picture: np.ndarray) -> Axes:
    """Draw a table of numbers as grey squares: 0 is white, 1 is black.

    Args:
        ax: where to draw
        picture: (H, W)  one number for each pixel, from 0 to 1
    Returns:
        ax
    """
    ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    ax.grid(False)
    return ax
