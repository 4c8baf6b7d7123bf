"""A checkpoint that is broken, or that belongs to another training, is told apart and changes nothing."""

import functools
import json
import os

import numpy as np
import pytest

from course_lib.losses import cross_entropy
from course_lib.optim import SGD, Adam, Constant, OnPlateau, WarmUp
from course_lib.training import EarlyStopping, fit
from course_lib.training.task import Task
from course_lib.training.whole_files import read_folder, write_folder
from tests.training.small_models import Restless, same_state, table

X, Y = table()


def run(folder, *, n_epochs=2, seed=0, n_hidden=5, kind=SGD, rate=0.1, dtype=np.float32, **settings):
    rng = np.random.default_rng(seed)
    model = Restless(rng, n_hidden=n_hidden)
    model.cast(dtype)
    common = {
        "X": X,
        "y": Y,
        "loss": cross_entropy,
        "optimiser": kind(model.parameters(), rate),
        "batch_size": 5,
        "checkpoint": folder,
        "shows_progress": False,
    }
    return model, fit(**(common | settings), model=model, n_epochs=n_epochs, rng=rng)


@pytest.fixture(autouse=True)
def _does_not_wait_for_the_disk(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda number: None)


@pytest.fixture
def state(tmp_path):
    """The folder of the state after two epochs."""
    run(tmp_path)
    return tmp_path / "step-000010"


@pytest.mark.parametrize("name", ["weights.safetensors", "training.safetensors", "training.json"])
def test_a_file_that_is_cut_short_or_gone_is_named(state, name):
    content = (state / name).read_bytes()
    os.truncate(state / name, len(content) - 1)
    advice = r"Delete .*step-000010 to start this training anew, or give fit another folder."
    with pytest.raises(
        ValueError, match=rf"fit: .*{name} has \d+ bytes; {len(content)} were written. {advice}"
    ):
        run(state.parent)
    (state / name).unlink()
    with pytest.raises(ValueError, match=rf"fit: .*{name} is missing. {advice}"):
        run(state.parent)


def test_a_state_of_an_unknown_version_is_told(state):
    table_of_contents = json.loads((state / "contents.json").read_text())
    (state / "contents.json").write_text(json.dumps(table_of_contents | {"version": 9}))
    with pytest.raises(ValueError, match=r"contents.json is of version 9, and this course reads version 1"):
        run(state.parent)


def rewritten(state, change):
    """Change files and write them again as a whole state."""
    files = read_folder(state, where="f", advice="")
    change(files)
    for path in state.iterdir():
        path.unlink()
    state.rmdir()
    write_folder(state, files)


def change_numbers(change):
    def of_files(files):
        numbers = json.loads(files["training.json"])
        change(numbers)
        files["training.json"] = json.dumps(numbers).encode()

    return of_files


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda files: files.pop("training.json"), r"It holds no training.json. Delete"),
        (lambda files: files.pop("weights.safetensors"), r"It holds no weights.safetensors. Delete"),
        (
            lambda files: files.update({"weights.safetensors": b"{}"}),
            r"weights.safetensors is no safetensors file",
        ),
        (change_numbers(lambda n: n.pop("history")), r"Its training.json lacks history. Delete"),
        (change_numbers(lambda n: n["history"].pop("seconds")), r"History.from_dict: the names must be"),
        (
            change_numbers(lambda n: n["optimiser"].clear()),
            r"SGD.load_state: this is the state of another opt",
        ),
    ],
)
def test_a_part_that_is_missing_or_of_another_form_is_told(state, change, message):
    rewritten(state, change)
    with pytest.raises(ValueError, match=rf"fit: .*step-000010 does not fit. .*{message}"):
        run(state.parent)


def test_the_weights_of_another_build_are_told_with_every_difference(state):
    with pytest.raises(
        ValueError, match=r"does not fit. Restless.load_state: these weights are of another"
    ) as e:
        run(state.parent, n_hidden=4)
    for name in ("head.W is of float32 and shape", "hidden.0.W", "hidden.0.b", "hidden.1.running_mean"):
        assert name in str(e.value)


