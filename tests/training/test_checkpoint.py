import json
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from course_lib.losses import cross_entropy
from course_lib.optim import SGD, Adam, Cosine, OnPlateau
from course_lib.training import Checkpoint, EarlyStopping, fit
from course_lib.training.whole_files import read_folder, write_folder
from tests.training.small_models import Restless, same_state, table

X, Y = table()
HELD_OUT = X, np.random.default_rng(1).permutation(Y)


class Killed(BaseException):
    """The process ends here."""


def run(folder=None, *, n_epochs=4, dies_at=None, seed=0, n_hidden=5, kind=SGD, shared=False, **settings):
    """Train from the beginning or from what the folder holds; die when the loss is called that often."""
    rng = np.random.default_rng(seed)
    model, calls = Restless(rng, n_hidden=n_hidden), []
    if shared:
        model.hidden[1].rng = rng

    def loss(z, y):
        calls.append(1)
        if len(calls) == dies_at:
            raise Killed
        return cross_entropy(z, y)

    common = {
        "X": X,
        "y": Y,
        "optimiser": kind(model.parameters(), 0.1),
        "batch_size": 5,
        "clip_norm": 0.5,
        "validation": HELD_OUT,
        "checkpoint": folder,
        "shows_progress": False,
    }
    history = fit(**(common | settings), model=model, loss=loss, n_epochs=n_epochs, rng=rng)
    return model, history


def momentum(parameters, rate):
    return SGD(parameters, rate, momentum=0.9)


@pytest.fixture(autouse=True)
def _does_not_wait_for_the_disk(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda number: None)


SETTINGS = {
    "momentum": lambda: {"kind": momentum, "schedule": Cosine(0.3, n_steps=20)},
    "Adam": lambda: {"kind": Adam, "schedule": OnPlateau(0.05, patience=0, threshold=0.1)},
    "one generator for all": lambda: {"shared": True, "kind": momentum},
    "early stopping": lambda: {"early_stopping": EarlyStopping(patience=2), "kind": momentum, "n_epochs": 9},
    "metrics": lambda: {"metrics": {"mean": lambda z, y: z.mean()}},
    "learning rate by hand": dict,
}


@pytest.mark.parametrize("every_n_steps", [None, 1, 3])
@pytest.mark.parametrize("name", SETTINGS)
def test_a_training_that_died_again_and_again_ends_bit_equal_to_one_that_did_not(
    tmp_path, name, every_n_steps
):
    whole, whole_history = run(**SETTINGS[name]())
    for dies_at in (3, 9, 13, 14):  # every time after some steps more; far enough for a whole epoch
        with suppress(Killed):  # the last of them may get to its end
            run(Checkpoint(tmp_path, every_n_steps=every_n_steps), dies_at=dies_at, **SETTINGS[name]())
    model, history = run(Checkpoint(tmp_path, every_n_steps=every_n_steps), **SETTINGS[name]())
    assert same_state(model, whole)
    assert history == whole_history


@pytest.mark.parametrize("n_epochs", [4, 5])
def test_a_training_that_is_done_returns_its_result_or_goes_on_for_longer(tmp_path, n_epochs):
    run(tmp_path)
    model, history = run(tmp_path, n_epochs=n_epochs)
    whole, whole_history = run(n_epochs=n_epochs)
    assert same_state(model, whole)
    assert history == whole_history


def test_a_training_that_stopped_early_stays_stopped_and_has_its_best_weights(tmp_path):
    stopping = EarlyStopping(patience=2)
    model, history = run(tmp_path, n_epochs=40, early_stopping=stopping)
    again, same = run(tmp_path, n_epochs=40, dies_at=1, early_stopping=EarlyStopping(patience=2))
    assert history.n_epochs < 40
    assert same == history
    assert same_state(model, again)


