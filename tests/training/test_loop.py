import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.losses import binary_cross_entropy, cross_entropy, squared_error
from course_lib.optim import SGD, Adam, Cosine, OnPlateau, clip_by_norm
from course_lib.training import EarlyStopping, History, fit, loop, measure, of_labels
from course_lib.training.metrics import accuracy
from tests.training.small_models import Line, Restless, Sum, Words, same_state, table, values


def restless(seed=0):
    rng = np.random.default_rng(seed)
    model = Restless(rng)
    return model, SGD(model.parameters(), 0.1, momentum=0.9), rng


def fit_restless(n_epochs=4, **settings) -> tuple[Restless, History]:
    model, optimiser, rng = restless()
    X, y = table()
    common = {"loss": cross_entropy, "batch_size": 5, "shows_progress": False}
    history = fit(model, X, y, optimiser=optimiser, n_epochs=n_epochs, rng=rng, **(common | settings))
    return model, history


def test_it_is_the_loop_that_a_learner_would_write():
    schedule = Cosine(0.2, n_steps=20)
    fitted, history = fit_restless(schedule=schedule, clip_norm=0.5)
    model, optimiser, rng = restless()
    X, y = table()
    losses, rates = [], []
    for _ in range(4):
        order = rng.permutation(len(X))
        for start in range(0, len(X), 5):
            rows = order[start : start + 5]
            optimiser.learning_rate = schedule(len(losses))
            optimiser.zero_grad()
            loss = cross_entropy(model(Tensor(X[rows])), y[rows])
            loss.backward()
            clip_by_norm(optimiser.parameters, 0.5)
            optimiser.step()
            losses.append(loss.item())
            rates.append(optimiser.learning_rate)
    assert same_state(fitted, model)
    assert (history.step_loss, history.learning_rate) == (losses, rates)
    assert history.n_epochs == 4


def test_one_step_moves_the_weights_against_the_slope():
    X, y = values()
    model = Line()
    history = fit(
        model,
        X,
        y,
        loss=squared_error,
        optimiser=SGD(model.parameters(), 0.1),
        n_epochs=1,
        batch_size=len(X),
        rng=np.random.default_rng(0),
        shows_progress=False,
    )
    error = X @ [0.5, 0.5] - y
    np.testing.assert_allclose(model.W.data, 0.5 - 0.1 * 2 * X.T @ error / len(X), rtol=1e-12)
    np.testing.assert_allclose(history.step_loss, [np.mean(error**2)], rtol=1e-12)
    assert history.learning_rate == [0.1]


def test_the_training_loss_of_an_epoch_counts_each_example_the_same():
    _, history = fit_restless()  # four batches of 5 and one of 3
    for epoch in range(4):
        of_steps = np.array(history.step_loss[5 * epoch : 5 * epoch + 5])
        expected = (5 * of_steps[:4].sum() + 3 * of_steps[4]) / 23
        assert history.train_loss[epoch] == pytest.approx(expected, rel=1e-12)


def test_validation_and_metrics_are_measured_after_each_epoch_and_change_nothing():
    held_out = table(9, seed=1)
    metrics = {"accuracy": of_labels(accuracy), "mean": lambda z, y: z.mean()}
    model, history = fit_restless(validation=held_out, metrics=metrics)
    plain, _ = fit_restless()
    assert same_state(model, plain)
    expected = measure(model, *held_out, loss=cross_entropy, metrics=metrics)
    assert history.validation_loss[-1] == pytest.approx(expected["loss"], rel=1e-6)
    assert history.validation_metrics["accuracy"][-1] == expected["accuracy"]
    expected = measure(model, *table(), metrics=metrics)
    assert history.train_metrics["mean"][-1] == pytest.approx(expected["mean"], rel=1e-6)
    for lists in (history.train_metrics, history.validation_metrics):
        assert {name: len(numbers) for name, numbers in lists.items()} == {"accuracy": 4, "mean": 4}
    assert len(history.validation_loss) == len(history.seconds) == 4
    assert all(0 < seconds < 60 for seconds in history.seconds)


def test_metrics_on_the_training_data_can_be_left_out():
    metrics = {"accuracy": of_labels(accuracy)}
    _, history = fit_restless(validation=table(9, seed=1), metrics=metrics, measures_train=False)
    assert history.train_metrics == {}
    assert len(history.validation_metrics["accuracy"]) == 4
    _, history = fit_restless(metrics=metrics)
    assert history.validation_metrics == {}
    assert history.validation_loss == []


def test_the_same_seed_gives_the_same_training_and_another_seed_another():
    first, second = fit_restless(), fit_restless()
    assert same_state(first[0], second[0])
    assert first[1] == second[1]
    model, optimiser, _ = restless()
    X, y = table()
    other = fit(
        model,
        X,
        y,
        loss=cross_entropy,
        optimiser=optimiser,
        n_epochs=4,
        batch_size=5,
        rng=np.random.default_rng(9),
        shows_progress=False,
    )
    assert other != first[1]


def test_the_model_is_left_ready_for_use():
    model, _ = fit_restless()
    assert not any(part.is_training for part in model.named_modules().values())


