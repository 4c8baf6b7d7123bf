"""Empty axes in the course's style: labelled, legible, safe for colour-blind readers."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["COLOURS", "MARKERS", "new_axes", "new_row"]

# Okabe & Ito 2008, "Color universal design": told apart with every common form of colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "^", "s", "D", "v", "P", "X")


def new_axes(*, title: str, xlabel: str, ylabel: str, size: tuple[float, float] = (6.4, 4.0)) -> Axes:
    """Make a figure with one pair of axes.

    Args:
        title: the finding, as a short sentence
        xlabel: what the horizontal axis measures, with its unit
        ylabel: what the vertical axis measures, with its unit
        size: width and height in inches
    Returns:
        the axes to draw on; ``show`` puts them into the page
    """
    (ax,) = new_row(1, titles=[title], xlabel=xlabel, ylabel=ylabel, size=size)
    return ax


def new_row(
    n: int, *, titles: list[str], xlabel: str, ylabel: str, size: tuple[float, float] = (9.6, 3.4)
) -> list[Axes]:
    """Make a figure with n pairs of axes side by side, that share their scales.

    Args:
        n: how many
        titles: one title each
        xlabel: what every horizontal axis measures, with its unit
        ylabel: what the vertical axes measure, with their unit; written once, on the left
        size: width and height of the whole in inches
    Returns:
        the axes from left to right
    Raises:
        ValueError: there is not one title for each
    """
    if len(titles) != n:
        raise ValueError(
            f"new_row: titles must hold one title for each of the {n} axes. It holds {len(titles)}."
        )
    figure = Figure(figsize=size, dpi=100, layout="constrained")
    row = list(figure.subplots(1, n, sharex=True, sharey=True, squeeze=False)[0])
    for ax, title in zip(row, titles, strict=True):
        ax.set_title(title, fontsize=11)
        ax.set_xlabel(xlabel)
        ax.grid(color="#DDDDDD", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
    row[0].set_ylabel(ylabel)
    return row