def test_what_does_not_fit_leaves_the_model_as_it_was(state):
    rewritten(state, change_numbers(lambda numbers: numbers["optimiser"].clear()))
    rng = np.random.default_rng(0)
    model = Restless(rng)
    optimiser = SGD(model.parameters(), 0.1)
    with pytest.raises(ValueError, match="another optimiser"):
        fit(
            model,
            X,
            Y,
            loss=cross_entropy,
            optimiser=optimiser,
            n_epochs=2,
            batch_size=5,
            rng=rng,
            checkpoint=state.parent,
        )
    assert same_state(model, Restless(np.random.default_rng(0)))


def other_loss(z, y):
    return cross_entropy(z, y)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"batch_size": 6}, r"batch_size was 5, is 6\."),
        ({"clip_norm": 1.0}, r"clip_norm was None, is 1.0\."),
        ({"rate": 0.2}, r"learning_rate was 0.1, is 0.2\."),
        ({"kind": Adam}, r"optimiser was SGD .*, is Adam .*"),
        ({"kind": functools.partial(SGD, momentum=0.5)}, r"optimiser was SGD .*0.0.* is SGD .*0.5"),
        ({"schedule": Constant(0.1)}, r"schedule was None, is Constant\(learning_rate=0.1\)"),
        ({"loss": other_loss}, r"loss was cross_entropy, is other_loss"),
        (
            {"loss": functools.partial(cross_entropy)},
            r"loss was cross_entropy, is cross_entropy with \(\) \{\}",
        ),
        ({"X": X + 1}, r"X and y was \(23, 3\) float32 \w{8}, .*, is \(23, 3\) float32"),
        ({"y": Y[::-1]}, r"X and y was"),
        ({"validation": (X, Y)}, r"validation was none, is \(23, 3\) float32"),
        ({"metrics": {"m": lambda z, y: 1}}, r"metrics was , is m\."),
        ({"measures_train": False}, r"measures_train was True, is False"),
        ({"dtype": np.float64}, r"dtype was 'float32', is 'float64'"),
    ],
)
def test_the_state_of_another_training_is_refused_with_what_differs(state, changes, difference):
    with pytest.raises(
        ValueError, match=rf"does not fit. It is the state of another training: .*{difference}"
    ):
        run(state.parent, **changes)


def test_all_differences_are_named_at_once(state):
    with pytest.raises(ValueError, match=r"batch_size was 5, is 6; clip_norm was None, is 1.0. Delete"):
        run(state.parent, batch_size=6, clip_norm=1.0)


def test_another_patience_is_another_training(tmp_path):
    run(tmp_path, validation=(X, Y), early_stopping=EarlyStopping(patience=3))
    with pytest.raises(
        ValueError, match=r"early_stopping was EarlyStopping\(patience=3, min_delta=0.0\), is E"
    ):
        run(tmp_path, validation=(X, Y), early_stopping=EarlyStopping(patience=4))


def test_another_seed_is_refused(state):
    with pytest.raises(
        ValueError, match=r"rng, or a generator of the model, does not stand where .* Is the seed"
    ):
        run(state.parent, seed=1)


@pytest.mark.parametrize(
    "schedule",
    [lambda: WarmUp(lambda step: 0.1, n_steps=3), lambda: OnPlateau(0.1, patience=0), lambda: Rate(0.1)],
)
def test_a_schedule_is_known_again_wherever_it_lies_in_memory_and_however_far_it_is(tmp_path, schedule):
    run(tmp_path, schedule=schedule())
    _, history = run(tmp_path, schedule=schedule(), n_epochs=3)
    assert history.n_epochs == 3


class Rate:
    """A schedule of the caller's own."""

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, step):
        return self.rate


def test_the_settings_of_ones_own_schedule_are_looked_at(tmp_path):
    run(tmp_path, schedule=Rate(0.1))
    with pytest.raises(ValueError, match=r"schedule was Rate \{'rate': 0.1\}, is Rate \{'rate': 0.2\}"):
        run(tmp_path, schedule=Rate(0.2))


def test_an_epoch_has_as_many_steps_as_batches():
    for batch_size, n_steps in ((5, 5), (23, 1), (1, 23), (12, 2)):
        task = Task(X, Y, cross_entropy, 1, batch_size, None, {}, True, None)
        assert task.n_steps_an_epoch == n_steps