def test_every_file_has_its_content(tmp_path):
    model, history = run(tmp_path, kind=momentum, n_epochs=3, early_stopping=EarlyStopping())
    (folder,) = tmp_path.iterdir()
    assert folder.name == "step-000015"
    assert sorted(path.name for path in folder.iterdir()) == [
        "best_weights.safetensors",
        "contents.json",
        "training.json",
        "training.safetensors",
        "weights.safetensors",
    ]
    from safetensors.numpy import load_file

    assert load_file(folder / "weights.safetensors").keys() == model.state().keys()
    arrays = load_file(folder / "training.safetensors")
    assert arrays["rows_left"].shape == (0,)
    assert any(name.startswith("SGD.") for name in arrays)
    numbers = json.loads((folder / "training.json").read_text())
    assert numbers["history"]["step_loss"] == history.step_loss
    assert numbers["optimiser"]["SGD.learning_rate"] == 0.1
    assert len(numbers["generators"]) == 2


def test_it_is_written_after_each_epoch_or_every_so_many_steps_and_at_the_end(tmp_path, monkeypatch):
    names = []

    def noted(folder, files):
        names.append(int(folder.name.removeprefix("step-")))
        return write_folder(folder, files)

    monkeypatch.setattr("course_lib.training.checkpoint.write_folder", noted)
    run(tmp_path / "epochs", n_epochs=3)
    assert names == [5, 10, 15]
    names.clear()
    run(Checkpoint(tmp_path / "steps", every_n_steps=4), n_epochs=3)
    assert names == [4, 8, 12, 15]
    names.clear()
    run(Checkpoint(tmp_path / "fives", every_n_steps=5), n_epochs=2)
    assert names == [5, 10]


def test_the_last_state_alone_is_kept(tmp_path):
    run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["step-000020"]


def test_steps_are_compared_as_numbers(tmp_path):
    for name in ("step-9", "step-10", "step-x", "writing", "deleting"):
        (tmp_path / name).mkdir()
    assert Checkpoint(tmp_path).newest() == tmp_path / "step-10"
    assert Checkpoint(tmp_path / "gone").newest() is None


@pytest.mark.parametrize("call", range(1, 60, 2))
def test_a_kill_at_any_moment_of_writing_leaves_a_good_state(tmp_path, monkeypatch, call):
    calls = []

    def counted(real):
        def count(*args, **kwargs):
            calls.append(1)
            if len(calls) == call:
                raise Killed
            return real(*args, **kwargs)

        return count

    with monkeypatch.context() as patch:
        for holder, name in ((os, "fsync"), (Path, "rename"), (Path, "open"), (os, "unlink"), (os, "rmdir")):
            patch.setattr(holder, name, counted(getattr(holder, name)))
        with suppress(Killed):
            run(Checkpoint(tmp_path, every_n_steps=2), n_epochs=2)
    assert len(calls) >= call
    newest = Checkpoint(tmp_path).newest()
    assert newest is None or read_folder(newest, where="f", advice="")
    model, history = run(Checkpoint(tmp_path, every_n_steps=2), n_epochs=2)
    whole, whole_history = run(n_epochs=2)
    assert same_state(model, whole)
    assert history == whole_history


def test_a_full_disk_leaves_the_state_before(tmp_path, monkeypatch):
    run(tmp_path, n_epochs=1)

    def full_disk(number):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        run(tmp_path, n_epochs=2)
    assert Checkpoint(tmp_path).newest().name == "step-000005"


@pytest.mark.parametrize("every_n_steps", [0, -1, 1.5, True, "5"])
def test_an_impossible_distance_is_refused(every_n_steps):
    with pytest.raises(
        ValueError, match=r"Checkpoint: every_n_steps must be a whole number of at least 1, or N"
    ):
        Checkpoint("runs", every_n_steps=every_n_steps)


def test_a_file_where_the_folder_should_be_is_told_before_the_training(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(ValueError, match=r"Checkpoint: .*run must be a folder\. It is a file"):
        Checkpoint(tmp_path / "run")
