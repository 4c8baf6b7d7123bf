"""A pad to draw a digit on, and what a network makes of it."""

from collections.abc import Callable
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_lib.checks import expect_finite, expect_shape
from course_lib.data.digits import INK_LEVELS
from course_lib.data.drawing import bitmap_to_digit, strokes_to_bitmap
from course_lib.plotting import COLOURS, png_bytes
from course_lib.widgets.bundle import inline_html, live_bundle

__all__ = ["DrawDigit"]

HERE = Path(__file__).parent
PEN_WIDTH = 0.07  # share of the pad; the pad's own line in draw_digit.js is as wide
ALT = (
    "Left, a 3 drawn with a pen. Middle, the same 3 as the 8 times 8 grey pixels that the network sees. "
    "Right, ten bars: the probability that the network gives to each digit from 0 to 9."
)
# A 3 as a hand might draw it, for the picture that stands for the pad where nothing can be drawn.
SAMPLE = [
    [(0.33, 0.22), (0.43, 0.15), (0.56, 0.15), (0.65, 0.24), (0.63, 0.36), (0.54, 0.44), (0.45, 0.46)],
    [(0.45, 0.46), (0.58, 0.49), (0.67, 0.59), (0.66, 0.73), (0.56, 0.83), (0.42, 0.84), (0.31, 0.76)],
]


class _Pad(anywidget.AnyWidget):
    """The view in the page: it sends strokes and requests, and shows what Python worked out."""

    _esm = HERE / "draw_digit.js"
    _css = (HERE / "button.css").read_text("utf-8") + (HERE / "draw_digit.css").read_text("utf-8")
    strokes = traitlets.List().tag(sync=True)  # list of strokes, each a list of [x, y] between 0 and 1
    pixels = traitlets.List().tag(sync=True)  # 64 shares of ink between 0 and 1, or empty
    probabilities = traitlets.List().tag(sync=True)  # ten numbers, or empty
    message = traitlets.Unicode("").tag(sync=True)


class DrawDigit:
    """Draw a digit with mouse, pen or finger, and watch a network read it.

    The drawing takes the same steps as the digits data, so that the network sees what it was trained on.

    Args:
        predict: maps (1, 64) float32, shares of ink between 0 and 1, to ten probabilities
        examples: (10, 64)  one test image of each digit, in the order 0 to 9, for those who do not draw
    Raises:
        ValueError: ``examples`` or what ``predict`` returns has the wrong shape
    """

    def __init__(self, predict: Callable, *, examples: np.ndarray):
        expect_shape(
            np.asarray(examples), "10 64", where="DrawDigit: examples", hint="One image of each digit."
        )
        self._predict = predict
        self._examples = np.asarray(examples, dtype=np.float32)
        pixels = _pixels_of(SAMPLE)
        self._png = png_bytes(_sample_figure(pixels, self._probabilities(pixels)))
        self._pad = _Pad()
        self.clear()
        self._pad.observe(self._read_drawing, "strokes")
        self._pad.on_msg(self._answer_request)

    def clear(self) -> None:
        """Empty the pad; its button does this."""
        self._pad.strokes, self._pad.pixels, self._pad.probabilities = [], [], []
        self._pad.message = "Draw a digit in the box."

    def show_example(self, digit: int) -> None:
        """Show the test image of one digit in place of a drawing; the buttons 0 to 9 do this.

        Args:
            digit: 0 to 9
        """
        self._pad.strokes = []
        self._read(self._examples[digit], f"This is a {digit} from the test images. ")

    def _read_drawing(self, change: dict) -> None:
        if change["new"]:
            self._read(_pixels_of(change["new"]), "")

    def _answer_request(self, pad, content: dict, buffers) -> None:
        if content.get("show_example") in range(10):
            self.show_example(content["show_example"])
        elif content.get("clear"):
            self.clear()

    def _read(self, pixels: np.ndarray, introduction: str) -> None:
        """Put pixels, probabilities and the best guess into the page."""
        self._pad.pixels = pixels.tolist()
        try:
            probabilities = self._probabilities(pixels)
        except (
            Exception
        ) as error:  # whatever a learner's own `predict` raises must be seen, not lost in a log
            self._pad.probabilities = []
            self._pad.message = inline_html(f"The network gave no answer. {type(error).__name__}: {error}")
            return
        self._pad.probabilities = probabilities.tolist()
        best = int(np.argmax(probabilities))
        self._pad.message = f"{introduction}The network says <b>{best}</b> ({probabilities[best]:.2f})."

    def _probabilities(self, pixels: np.ndarray) -> np.ndarray:
        answer = np.asarray(self._predict(pixels.reshape(1, 64)), dtype=float)  # (1, 64) -> (1, 10) or (10,)
        probabilities = answer.reshape(-1)
        expect_shape(probabilities, "10", where="DrawDigit: what predict returns")
        expect_finite(probabilities, where="DrawDigit: what predict returns")
        return probabilities

    def _repr_mimebundle_(self, include=None, exclude=None):
        return live_bundle(self._pad, text=repr(self), png=self._png, alt=ALT)

    def __repr__(self) -> str:
        return "DrawDigit(a pad to draw a digit on, and what the network makes of it)"


def _pixels_of(strokes: list) -> np.ndarray:
    """Turn strokes into the (64,) shares of ink that the networks of this course take."""
    counts = bitmap_to_digit(strokes_to_bitmap(strokes, pen_width=PEN_WIDTH))  # (8, 8)
    return (counts / INK_LEVELS).astype(np.float32).reshape(64)


def _sample_figure(pixels: np.ndarray, probabilities: np.ndarray):
    """Draw what the pad would show for the sample; return one of its axes."""
    figure = Figure(figsize=(8.4, 2.8), dpi=100, layout="constrained")
    drawing, seen, bars = figure.subplots(1, 3)
    drawing.imshow(strokes_to_bitmap(SAMPLE, pen_width=PEN_WIDTH), cmap="gray_r")
    drawing.set_title("What is drawn", fontsize=11)
    seen.imshow(pixels.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
    seen.set_title("What the network sees", fontsize=11)
    for ax in (drawing, seen):
        ax.set(xticks=[], yticks=[])
    best = int(np.argmax(probabilities))
    colours = [COLOURS[1] if digit == best else COLOURS[0] for digit in range(10)]
    bars.barh(range(10), probabilities, color=colours)
    bars.set(xlim=(0, 1), yticks=range(10), xlabel="probability", ylabel="digit")
    bars.invert_yaxis()
    bars.set_title(f"The network says {best}", fontsize=11)
    bars.spines[["top", "right"]].set_visible(False)
    return bars
