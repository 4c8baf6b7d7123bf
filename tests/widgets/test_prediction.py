"""A prediction is asked, recorded, remembered, and shown beside the outcome."""

import pytest

from course_lib.widgets import Prediction
from course_lib.widgets.prediction import NONE_CHOSEN

VIEW = "application/vnd.jupyter.widget-view+json"


def ask():
    return Prediction("10.1", "Which way does `b` push it?", ["up", "down"])


def press(guess, index):
    """Press the button in the page with one option chosen."""
    guess._view._handle_custom_msg({"record": index}, [])


def test_nothing_is_chosen_at_first():
    guess = ask()
    assert (guess.choice, guess._view.chosen, guess._view.status) == (None, NONE_CHOSEN, "")


def test_pressing_the_button_records_the_choice_and_says_so():
    guess = ask()
    press(guess, 1)
    assert guess.choice == "down"
    assert guess._view.status == "Recorded: down. You can change it until you have seen the outcome."


def test_pressing_the_button_with_nothing_chosen_records_nothing():
    guess = ask()
    press(guess, NONE_CHOSEN)
    assert guess.choice is None
    assert guess._view.status.startswith("Nothing is chosen yet.")


def test_a_new_kernel_shows_the_recorded_choice_again():
    ask().record("down")
    again = ask()
    assert (again.choice, again._view.chosen) == ("down", 1)
    assert again._view.status.startswith("Recorded: down.")


def test_a_choice_can_be_changed():
    guess = ask()
    press(guess, 0)
    press(guess, 1)
    assert ask().choice == "down"


def test_a_recorded_answer_that_is_no_longer_an_option_is_forgotten():
    Prediction("10.1", "Which way?", ["left", "right"]).record("left")
    assert ask().choice is None


@pytest.mark.parametrize(
    ("choice", "words"), [("up", "It came out as you predicted."), ("down", "It came out differently.")]
)
def test_the_outcome_says_in_words_whether_it_agrees(choice, words):
    guess = ask()
    guess.record(choice)
    line = guess.outcome("up", because="`b` is added.")._line.html
    assert f"You predicted: <b>{choice}.</b>" in line
    assert "What happened: <b>up.</b>" in line
    assert words in line
    assert line.endswith("<code>b</code> is added.")


def test_without_a_prediction_the_answer_stays_folded():
    line = ask().outcome("up")._line.html
    assert line.startswith("You have not recorded a prediction")
    assert line.index("<details>") < line.index("What happened")


def test_the_outcome_follows_a_prediction_that_is_recorded_later():
    guess = ask()
    outcome = guess.outcome("up")
    press(guess, 0)
    assert outcome._line.html.startswith("You predicted: <b>up.</b>")
    assert guess._view.status == "Recorded: up."


def test_an_outcome_that_is_no_option_is_refused():
    with pytest.raises(ValueError, match=r"10\.1: the outcome must be one of the options \['up', 'down'\]"):
        ask().outcome("sideways")


@pytest.mark.parametrize("options", [[], ["up"], ["up", "up"]])
def test_fewer_than_two_different_options_are_refused(options):
    with pytest.raises(ValueError, match="at least two different answers"):
        Prediction("10.1", "Which way?", options)


def test_the_static_forms_never_depend_on_what_the_learner_recorded():
    def forms():
        guess = ask()
        outcome = guess.outcome("up", because="It adds.")
        bundles = [guess._repr_mimebundle_()[0], outcome._repr_mimebundle_()[0]]
        return [{kind: form for kind, form in bundle.items() if kind != VIEW} for bundle in bundles]

    before = forms()
    ask().record("down")
    assert forms() == before


def test_the_static_forms_read_well_without_a_kernel():
    question, _ = ask()._repr_mimebundle_()
    assert question["text/markdown"] == "**Predict first.** Which way does `b` push it?\n\n- up\n- down"
    answer, _ = ask().outcome("up", because="It adds.")._repr_mimebundle_()
    assert "<details>" in answer["text/markdown"]
    assert "\n\n**up.** It adds.\n\n" in answer["text/markdown"]  # GitHub needs the empty lines


def test_plain_forms_hold_no_addresses():
    guess = ask()
    for shown in (guess, guess.outcome("up")):
        data, _ = shown._repr_mimebundle_()
        assert "0x" not in data["text/plain"]
        assert data["text/plain"] == repr(shown)
        assert data[VIEW]["model_id"]


def test_a_work_folder_that_cannot_be_written_is_said_and_the_lesson_goes_on(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "file" / "work"))
    guess = ask()
    assert guess._view.status.startswith("What you record here cannot be saved.")
    press(guess, 0)
    assert "It could not be saved" in guess._view.status
    assert "The lesson goes on." in guess._view.status
    assert "You predicted" in guess.outcome("up")._line.html


def test_a_broken_record_is_said_in_the_page(work):
    work.mkdir()
    (work / "progress.json").write_text("{")
    guess = ask()
    press(guess, 0)
    assert "put aside as progress.broken-1.json" in guess._view.status


def test_text_from_a_lesson_cannot_become_markup():
    guess = Prediction("10.1", "is `a < b`?", ["<b>yes</b>", "no"])
    assert "<code>a &lt; b</code>" in guess._view.question
    assert guess._view.options[0] == "&lt;b&gt;yes&lt;/b&gt;"
