"""A figure follows its sliders, and a mistake in it is seen."""

import re

import pytest

from course_lib.plotting import new_axes
from course_lib.widgets import Explore, Slider

ALT = "A straight line through the origin that rises by one for each step to the right."
SLIDERS = {"w": Slider(-3, 3, 1, 0.1, "weight w"), "b": Slider(-2, 2, 0, 0.5, "bias b")}


def draw(w, b):
    """Draw a line; a weight above 2 is a mistake of the learner."""
    if w > 2:
        raise ValueError("w is too large")
    ax = new_axes(title="A line", xlabel="x", ylabel="y")
    ax.plot([0, 1], [b, w + b])
    return ax


def explore():
    return Explore(draw, SLIDERS, alt=ALT, text=lambda w, b: f"It rises by {w:.1f} and starts at `{b:.1f}`.")


def test_moving_a_slider_changes_the_picture_its_alt_text_and_the_sentence():
    view = explore()
    before = view._picture.value
    view._controls.values = [2, 0.5]  # as the page sends them
    assert view._picture.value != before
    assert f'alt="{ALT} Now the sliders stand at weight w = 2.0, bias b = 0.5."' in view._picture.value
    assert view._line.html == "It rises by 2.0 and starts at <code>0.5</code>."
    assert view.values == {"w": 2.0, "b": 0.5}


def test_going_back_to_the_start_gives_the_first_picture_again():
    view = explore()
    before = view._picture.value
    view.move(w=2)
    view.move(w=1)
    assert view._picture.value == before


def test_a_mistake_while_sliding_is_said_in_place_of_the_figure():
    view = explore()
    view.move(w=2.5)
    assert view._picture.value == ""
    assert view._line.html == (
        "The figure could not be drawn at weight w = 2.5, bias b = 0.0. ValueError: w is too large"
    )
    view.move(w=1)
    assert view._picture.value.startswith("<img")


def test_a_mistake_at_the_start_stops_the_cell():
    with pytest.raises(ZeroDivisionError):
        Explore(lambda w: 1 / 0, {"w": SLIDERS["w"]}, alt=ALT)


def test_the_bundle_has_a_live_view_a_described_picture_and_a_plain_form():
    view = explore()
    data, metadata = view._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata == {"image/png": {"alt": ALT}}
    assert data["text/plain"] == "Explore(weight w from -3 to 3, bias b from -2 to 2)"


def test_the_static_picture_is_that_of_the_start_values():
    view = explore()
    before = view._repr_mimebundle_()[0]["image/png"]
    view.move(w=2)
    assert view._repr_mimebundle_()[0]["image/png"] == before


def test_a_description_that_says_nothing_is_refused():
    with pytest.raises(ValueError, match=r"at least 40 characters\. It has 8"):
        Explore(draw, SLIDERS, alt="A figure")


def test_quotes_in_a_description_stay_inside_it():
    view = Explore(draw, SLIDERS, alt=f'{ALT} The title is "A line".')
    assert re.search(r'alt="[^"]*&quot;A line&quot;\."', view._picture.value)


def test_a_slider_of_another_name_is_refused():
    with pytest.raises(ValueError, match=r"no slider 'v'. There are \['w', 'b'\]"):
        explore().move(v=1)


def test_an_explore_without_sliders_is_refused():
    with pytest.raises(ValueError, match="at least one slider"):
        Explore(draw, {}, alt=ALT)


@pytest.mark.parametrize(("low", "high", "start"), [(1, 1, 1), (2, 1, 1), (0, 1, 2), (0, 1, -1)])
def test_a_slider_whose_start_is_outside_is_refused(low, high, start):
    with pytest.raises(ValueError, match="start must lie between low and high"):
        Slider(low, high, start, 0.1, "w")


@pytest.mark.parametrize("step", [0, -1, float("nan"), float("inf")])
def test_a_step_that_is_not_positive_is_refused(step):
    with pytest.raises(ValueError, match="step must be a positive number"):
        Slider(0, 1, 0, step, "w")


@pytest.mark.parametrize(("step", "decimals"), [(1, 0), (5, 0), (0.5, 1), (0.1, 1), (0.25, 2), (0.001, 3)])
def test_a_slider_shows_as_many_decimals_as_its_step_has(step, decimals):
    assert Slider(0, 10, 0, step, "w").decimals == decimals
