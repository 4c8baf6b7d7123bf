"""What is drawn reaches the network as 64 shares of ink, and its answer reaches the page."""

import numpy as np
import pytest

from course_lib.data import load_digits
from course_lib.widgets import DrawDigit

LINE = [[[0.5, 0.1], [0.5, 0.9]]]


class Network:
    """Says 1 for every picture, and remembers what it was shown."""

    def __call__(self, X):
        self.seen = X
        return np.eye(10)[[1]] * 0.91 + 0.01  # (1, 10)


@pytest.fixture(scope="module")
def examples():
    data = load_digits()
    return np.stack([data.X[data.y == digit][0] for digit in range(10)])  # (10, 64)


def send(pad, **content):
    """Send what a button in the page sends."""
    pad._pad._handle_custom_msg(content, [])


def test_a_drawing_is_read_and_answered(examples):
    network = Network()
    pad = DrawDigit(network, examples=examples)
    pad._pad.strokes = LINE
    assert network.seen.shape == (1, 64)
    assert network.seen.dtype == np.float32
    assert pad._pad.pixels == network.seen[0].tolist()
    assert pad._pad.probabilities[1] == pytest.approx(0.92)
    assert pad._pad.message == "The network says <b>1</b> (0.92)."


def test_the_network_sees_the_same_range_as_in_the_data(examples):
    network = Network()
    DrawDigit(network, examples=examples)._pad.strokes = LINE
    assert (network.seen.min(), network.seen.max()) == (examples.min(), examples.max()) == (0, 1)


def test_an_example_takes_the_place_of_a_drawing(examples):
    pad = DrawDigit(Network(), examples=examples)
    pad._pad.strokes = LINE
    send(pad, show_example=7)
    assert pad._pad.strokes == []
    assert pad._pad.pixels == examples[7].tolist()
    assert pad._pad.message.startswith("This is a 7 from the test images. The network says <b>1</b>")


def test_clear_empties_the_pad_after_a_drawing_and_after_an_example(examples):
    pad = DrawDigit(Network(), examples=examples)
    for fill in (lambda: setattr(pad._pad, "strokes", LINE), lambda: pad.show_example(3)):
        fill()
        send(pad, clear=True)
        assert (pad._pad.strokes, pad._pad.pixels, pad._pad.probabilities) == ([], [], [])
        assert pad._pad.message == "Draw a digit in the box."


@pytest.mark.parametrize("request_", [{"show_example": 10}, {"show_example": None}, {}])
def test_a_request_that_makes_no_sense_changes_nothing(examples, request_):
    pad = DrawDigit(Network(), examples=examples)
    send(pad, **request_)
    assert pad._pad.message == "Draw a digit in the box."


def test_a_network_that_fails_later_is_said_in_the_page(examples):
    answers = iter([np.full(10, 0.1), np.full(3, 0.1)])
    pad = DrawDigit(lambda X: next(answers), examples=examples)
    pad._pad.strokes = LINE
    assert pad._pad.message.startswith(
        "The network gave no answer. ValueError: DrawDigit: what predict returns"
    )
    assert pad._pad.probabilities == []


def test_a_network_that_does_not_fit_stops_the_cell(examples):
    with pytest.raises(ValueError, match=r"what predict returns must have shape \(10,\)"):
        DrawDigit(lambda X: np.zeros(3), examples=examples)


def test_examples_of_the_wrong_shape_are_refused(examples):
    with pytest.raises(ValueError, match=r"examples must have shape \(10, 64\)"):
        DrawDigit(Network(), examples=examples[:9])


def test_the_bundle_has_a_live_view_a_described_picture_and_a_plain_form(examples):
    data, metadata = DrawDigit(Network(), examples=examples)._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["image/png"].startswith(b"\x89PNG")
    assert len(metadata["image/png"]["alt"]) >= 40
    assert "0x" not in data["text/plain"]
