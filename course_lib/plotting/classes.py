"""Points of two classes, and the line at which a neuron changes its mind."""

import numpy as np
from matplotlib.axes import Axes

from course_lib.plotting.axes import COLOURS, MARKERS

__all__ = ["plot_classes", "plot_decision_line"]


def plot_classes(ax: Axes, X: np.ndarray, y: np.ndarray, names: tuple[str, ...]) -> Axes:
    """Draw every example as a point, each class with its own colour and shape.

    Args:
        ax: where to draw
        X: (B, 2)  two measurements an example
        y: (B,)  class numbers 0, 1, ...
        names: the name of each class, for the legend
    Returns:
        ax
    """
    for k, name in enumerate(names):
        chosen = X[y == k]  # (B_k, 2)
        ax.scatter(
            chosen[:, 0],
            chosen[:, 1],
            s=22,
            marker=MARKERS[k],
            color=COLOURS[k],
            alpha=0.6,
            linewidths=0,
            label=name,
        )
    ax.legend(fancybox=False, edgecolor="#BBBBBB")  # a frame, so that nobody takes its marks for data
    return ax


def plot_decision_line(ax: Axes, w: np.ndarray, b: float) -> Axes:
    """Draw the line on which a neuron with two inputs answers exactly one half.

    On the line $w_1 x_1 + w_2 x_2 + b = 0$. The side on which the neuron says 1 is shaded. The limits of the
    axes stay as they were.

    Args:
        ax: where to draw; its limits say which part of the plane is seen
        w: (2,)  the weights
        b: the bias
    Returns:
        ax
    """
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x1, x2 = np.meshgrid(np.linspace(left, right, 200), np.linspace(bottom, top, 200))  # (200, 200)
    z = w[0] * x1 + w[1] * x2 + b  # (200, 200)
    if z.min() < 0 < z.max():
        ax.contour(x1, x2, z, levels=[0.0], colors="black", linewidths=2)
    ax.contourf(x1, x2, z, levels=[0.0, np.inf], colors=[COLOURS[1]], alpha=0.12)
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    return ax
