"""Sliders over a figure: move a number, see what it does."""

import base64
import html
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from course_lib.plotting import png_bytes
from course_lib.widgets.announced import Announced
from course_lib.widgets.bundle import inline_html, live_bundle

__all__ = ["Explore", "Slider"]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Slider:
    """One number that the learner may move.

    Args:
        low: the smallest value
        high: the largest value
        start: the value at the beginning, and after a reset
        step: how far one key press moves it
        label: what stands beside the slider, with the unit if there is one
    Raises:
        ValueError: ``start`` does not lie between ``low`` and ``high``, or ``step`` is not positive

    >>> Slider(low=-3, high=3, start=0, step=0.1, label="bias b").decimals
    1
    """

    low: float
    high: float
    start: float
    step: float
    label: str

    def __post_init__(self):
        if not (self.low < self.high and self.low <= self.start <= self.high):
            raise ValueError(
                f"Slider {self.label!r}: start must lie between low and high. "
                f"They are low={self.low}, start={self.start}, high={self.high}."
            )
        if not (math.isfinite(self.step) and self.step > 0):
            raise ValueError(f"Slider {self.label!r}: step must be a positive number. It is {self.step}.")

    @property
    def decimals(self) -> int:
        """How many digits after the point the step has."""
        return max(0, -Decimal(str(self.step)).normalize().as_tuple().exponent)


class _Controls(anywidget.AnyWidget):
    """The sliders in the page, with a button that puts them back.

    The handle of ``ipywidgets.FloatSlider`` has no name, so that a screen reader says "1.5" and not of what.
    """

    _esm = HERE / "sliders.js"
    _css = HERE / "button.css"
    sliders = traitlets.List().tag(sync=True)  # one dict each: low, high, start, step, decimals, label
    values = traitlets.List(traitlets.CFloat()).tag(sync=True)


class Explore:
    """A figure that follows its sliders.

    Args:
        draw: a function of one number for each slider, in their order, that returns the ``ax`` it drew on
        sliders: a name for each slider and the slider, ``{"b": Slider(-3, 3, 0, 0.1, "bias b")}``
        alt: the figure at the start, for those who cannot see it: what is plotted and what is to be seen
        text: a function of the same numbers that returns a sentence to stand below the figure
    Raises:
        ValueError: there is no slider, or ``alt`` has fewer than 40 characters
    """

    def __init__(
        self,
        draw: Callable,
        sliders: Mapping[str, Slider],
        *,
        alt: str,
        text: Callable[..., str] | None = None,
    ):
        if not sliders:
            raise ValueError("Explore: sliders must hold at least one slider. It is empty.")
        self._draw, self._text, self._alt = draw, text, alt
        self._sliders = dict(sliders)
        self._controls = _Controls(
            sliders=[{**asdict(slider), "decimals": slider.decimals} for slider in sliders.values()],
            values=self._starts(),
        )
        self._picture = ipywidgets.HTML()
        self._line = Announced()
        self._box = ipywidgets.VBox([self._controls, self._picture, self._line])
        # A mistake in `draw` or `text` stops the cell here. Once sliders move, `_follow` says it instead.
        self._png = png_bytes(draw(*self._starts()))
        self._show(self._png, self._sentence())
        live_bundle(self._box, text=repr(self), png=self._png, alt=alt)  # refuses a short alt
        # The page sends the next values only when the last figure is done: a fast hand queues up no figures.
        self._controls.observe(self._follow, "values")

    @property
    def values(self) -> dict[str, float]:
        """The value of each slider, by its name."""
        return dict(zip(self._sliders, self._controls.values, strict=True))

    def move(self, **values: float) -> None:
        """Move sliders from Python.

        Args:
            values: the new value of each slider to move, by its name
        Raises:
            ValueError: there is no slider of that name
        """
        if unknown := sorted(set(values) - set(self._sliders)):
            raise ValueError(f"Explore: there is no slider {unknown[0]!r}. There are {list(self._sliders)}.")
        self._controls.values = [float(value) for value in (self.values | values).values()]

    def _starts(self) -> list[float]:
        return [float(slider.start) for slider in self._sliders.values()]

    def _follow(self, change=None) -> None:
        """Draw the figure for the values that the sliders have now."""
        try:
            self._show(png_bytes(self._draw(*self._controls.values)), self._sentence())
        except Exception as error:  # whatever a learner's own `draw` raises must be seen, not lost in a log
            self._picture.value = ""
            problem = f"{type(error).__name__}: {error}"
            self._line.html = inline_html(f"The figure could not be drawn at {self._place()}. {problem}")

    def _show(self, png: bytes, sentence: str) -> None:
        is_at_start = self._controls.values == self._starts()
        alt = self._alt if is_at_start else f"{self._alt} Now the sliders stand at {self._place()}."
        source = base64.b64encode(png).decode("ascii")
        self._picture.value = (
            f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{source}" style="max-width: 100%">'
        )
        self._line.html = inline_html(sentence)

    def _sentence(self) -> str:
        return self._text(*self._controls.values) if self._text else ""

    def _place(self) -> str:
        return ", ".join(
            f"{slider.label} = {value:.{slider.decimals}f}"
            for slider, value in zip(self._sliders.values(), self._controls.values, strict=True)
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return live_bundle(self._box, text=repr(self), png=self._png, alt=self._alt)

    def __repr__(self) -> str:
        sliders = ", ".join(
            f"{slider.label} from {slider.low} to {slider.high}" for slider in self._sliders.values()
        )
        return f"Explore({sliders})"
