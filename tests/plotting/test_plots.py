import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from course_lib.plotting import (
    new_axes,
    new_row,
    plot_classes,
    plot_curve,
    plot_decision_line,
    plot_picture,
    plot_repeats,
    png_bytes,
    show,
)

ALT = "A straight line from the lower left to the upper right corner."


@pytest.fixture
def ax():
    return new_axes(title="A finding", xlabel="time [s]", ylabel="length [m]")


def pixels(ax):
    return np.asarray(Image.open(io.BytesIO(png_bytes(ax))).convert("RGB"))


def test_axes_carry_their_title_and_labels(ax):
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("A finding", "time [s]", "length [m]")


def test_a_row_shares_its_scales_and_wants_one_title_each():
    left, right = new_row(2, titles=["a", "b"], xlabel="x", ylabel="y")
    left.set_xlim(0, 5)
    assert right.get_xlim() == (0, 5)
    with pytest.raises(ValueError, match=r"one title for each of the 2 axes\. It holds 1"):
        new_row(2, titles=["a"], xlabel="x", ylabel="y")


def test_curves_differ_by_dash_as_well_as_by_colour(ax):
    for k in range(3):
        plot_curve(ax, np.arange(2), np.arange(2) + k, label=f"curve {k}")
    assert len({line.get_color() for line in ax.lines}) == 3
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["curve 0", "curve 1", "curve 2"]


def test_repeated_runs_are_their_mean_in_a_band_from_lowest_to_highest(ax):
    curves = np.array([[1.0, 2.0, 6.0], [3.0, 2.0, 0.0]])  # (runs, n)
    plot_repeats(ax, np.arange(3), curves, label="two runs")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [2, 2, 3])
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (0, 6)
    assert ax.collections[0].get_facecolor()[0, :3].tolist() == list(to_rgb(ax.lines[0].get_color()))


def test_a_picture_is_white_where_it_is_0_and_black_where_it_is_1(ax):
    plot_picture(ax, np.array([[0.0, 1.0]]))
    (image,) = ax.images
    assert [tuple(image.to_rgba(image.get_array())[0, k, :3]) for k in (0, 1)] == [(1, 1, 1), (0, 0, 0)]


def test_classes_differ_by_shape_as_well_as_by_colour(ax):
    plot_classes(ax, np.eye(2), np.array([0, 1]), ("no", "yes"))
    circle, triangle = (points.get_paths()[0].vertices for points in ax.collections)
    assert circle.shape != triangle.shape
    np.testing.assert_array_equal(ax.collections[1].get_offsets(), [[0, 1]])


@pytest.mark.parametrize(("w", "b"), [((1.0, 2.0), -0.5), ((0.0, 1.0), -0.5), ((-1.0, 0.0), 0.25)])
def test_the_decision_line_lies_where_the_sum_is_zero_and_keeps_the_view(ax, w, b):
    ax.set_xlim(-1, 1)
    ax.set_ylim(-1, 1)
    plot_decision_line(ax, np.array(w), b)
    line = ax.collections[0].get_paths()[0].vertices  # (n, 2)
    np.testing.assert_allclose(line @ np.array(w) + b, 0, atol=1e-6)
    assert ax.get_xlim() == ax.get_ylim() == (-1, 1)


@pytest.mark.parametrize(("b", "is_shaded"), [(9.0, True), (-9.0, False)])
def test_without_a_line_in_view_all_or_nothing_is_shaded(ax, b, is_shaded):
    before = pixels(ax)
    plot_decision_line(ax, np.array([1.0, 1.0]), b)
    middle = tuple(size // 2 + 7 for size in before.shape[:2])  # beside the grid lines
    assert (pixels(ax)[middle] != before[middle]).any() == is_shaded


def test_the_same_figure_gives_the_same_bytes_and_names_no_version(ax):
    plot_curve(ax, np.arange(3), np.arange(3))
    assert png_bytes(ax) == png_bytes(ax)
    assert b"matplotlib" not in png_bytes(ax).lower()


def test_show_puts_picture_and_description_into_the_page(ax, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "course_lib.plotting.page.display", lambda what, **options: shown.append((what, options))
    )
    show(ax, alt=ALT)
    (picture, options), (words, _) = shown
    assert picture == {"image/png": png_bytes(ax), "text/plain": f"[figure: {ALT}]"}
    assert options == {"raw": True, "metadata": {"image/png": {"alt": ALT}}}
    assert ALT in words.data
    assert words.data.startswith("<details>")


def test_a_figure_without_a_real_description_is_refused(ax):
    with pytest.raises(ValueError, match=r"at least 40 characters\. It has 6"):
        show(ax, alt="a plot")
