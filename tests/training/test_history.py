import json

import numpy as np
import pytest

from course_lib.training import History


def full():
    return History(
        step_loss=[3.0, 2.0, 1.0, 0.1 + 0.2],
        learning_rate=[0.1, 0.1, 0.05, 0.05],
        train_loss=[2.5, 0.65],
        validation_loss=[2.0, 1.0],
        train_metrics={"accuracy": [0.5, 0.75]},
        validation_metrics={"accuracy": [0.25, 0.5]},
        seconds=[0.5, 0.25],
    )


def test_steps_and_epochs_are_counted():
    assert (full().n_steps, full().n_epochs) == (4, 2)


def test_a_history_goes_through_json_and_comes_back_bit_for_bit():
    again = History.from_dict(json.loads(json.dumps(full().to_dict())))
    assert again == full()
    assert again.step_loss[-1] == 0.1 + 0.2
    assert again.seconds == [0.5, 0.25]


def test_a_dictionary_is_a_copy_both_ways():
    history = full()
    numbers = history.to_dict()
    numbers["step_loss"].append(9.0)
    again = History.from_dict(numbers)
    numbers["train_metrics"]["accuracy"].append(9.0)
    assert history == full()
    assert again.train_metrics == full().train_metrics


@pytest.mark.parametrize("change", [lambda d: d.pop("seconds"), lambda d: d.update(minutes=[])])
def test_a_dictionary_with_other_names_is_refused(change):
    numbers = full().to_dict()
    change(numbers)
    with pytest.raises(ValueError, match=r"History.from_dict: the names must be \('step_loss', .* They are"):
        History.from_dict(numbers)


def test_seconds_make_no_difference_and_everything_else_does():
    history = full()
    history.seconds = [9.0, 9.0]
    assert history == full()
    for name in full().to_dict().keys() - {"seconds"}:
        changed = full()
        setattr(changed, name, "something else")
        assert changed != full(), name


def test_arrays_can_be_plotted_against_steps_and_epochs():
    arrays = full().arrays()
    assert arrays["step"].tolist() == [1, 2, 3, 4]
    assert arrays["epoch"].tolist() == [1, 2]
    for name in ("step_loss", "learning_rate"):
        assert arrays[name].tolist() == getattr(full(), name)
    for name in ("train_loss", "validation_loss", "seconds"):
        assert arrays[name].tolist() == getattr(full(), name)
    assert arrays["train_accuracy"].tolist() == [0.5, 0.75]
    assert arrays["validation_accuracy"].tolist() == [0.25, 0.5]
    assert len(arrays) == 9


def test_what_was_not_measured_has_no_array():
    history = History(step_loss=[1.0], learning_rate=[0.1])
    arrays = history.arrays()
    assert arrays.keys() == {"step", "epoch", "step_loss", "learning_rate", "train_loss", "seconds"}
    assert arrays["train_loss"].shape == (0,)
    assert arrays["train_loss"].dtype == np.float64


def test_two_histories_share_no_list():
    first = History()
    first.step_loss.append(1.0)
    first.train_metrics["accuracy"] = [1.0]
    assert History() == History(step_loss=[], train_metrics={})


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (History(), "History(0 epochs, 0 steps)"),
        (History(step_loss=[1.0], train_loss=[1.23456]), "History(1 epoch, 1 step, train loss 1.235)"),
        (full(), "History(2 epochs, 4 steps, train loss 0.65, validation loss 1)"),
        (History(was_interrupted=True), "History(0 epochs, 0 steps, interrupted)"),
    ],
)
def test_a_history_is_shown_in_one_line(history, said):
    assert repr(history) == said
