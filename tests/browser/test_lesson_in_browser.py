"""A learner's first hour in a real browser: nothing fails, everything that can be touched answers."""

import math

import nbformat
import pytest
from playwright.sync_api import expect

from course_lib.commands.chromium import find_chromium
from tests.browser.driver import (
    browser_page,
    error_outputs,
    leave_for_today,
    open_notebook,
    popups,
    reload,
    run_all_cells,
    running_course,
    save,
    show_cell,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, started as a learner starts it, with an empty work folder."""
    if find_chromium() is None:
        pytest.skip("Chromium is not installed, so no lesson was opened in a browser.")
    work = tmp_path_factory.mktemp("course") / "work"
    work.mkdir()
    with running_course(work, "10") as running:
        yield running


@pytest.fixture
def page_and_trouble(course, tmp_path):
    """An empty page in a fresh browser, and what watches it."""
    with browser_page(find_chromium(), tmp_path / "profile") as page_and_trouble:
        yield page_and_trouble


def draw(page, pad, points):
    """Draw one stroke with the mouse; points are shares of the pad."""
    box = pad.bounding_box()
    x, y = box["x"], box["y"]
    places = [(x + across * box["width"], y + down * box["height"]) for across, down in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def test_lesson_10_runs_and_its_sliders_move_the_figure(course, page_and_trouble):
    page, trouble = page_and_trouble
    open_notebook(page, course, "10_one_neuron.ipynb")
    run_all_cells(page)
    assert error_outputs(page) == []
    cell = show_cell(page, "Explore(")
    picture, sentence = cell.locator("img"), cell.locator("[role=status]")
    source, alt, said = picture.get_attribute("src"), picture.get_attribute("alt"), sentence.inner_text()
    cell.get_by_role("slider").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", source)
    expect(picture).not_to_have_attribute("alt", alt)
    expect(sentence).not_to_have_text(said)
    cell.get_by_role("button", name="Back to the start").press("Enter")
    expect(picture).to_have_attribute("src", source)
    assert popups(page) == []
    assert trouble.all() == []


def test_a_recorded_prediction_is_found_again(course, page_and_trouble):
    page, trouble = page_and_trouble
    open_notebook(page, course, "10_one_neuron.ipynb")
    run_all_cells(page)
    assert not show_cell(page, ".outcome(").get_by_text("You predicted:").count()
    cell = show_cell(page, "Prediction(")
    cell.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    cell.get_by_role("button", name="Record my prediction").press("Enter")
    cell.get_by_text("Recorded:").wait_for()
    show_cell(page, ".outcome(").get_by_text("You predicted:").wait_for()

    save(page)
    reload(page)  # the kernel lives on
    cell = show_cell(page, "Prediction(")
    cell.get_by_text("Recorded:").wait_for()
    assert cell.get_by_role("radio").nth(1).is_checked()

    leave_for_today(page, course)
    open_notebook(page, course, "10_one_neuron.ipynb")  # a new kernel
    run_all_cells(page)
    cell = show_cell(page, "Prediction(")
    cell.get_by_text("Recorded:").wait_for()
    assert cell.get_by_role("radio").nth(1).is_checked()
    assert error_outputs(page) == []
    assert trouble.all() == []


def test_lesson_00_reads_what_the_mouse_draws(course, page_and_trouble):
    page, trouble = page_and_trouble
    open_notebook(page, course, "00_start_here.ipynb")
    run_all_cells(page)
    assert error_outputs(page) == []
    cell = show_cell(page, "DrawDigit(")
    pad, message = cell.locator(".pad"), cell.locator(".message")
    angles = [2 * math.pi * k / 24 for k in range(25)]
    draw(page, pad, [(0.5 + 0.2 * math.sin(a), 0.5 - 0.35 * math.cos(a)) for a in angles])
    cell.get_by_text("The network says").wait_for()
    zero = message.inner_text()
    cell.get_by_role("button", name="Clear").click()
    cell.get_by_text("Draw a digit in the box.").wait_for()
    draw(page, pad, [(0.35, 0.3), (0.5, 0.1), (0.5, 0.9)])
    cell.get_by_text("The network says").wait_for()
    assert message.inner_text() != zero
    cell.get_by_role("button", name="Show an example of a 7").press("Enter")
    cell.get_by_text("This is a 7 from the test images.").wait_for()
    assert trouble.all() == []


def planted(course, name, *cells):
    """Write a notebook with a fault into the work folder."""
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
    nbformat.write(notebook, course.work / name)
    return name


def test_the_driver_sees_a_cell_that_fails(course, page_and_trouble):
    page, _ = page_and_trouble
    name = planted(course, "fails.ipynb", nbformat.v4.new_code_cell("1 / 0"))
    open_notebook(page, course, name)
    run_all_cells(page)
    assert error_outputs(page) == ["cell 0: ZeroDivisionError: division by zero"]


def test_the_driver_sees_a_request_to_another_host(course, page_and_trouble):
    page, trouble = page_and_trouble
    cells = [
        nbformat.v4.new_markdown_cell("![](http://example.org/a.png)"),
        nbformat.v4.new_code_cell("1 + 1"),
    ]
    open_notebook(page, course, planted(course, "asks.ipynb", *cells))
    run_all_cells(page)
    assert trouble.other_hosts == ["example.org"]


def test_the_driver_sees_an_error_of_the_page(course, page_and_trouble):
    page, trouble = page_and_trouble
    source = "from IPython.display import Javascript\nJavascript('setTimeout(() => planted.fault(), 0)')"
    open_notebook(page, course, planted(course, "page.ipynb", nbformat.v4.new_code_cell(source)))
    run_all_cells(page)
    page.wait_for_timeout(500)
    assert any("planted is not defined" in text for text in trouble.page_errors)
