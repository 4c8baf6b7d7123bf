"""Every stored figure is what its cell draws."""

import base64
import io

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from tools.figures import SHARE_LIMIT, difference, figure_problems


@pytest.mark.slow
def test_the_figures_of_the_lesson_are_what_it_draws(lesson, run_of):
    problems = run_of(lesson).figure_problems()
    assert not problems, "\n" + "\n".join(problems)


PIXEL = 12 / 496  # of the horizontal axis of `sigmoid`, in its own units


def png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    return buffer.getvalue()


def sigmoid(moved=0.0, color="tab:blue", title="A sigmoid", title_moved=0.0) -> bytes:
    """Draw one curve on white."""
    figure, ax = plt.subplots()
    z = np.linspace(-6, 6, 400)
    ax.plot(z, 1 / (1 + np.exp(moved * PIXEL - z)), color=color)
    ax.set_xlim(-6, 6)
    ax.set_title(title, x=0.5 + title_moved / 496)
    return png(figure)


def region(moved=0.0, color="black") -> bytes:
    """Draw one line on a picture full of ink, where a fault is a small part of it."""
    figure, ax = plt.subplots()
    side = np.linspace(-3, 3, 100)
    x, y = np.meshgrid(side, side)
    ax.contourf(x, y, np.tanh(x + 2 * y), levels=20, cmap="RdBu")
    ax.plot(side, (moved * 6 / 370) - side / 2, color=color)
    return png(figure)


def plain(size: tuple[int, int], color: str = "white") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, format="png")
    return buffer.getvalue()


@pytest.mark.parametrize("draw", [sigmoid, region])
def test_a_figure_agrees_with_itself(draw):
    assert difference(draw(), draw()) == ""


@pytest.mark.parametrize("pixels", [0.1, 0.3, 0.5, 0.7, 1.0])
def test_letters_that_fall_up_to_a_pixel_elsewhere_are_forgiven(pixels):
    assert difference(sigmoid(), sigmoid(title_moved=pixels)) == ""


@pytest.mark.parametrize("draw", [sigmoid, region])
def test_a_line_that_falls_half_a_pixel_elsewhere_is_forgiven(draw):
    assert difference(draw(), draw(moved=0.5)) == ""


@pytest.mark.parametrize(
    ("stored", "fresh", "said"),
    [
        (lambda: plain((1, 1)), sigmoid, "its size is 1 x 1 pixels, the fresh one has 640 x 480"),
        (lambda: plain((640, 480)), sigmoid, "inked pixels differ"),
        (lambda: plain((640, 480), "black"), sigmoid, "inked pixels differ"),
        (lambda: b"no picture", sigmoid, "cannot be read"),
        (region, sigmoid, "inked pixels differ"),
        (lambda: sigmoid(moved=3), sigmoid, "inked pixels differ"),
        (lambda: sigmoid(color="tab:orange"), sigmoid, "inked pixels differ"),
        (lambda: sigmoid(color="black"), sigmoid, "inked pixels differ"),
        (lambda: sigmoid(title="A sigmoig"), sigmoid, "inked pixels differ"),
        (lambda: region(moved=3), region, "inked pixels differ"),
        (lambda: region(color="tab:red"), region, "inked pixels differ"),
    ],
    ids=[
        *("stub", "blank", "black", "no picture", "another figure", "curve moved", "curve of another colour"),
        *("blue made black", "another letter", "line moved on ink", "line of another colour on ink"),
    ],
)
def test_a_planted_fault_is_found_in_either_direction(stored, fresh, said):
    assert said in difference(stored(), fresh())
    assert difference(fresh(), stored()) != ""


def notebook_with(*pictures: bytes) -> nbformat.NotebookNode:
    outputs = [
        new_output("display_data", {"image/png": base64.b64encode(picture).decode()}) for picture in pictures
    ]
    return new_notebook(cells=[new_code_cell("1"), new_code_cell("draw()", outputs=outputs)])


def test_two_figures_that_changed_places_are_found(tmp_path):
    path = tmp_path / "lesson.ipynb"
    one, other = sigmoid(), region()
    assert figure_problems(path, notebook_with(one, other), notebook_with(one, other)) == []
    problems = figure_problems(path, notebook_with(one, other), notebook_with(other, one))
    assert "lesson.ipynb, cell 2: figure 1 is not what the cell draws" in problems[0]
    assert "cell 2: figure 2" in problems[1]


def test_a_missing_figure_is_found(tmp_path):
    (problem,) = figure_problems(tmp_path / "lesson.ipynb", notebook_with(), notebook_with(sigmoid()))
    assert "cell 2: stores 0 figures, a fresh run draws 1" in problem


def test_the_tolerance_stays_small():
    assert SHARE_LIMIT < 0.001
