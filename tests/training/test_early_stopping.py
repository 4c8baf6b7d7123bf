import json
import math

import numpy as np
import pytest

from course_lib.training import EarlyStopping
from tests.training.small_models import Line


def look_at(stopping, losses):
    """Look at losses one by one, with a model whose weight says which look it is."""
    model = Line(1)
    said = []
    for number, loss in enumerate(losses, start=1):
        model.W.assign([float(number)])
        said.append(stopping.look(loss, model))
    return said, model


def test_it_stops_at_the_last_of_so_many_looks_in_a_row_without_progress():
    assert look_at(EarlyStopping(patience=2), [3, 2, 2.5, 1, 1, 1.5, 0])[0] == [False] * 5 + [True, False]


def test_patience_one_stops_at_the_first_look_without_progress():
    assert look_at(EarlyStopping(patience=1), [3, 2, 2])[0] == [False, False, True]


def test_progress_must_be_more_than_min_delta():
    stopping = EarlyStopping(patience=9, min_delta=0.5)
    look_at(stopping, [3.0, 2.5, 2.75])
    assert (stopping.best_loss, stopping.n_looks_without_progress) == (3.0, 2)
    look_at(stopping, [2.25])
    assert (stopping.best_loss, stopping.n_looks_without_progress) == (2.25, 0)


def test_the_best_weights_come_back():
    stopping = EarlyStopping()
    _, model = look_at(stopping, [3.0, 1.0, 1.0, 2.0])
    assert (stopping.best_look, stopping.n_looks) == (2, 4)
    stopping.restore(model)
    assert model.W.data.tolist() == [2.0]


def test_the_best_weights_are_a_copy():
    stopping, model = EarlyStopping(), Line(1)
    stopping.look(1.0, model)
    model.W.assign([9.0])
    assert stopping.best_weights["W"].tolist() == [0.5]


def test_restoring_before_the_first_look_is_refused():
    with pytest.raises(ValueError, match=r"EarlyStopping.restore: there are no best weights yet. Call look"):
        EarlyStopping().restore(Line())


def test_a_new_start_forgets_everything():
    stopping = EarlyStopping(patience=1)
    look_at(stopping, [1.0, 2.0])
    stopping.start()
    assert stopping == EarlyStopping(patience=1)
    assert not stopping.is_time_to_stop
    assert stopping.best_loss == math.inf


def test_looks_that_are_resumed_go_on_as_if_nothing_had_been():
    losses = [3.0, 2.0, 2.5, 2.4, 2.3, 1.0]
    whole = EarlyStopping(patience=3)
    said, _ = look_at(whole, losses)
    first = EarlyStopping(patience=3)
    begun, _ = look_at(first, losses[:3])
    second = EarlyStopping(patience=3)
    second.load_state(json.loads(json.dumps(first.state())), first.best_weights)
    assert begun + look_at(second, losses[3:])[0] == said
    assert second.state() == whole.state()
    assert first.best_weights["W"].tolist() == [2.0]


def test_a_state_before_the_first_look_can_be_loaded():
    stopping = EarlyStopping()
    stopping.load_state(json.loads(json.dumps(EarlyStopping().state())), None)
    assert stopping == EarlyStopping()


def test_a_state_with_other_names_is_refused():
    with pytest.raises(ValueError, match=r"EarlyStopping.load_state: the names must be \('best_loss'"):
        EarlyStopping().load_state({"best": 1.0}, None)


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_not_finite_is_refused_and_not_counted(loss):
    stopping = EarlyStopping()
    with pytest.raises(ValueError, match=r"EarlyStopping.look: loss must be finite"):
        stopping.look(loss, Line())
    assert stopping == EarlyStopping()


@pytest.mark.parametrize("patience", [0, -1, 1.5, True, None])
def test_an_impossible_patience_is_refused(patience):
    with pytest.raises(ValueError, match=r"patience must be a whole number of at least 1. It is"):
        EarlyStopping(patience=patience)


@pytest.mark.parametrize("min_delta", [-0.1, np.nan, np.inf, "0.1"])
def test_an_impossible_min_delta_is_refused(min_delta):
    with pytest.raises(ValueError, match=r"min_delta must be a finite number of at least 0. It is"):
        EarlyStopping(min_delta=min_delta)


def test_its_settings_are_shown_and_nothing_that_moves():
    stopping = EarlyStopping(patience=3, min_delta=0.25)
    look_at(stopping, [1.0])
    assert repr(stopping) == "EarlyStopping(patience=3, min_delta=0.25)"
