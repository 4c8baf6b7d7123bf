"""Curves that are told apart by dash as well as by colour."""

import numpy as np
from matplotlib.axes import Axes

from course_lib.plotting.axes import COLOURS

__all__ = ["plot_curve", "plot_repeats"]

DASHES = ("-", "--", ":", "-.")


def plot_curve(ax: Axes, x: np.ndarray, y: np.ndarray, label: str = "", *, marker: str = "") -> Axes:
    """Draw one curve in the next free colour and dash, and keep the legend up to date.

    Args:
        ax: where to draw
        x: (n,)  horizontal positions
        y: (n,)  heights
        label: the name for the legend; no legend entry when empty
        marker: the shape of a point at every position, such as "o"; none when empty
    Returns:
        ax
    """
    k = len(ax.lines)
    colour, dash = COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)]
    ax.plot(x, y, color=colour, linestyle=dash, linewidth=2, marker=marker, markersize=5, label=label)
    if label:
        ax.legend(frameon=False)
    return ax


def plot_repeats(ax: Axes, x: np.ndarray, curves: np.ndarray, label: str = "") -> Axes:
    """Draw the mean of repeated runs as a curve, and the range from the lowest to the highest run as a band.

    Args:
        ax: where to draw
        x: (n,)  horizontal positions
        curves: (runs, n)  one row of heights a run
        label: the name for the legend
    Returns:
        ax
    """
    plot_curve(ax, x, curves.mean(axis=0), label)
    colour = ax.lines[-1].get_color()
    ax.fill_between(x, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.15, linewidth=0)
    return ax
