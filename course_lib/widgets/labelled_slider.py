"""A slider that says its name to a screen reader and moves with the arrow keys."""

from pathlib import Path

import anywidget
import traitlets

__all__ = ["LabelledSlider"]


class LabelledSlider(anywidget.AnyWidget):
    """The browser's own slider with its label and its value.

    The handle of ``ipywidgets.FloatSlider`` has no name, so that a screen reader says "1.5" and not of what.

    Args:
        value: where it stands
        low: the smallest value
        high: the largest value
        step: how far one key press moves it
        decimals: digits after the point that are shown
        label: what stands beside it
    """

    _esm = Path(__file__).parent / "labelled_slider.js"
    value = traitlets.Float().tag(sync=True)
    low = traitlets.Float().tag(sync=True)
    high = traitlets.Float().tag(sync=True)
    step = traitlets.Float().tag(sync=True)
    decimals = traitlets.Int().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
