"""A drawing takes the same steps as the digits data, so that a network reads it."""

import numpy as np
import pytest

from course_lib.data import load_digits
from course_lib.data.drawing import bitmap_to_digit, strokes_to_bitmap
from tests.data.neat_digits import PLAIN, WITH_FLAGS, placed

PLACES = [
    (0.8, (0.5, 0.5)),
    (0.5, (0.35, 0.4)),
    (0.35, (0.6, 0.7)),
]  # size and centre, as shares of the paper
PENS = (0.05, 0.07, 0.09)


@pytest.fixture(scope="module")
def reader():
    """A network that has seen the whole data set and no drawing."""
    from sklearn.neural_network import MLPClassifier

    data = load_digits()
    return MLPClassifier((64,), max_iter=400, random_state=0).fit(data.X, data.y)


def drawings():
    """Yield a digit and its bitmap, for every style, digit, place and pen."""
    for digit, strokes in [*enumerate(PLAIN), *enumerate(WITH_FLAGS)]:
        for size, centre in PLACES:
            for pen_width in PENS:
                yield digit, strokes_to_bitmap(placed(strokes, size=size, centre=centre), pen_width=pen_width)


def share_read(reader, to_digit):
    """Return the share of drawings that the network reads correctly."""
    answers = [
        reader.predict(to_digit(bitmap).reshape(1, 64) / 16)[0] == digit for digit, bitmap in drawings()
    ]
    return np.mean(answers)


def test_eight_of_ten_neat_digits_are_read(reader):
    assert share_read(reader, bitmap_to_digit) >= 0.8


def test_without_the_steps_of_the_data_more_than_half_are_misread(reader):
    def shrink(bitmap):
        return bitmap.reshape(8, 12, 8, 12).mean(axis=(1, 3)) * 16  # (96, 96) -> (8, 8)

    assert share_read(reader, shrink) < 0.5


def test_drawings_have_as_much_ink_as_the_data_and_spread_as_far():
    def spread(images):
        columns = images.reshape(-1, 8, 8).sum(axis=1)  # (n, 8)
        return (columns @ (np.arange(8) - 3.5) ** 2 / columns.sum(axis=1)).mean()

    data = load_digits().X * 16
    drawn = np.stack([bitmap_to_digit(bitmap).ravel() for _, bitmap in drawings()])  # (180, 64)
    assert drawn.sum(axis=1).mean() == pytest.approx(data.sum(axis=1).mean(), rel=0.1)
    assert spread(drawn) == pytest.approx(spread(data), rel=0.15)


def test_place_and_size_do_not_matter():
    digits = [
        bitmap_to_digit(
            strokes_to_bitmap(placed(PLAIN[3], size=size, centre=centre), size=192, pen_width=0.1 * size)
        )
        for size, centre in PLACES
    ]
    for other in digits[1:]:
        assert np.abs(digits[0] - other).mean() < 0.5  # of 16


def test_a_leaning_one_is_straightened():
    upright = bitmap_to_digit(strokes_to_bitmap([[(0.5, 0.1), (0.5, 0.9)]]))
    leaning = bitmap_to_digit(strokes_to_bitmap([[(0.6, 0.1), (0.4, 0.9)]]))
    assert np.abs(upright - leaning).mean() < 1.5


@pytest.mark.parametrize(
    "strokes",
    [
        [[(0.5, 0.5)]],
        [[(0.1, 0.5), (0.9, 0.5)]],
        [[(0, 0), (1, 1)]],
        [[(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]],
    ],
)
def test_any_drawing_gives_counts_from_0_to_16(strokes):
    counts = bitmap_to_digit(strokes_to_bitmap(strokes))
    assert counts.shape == (8, 8)
    assert np.issubdtype(counts.dtype, np.integer)
    assert counts.min() >= 0
    assert 0 < counts.max() <= 16


@pytest.mark.parametrize("bitmap", [np.zeros((96, 96)), np.ones((20, 30)), np.eye(1), np.eye(7, 40)])
def test_odd_bitmaps_do_not_fail(bitmap):
    assert bitmap_to_digit(bitmap).shape == (8, 8)


def test_an_empty_drawing_gives_an_empty_digit():
    assert bitmap_to_digit(strokes_to_bitmap([])).sum() == 0


def test_a_bitmap_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"must have shape \(H, W\)\. It has shape \(64,\)"):
        bitmap_to_digit(np.zeros(64))
