"""Checkpoints: a training that is stopped at any moment goes on as if it had not been."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np

from course_lib.training.history import History
from course_lib.training.run import Run
from course_lib.training.task import Task
from course_lib.training.weights import from_safetensors, to_safetensors
from course_lib.training.whole_files import read_folder, write_folder

__all__ = ["Checkpoint"]

WEIGHTS, BEST_WEIGHTS = "weights.safetensors", "best_weights.safetensors"
ARRAYS, NUMBERS = "training.safetensors", "training.json"
STEP = re.compile(r"step-(\d+)")


class Checkpoint:
    """Where the latest state of a training is kept, and how often.

    The folder holds one folder a state, ``step-000120``, in which are

    - ``weights.safetensors``: parameters and buffers of the model,
    - ``best_weights.safetensors``: those that early stopping would restore,
    - ``training.safetensors``: the arrays of the optimiser, and the rows that the epoch has left,
    - ``training.json``: numbers of the optimiser, the schedule and early stopping; generators; history;
      and the settings by which the training is known again,
    - ``contents.json``: the sizes and checksums of these.

    The folder of the state before is deleted when the new one is whole, so there is always a good one.

    Args:
        folder: may exist; made when the first state is written
        every_n_steps: how often to write; None for after each epoch. The end and Ctrl-C are always written
    Raises:
        ValueError: ``every_n_steps`` is not a whole number of at least 1, or there is a file of this name
    """

    def __init__(self, folder: str | Path, *, every_n_steps: int | None = None):
        is_whole = isinstance(every_n_steps, int) and not isinstance(every_n_steps, bool)
        if every_n_steps is not None and not (is_whole and every_n_steps >= 1):
            raise ValueError(
                "Checkpoint: every_n_steps must be a whole number of at least 1, or None. "
                f"It is {every_n_steps!r}."
            )
        self.folder, self.every_n_steps = Path(folder), every_n_steps
        if self.folder.is_file():
            raise ValueError(f"Checkpoint: {folder} must be a folder. It is a file. Choose another name.")
        self._training: dict = {}  # what stays the same in all states of one training

    def newest(self) -> Path | None:
        """Find the latest state.

        Returns:
            its folder, or None where there is none
        """
        steps = {}
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if found := STEP.fullmatch(path.name):
                steps[int(found[1])] = path
        return steps[max(steps)] if steps else None

    def begin(self, run: Run, task: Task) -> None:
        """Continue the training whose state is in the folder, if there is one.

        Args:
            run: takes over the state
            task: by which the training is known again
        Raises:
            ValueError: the state is broken, or of another training or build; then the model is as it was
        """
        self._training = {"settings": _settings(run, task), "generators_at_start": _places(run)}
        folder = self.newest()
        if folder is None:
            return
        advice = f"Delete {folder} to start this training anew, or give fit another folder."
        files = read_folder(folder, where="fit", advice=advice)
        try:
            self._load(run, files, folder)
        except ValueError as error:
            raise ValueError(f"fit: {folder} does not fit. {error} {advice}") from None

    def save_if_due(self, run: Run) -> None:
        """Write the state if it is time to.

        Args:
            run: the training, between two steps
        Raises:
            OSError: the disk is full or may not be written to; the state before is then still there
        """
        n = self.every_n_steps
        if len(run.rows_left) == 0 if n is None else run.history.n_steps % n == 0:
            self.save(run)

    def save(self, run: Run) -> None:
        """Write the state, unless that of this step is there already, and delete the one before.

        Args:
            run: the training, between two steps
        Raises:
            OSError: the disk is full or may not be written to; the state before is then still there
        """
        folder = self.folder / f"step-{run.history.n_steps:06d}"
        if folder != self.newest():
            write_folder(folder, self._files(run))
        waste = self.folder / "deleting"
        shutil.rmtree(waste, ignore_errors=True)  # of a run that was killed while it deleted
        for path in list(self.folder.iterdir()):
            if STEP.fullmatch(path.name) and path != folder:
                path.rename(waste)  # half deleted under its own name, it would look like a broken state
                shutil.rmtree(waste)

    def _load(self, run: Run, files: dict[str, bytes], folder: Path) -> None:
        if missing := {WEIGHTS, ARRAYS, NUMBERS} - files.keys():
            raise ValueError(f"It holds no {', '.join(sorted(missing))}.")
        numbers = json.loads(files[NUMBERS])
        arrays = {
            name: from_safetensors(content, folder / name, where="fit", advice="")
            for name, content in files.items()
            if name != NUMBERS
        }
        _expect_same_settings(numbers, self._training)
        weights = run.model.state()
        try:
            run.model.load_state(arrays[WEIGHTS])
            _expect_same_start(numbers, self._training)
            rows_left = arrays[ARRAYS].pop("rows_left")
            run.optimiser.load_state(numbers["optimiser"] | arrays[ARRAYS])
        except ValueError:
            run.model.load_state(weights)
            raise
        if run.early_stopping is not None:
            run.early_stopping.load_state(numbers["early_stopping"], arrays.get(BEST_WEIGHTS))
        if numbers["schedule"]:
            run.schedule.load_state(numbers["schedule"])
        for generator, place in zip(run.generators(), numbers["generators"], strict=True):
            generator.bit_generator.state = place
        run.history, run.rows_left = History.from_dict(numbers["history"]), rows_left
        self._training["generators_at_start"] = numbers["generators_at_start"]

    def _files(self, run: Run) -> dict[str, bytes]:
        optimiser = run.optimiser.state()
        arrays = {name: value for name, value in optimiser.items() if isinstance(value, np.ndarray)}
        stopping, plateau = run.early_stopping, hasattr(run.schedule, "load_state")
        numbers = {
            **self._training,
            "generators": _places(run),
            "optimiser": {name: value for name, value in optimiser.items() if name not in arrays},
            "schedule": run.schedule.state() if plateau else {},
            "early_stopping": stopping.state() if stopping is not None else {},
            "history": run.history.to_dict(),
        }
        files = {
            WEIGHTS: to_safetensors(run.model.state()),
            ARRAYS: to_safetensors(arrays | {"rows_left": run.rows_left}),
            NUMBERS: json.dumps(numbers).encode(),
        }
        if stopping is not None and stopping.best_weights is not None:
            files[BEST_WEIGHTS] = to_safetensors(stopping.best_weights)
        return files


def _settings(run: Run, task: Task) -> dict[str, str]:
    """Describe all that the result depends on besides weights and generators."""
    follows = run.schedule is not None  # then the learning rate moves, and is no setting
    return task.settings(
        optimiser=run.optimiser,
        schedule=run.schedule,
        early_stopping=run.early_stopping,
        learning_rate="set by the schedule" if follows else run.optimiser.learning_rate,
        dtype=str(run.model.parameters()[0].dtype),
    )


def _places(run: Run) -> list[dict]:
    """Note where every generator stands, in lists and numbers."""
    return [_in_lists(generator.bit_generator.state) for generator in run.generators()]


def _in_lists(state):
    if isinstance(state, dict):
        return {name: _in_lists(value) for name, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray | np.generic) else state


def _expect_same_settings(numbers: dict, training: dict) -> None:
    """Raise a ValueError if the state is that of another training: its result would pass for this one's."""
    if missing := {"settings", "generators", "optimiser", "schedule", "history"} - numbers.keys():
        raise ValueError(f"Its {NUMBERS} lacks {', '.join(sorted(missing))}.")
    was, now = numbers["settings"], training["settings"]
    differences = [
        f"{name} was {was.get(name)}, is {now[name]}" for name in now if was.get(name) != now[name]
    ]
    if differences:
        raise ValueError(f"It is the state of another training: {'; '.join(differences)}.")


def _expect_same_start(numbers: dict, training: dict) -> None:
    """Raise a ValueError if the generators of this training began elsewhere."""
    # A call that is repeated begins where the first one began, or where the interrupted one ended.
    if training["generators_at_start"] not in (numbers["generators_at_start"], numbers["generators"]):
        raise ValueError(
            "It is the state of another training: rng, or a generator of the model, does not stand where "
            "that one began. Is the seed another one? Else make model, optimiser and rng anew, as before."
        )
