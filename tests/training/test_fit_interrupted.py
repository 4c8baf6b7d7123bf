"""Ctrl-C in a training: at a signal, at an exception of the caller's own, once and twice."""

import signal

import numpy as np
import pytest

from course_lib.losses import cross_entropy
from course_lib.optim import SGD
from course_lib.training import EarlyStopping, fit
from tests.training.small_models import Restless, same_state, table


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def raise_one():
    raise KeyboardInterrupt


def run(at_call=(), do=press_ctrl_c, n_epochs=3, **settings):
    """Train, and do something when the loss is called for the so-manieth time."""
    rng = np.random.default_rng(0)
    model, calls = Restless(rng), []

    def loss(z, y):
        calls.append(1)
        if len(calls) in at_call:
            do()
        return cross_entropy(z, y)

    X, y = table()
    optimiser = SGD(model.parameters(), 0.1, momentum=0.9)
    history = fit(
        model,
        X,
        y,
        loss=loss,
        optimiser=optimiser,
        n_epochs=n_epochs,
        batch_size=5,
        rng=rng,
        shows_progress=False,
        **settings,
    )
    return model, history


@pytest.fixture(autouse=True)
def _python_answers_ctrl_c():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_the_training_after_the_step_and_keeps_what_was_learned():
    model, history = run(at_call=[7])
    whole_model, whole = run()
    assert history.was_interrupted
    assert not whole.was_interrupted
    assert history.step_loss == whole.step_loss[:7]
    assert history.train_loss == whole.train_loss[:1]
    assert not same_state(model, whole_model)
    assert not model.is_training


def test_the_weights_are_those_of_the_step_that_was_finished():
    seen = []
    model, history = run(at_call=[7])
    other, _ = run(at_call=[8], do=lambda: seen.append(True) or raise_one())  # before the eighth step
    assert history.n_steps == 7
    np.testing.assert_array_equal(model.head.W.data, other.head.W.data)
    assert seen


def test_an_interrupt_that_the_callers_function_raises_keeps_the_steps_before_it():
    model, history = run(at_call=[7], do=raise_one)
    assert history.was_interrupted
    assert history.n_steps == 6
    assert not model.is_training


def test_ctrl_c_at_the_last_step_of_an_epoch_waits_until_it_is_measured():
    _, history = run(at_call=[5])
    assert history.was_interrupted
    assert (history.n_steps, history.n_epochs) == (5, 1)


def test_ctrl_c_while_an_epoch_is_measured_ends_the_training_after_it():
    X, y = table()
    _, history = run(at_call=[6], validation=(X, y))
    assert history.was_interrupted
    assert (history.n_steps, history.n_epochs, len(history.validation_loss)) == (5, 1, 1)


def test_ctrl_c_at_the_very_end_is_not_lost():
    _, history = run(at_call=[15])
    assert history.was_interrupted
    assert history.n_epochs == 3


def test_a_second_ctrl_c_ends_it_at_once():
    with pytest.raises(KeyboardInterrupt):
        run(at_call=[7], do=lambda: press_ctrl_c() or press_ctrl_c())


def test_a_second_ctrl_c_while_the_state_is_written_is_not_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("course_lib.training.checkpoint.write_folder", lambda *args: press_ctrl_c())
    with pytest.raises(KeyboardInterrupt):
        run(at_call=[7], checkpoint=tmp_path, n_epochs=1000)


def test_an_interrupted_training_keeps_its_last_weights_and_not_the_best_ones():
    X, y = table()
    stopping = EarlyStopping(patience=99)
    held_out = X, np.random.default_rng(1).permutation(y)
    model, _ = run(at_call=[62], n_epochs=40, validation=held_out, early_stopping=stopping)
    plain, _ = run(at_call=[62 - stopping.n_looks], n_epochs=40)
    assert stopping.best_look < stopping.n_looks
    assert same_state(model, plain)


def test_after_ctrl_c_the_same_call_in_the_same_place_goes_on(tmp_path):
    rng = np.random.default_rng(0)
    model = Restless(rng)
    optimiser = SGD(model.parameters(), 0.1, momentum=0.9)
    calls = []

    def loss(z, y):
        calls.append(1)
        if len(calls) == 7:
            press_ctrl_c()
        return cross_entropy(z, y)

    X, y = table()

    def go_on():
        return fit(
            model,
            X,
            y,
            loss=loss,
            optimiser=optimiser,
            n_epochs=3,
            batch_size=5,
            rng=rng,
            checkpoint=tmp_path,
            shows_progress=False,
        )

    assert go_on().n_steps == 7
    history = go_on()
    whole, whole_history = run()
    assert history == whole_history
    assert same_state(model, whole)
    anew, _ = run(checkpoint=tmp_path)  # from the beginning, in another process: it is the same training
    assert same_state(anew, whole)