def test_it_trains_in_training_mode_whatever_the_mode_was():
    modes = []
    model, optimiser, rng = restless()
    model.evaluate()

    def loss(z, y):
        modes.append(model.hidden[1].is_training)
        return cross_entropy(z, y)

    X, y = table()
    fit(
        model,
        X,
        y,
        loss=loss,
        optimiser=optimiser,
        n_epochs=2,
        batch_size=12,
        rng=rng,
        validation=(X, y),
        shows_progress=False,
    )
    assert modes == [True] * 6  # two batches and the validation data, which restore what was


def test_a_plateau_looks_at_the_validation_loss_and_sets_the_learning_rate():
    X, y = table()
    rng = np.random.default_rng(1)
    _, history = fit_restless(
        n_epochs=12, schedule=OnPlateau(0.4, patience=0), validation=(X, rng.permutation(y))
    )
    plateau, rates = OnPlateau(0.4, patience=0), []
    for loss in history.validation_loss:
        rates += 5 * [plateau.learning_rate]
        plateau.look(loss)
    assert history.learning_rate == rates
    assert len(set(rates)) > 2


def test_without_validation_data_a_plateau_looks_at_the_training_loss():
    _, history = fit_restless(n_epochs=12, schedule=OnPlateau(0.4, patience=0))
    plateau, rates = OnPlateau(0.4, patience=0), []
    for loss in history.train_loss:
        rates += 5 * [plateau.learning_rate]
        plateau.look(loss)
    assert history.learning_rate == rates
    assert len(set(rates)) > 2


def test_early_stopping_ends_the_training_and_brings_the_best_weights_back():
    X, y = table()
    held_out = X, np.random.default_rng(1).permutation(y)
    stopping = EarlyStopping(patience=2)
    model, history = fit_restless(n_epochs=40, validation=held_out, early_stopping=stopping)
    best = int(np.argmin(history.validation_loss)) + 1
    assert history.n_epochs == best + 2 < 40
    assert stopping.best_look == best
    assert measure(model, *held_out, loss=cross_entropy)["loss"] == pytest.approx(
        stopping.best_loss, rel=1e-6
    )
    shorter, _ = fit_restless(n_epochs=best)
    assert same_state(model, shorter)
    again, same = fit_restless(n_epochs=40, validation=held_out, early_stopping=stopping)  # a new start
    assert same_state(model, again)
    assert same == history


def test_the_best_weights_come_back_at_the_end_of_all_epochs_too():
    X, y = table()
    held_out = X, np.random.default_rng(1).permutation(y)
    stopping = EarlyStopping(patience=99)
    model, history = fit_restless(n_epochs=12, validation=held_out, early_stopping=stopping)
    shorter, _ = fit_restless(n_epochs=int(np.argmin(history.validation_loss)) + 1)
    assert history.n_epochs == 12 > stopping.best_look
    assert same_state(model, shorter)


def test_token_ids_are_learned_from():
    rng = np.random.default_rng(0)
    ids = rng.integers(6, size=(40, 4))
    y = (ids == 2).any(axis=1).astype(np.int64)
    model = Words(rng)
    metrics = {"accuracy": of_labels(accuracy)}
    optimiser = Adam(model.parameters(), 0.05)
    history = fit(
        model,
        ids,
        y,
        loss=cross_entropy,
        optimiser=optimiser,
        n_epochs=30,
        batch_size=8,
        rng=rng,
        metrics=metrics,
        shows_progress=False,
    )
    assert history.train_metrics["accuracy"][-1] == 1.0


def test_a_model_with_several_inputs_and_values_as_answers_is_learned():
    x, counts = np.linspace(-1, 1, 12), np.arange(12) % 3
    model = Sum()
    fit(
        model,
        (x, counts),
        3.0 * x * counts,
        loss=squared_error,
        optimiser=SGD(model.parameters(), 0.5),
        n_epochs=30,
        batch_size=4,
        rng=np.random.default_rng(0),
        validation=((x, counts), x),
        shows_progress=False,
    )
    assert model.w.item() == pytest.approx(3.0)


def test_one_logit_an_example_is_learned():
    X, y = values()
    model = Line()
    history = fit(
        model,
        X,
        (y > 0).astype(np.int64),
        loss=binary_cross_entropy,
        optimiser=Adam(model.parameters(), 0.1),
        n_epochs=20,
        batch_size=3,
        rng=np.random.default_rng(0),
        metrics={"accuracy": of_labels(accuracy)},
        shows_progress=False,
    )
    assert history.train_metrics["accuracy"][-1] == 1.0


def test_the_bar_goes_to_the_error_stream_and_can_be_left_out(capsys):
    fit_restless(shows_progress=True, validation=table(9, seed=1))
    said = capsys.readouterr()
    assert said.out == ""
    assert "20/20" in said.err
    assert "epoch 4/4, loss " in said.err
    assert ", validation " in said.err
    fit_restless()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("keeps_memory", [True, False])
def test_freed_memory_is_kept_unless_told_otherwise(monkeypatch, keeps_memory):
    calls = []
    monkeypatch.setattr(loop, "keep_freed_memory", lambda: calls.append(1))
    fit_restless(keeps_memory=keeps_memory)
    assert len(calls) == keeps_memory
