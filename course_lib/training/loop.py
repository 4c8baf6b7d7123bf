"""The training loop: for each epoch, for each batch: compute, differentiate, step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.data.batches import cut
from course_lib.layers.module import Module
from course_lib.optim import Optimiser, clip_by_norm
from course_lib.training.checkpoint import Checkpoint
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.history import History
from course_lib.training.interrupt import patient_ctrl_c
from course_lib.training.measure import Inputs, inputs_of, measure
from course_lib.training.memory import keep_freed_memory
from course_lib.training.not_finite import source_of_not_finite
from course_lib.training.progress import progress_bar
from course_lib.training.run import Run, Schedule
from course_lib.training.task import Task

__all__ = ["fit"]


def fit(
    model: Module,
    X: Inputs,
    y: np.ndarray,
    *,
    loss: Callable,
    optimiser: Optimiser,
    n_epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: tuple[Inputs, np.ndarray] | None = None,
    metrics: dict[str, Callable] | None = None,
    measures_train: bool = True,
    schedule: Schedule | None = None,
    clip_norm: float | None = None,
    early_stopping: EarlyStopping | None = None,
    checkpoint: Checkpoint | str | Path | None = None,
    shows_progress: bool = True,
    keeps_memory: bool = True,
) -> History:
    r"""Train a model by mini-batch gradient descent, and return how it went.

    For each batch, with the optimiser's rule in place of plain descent where it has another:

    $$L = \mathrm{loss}(\mathrm{model}(X_{batch}), y_{batch}) \qquad w \leftarrow w - \eta \frac{dL}{dw}$$

    The loop itself is ``_learn`` below. Afterwards the model is in evaluation mode. Ctrl-C ends the training
    after the step that it is at, and the weights are those of that moment; a second Ctrl-C ends it at once.

    With a checkpoint a training that was stopped, by whatever, is continued by the same call, and ends with
    the same weights, bit for bit, as if it had not been stopped.

    Args:
        model: what learns; called with a batch of X, and where X is a tuple, with a batch of each
        X: (n, ...)  one row an example: numbers, or token ids; or a tuple of such arrays
        y: (n, ...)  what is true, as the loss takes it
        loss: (output of the model, y) -> Tensor of one number, the mean over the batch
        optimiser: moves the model's parameters
        n_epochs: how often each example is seen
        batch_size: B, how many examples a step looks at, from 1 to n
        rng: shuffles the examples anew for each epoch
        validation: X and y of the same form, measured after each epoch and never learned from
        metrics: by name: (output of the model as an array, y) -> number, such as ``of_labels(accuracy)``
        measures_train: measure the metrics on X and y too, after each epoch; takes a third longer
        schedule: step -> learning rate; or an ``OnPlateau``, which looks at the validation loss after each
            epoch, or at the training loss if there are no validation data
        clip_norm: shorten the gradient where it is longer than this
        early_stopping: stops when the validation loss no longer falls, and restores the best weights at the
            end, unless Ctrl-C ended it
        checkpoint: the folder to keep the latest state in, written after each epoch; a ``Checkpoint`` says
            how often
        shows_progress: draw a bar on the error stream
        keeps_memory: call ``keep_freed_memory`` first: quicker on Linux
    Returns:
        the losses, learning rates and measurements
    Raises:
        TypeError: an argument is of another kind
        ValueError: the data do not belong together, a setting cannot be right, a loss or gradient is not
            finite, or the checkpoint is broken or belongs to another training
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, algorithm 8.1.
    """
    task = Task(X, y, loss, n_epochs, batch_size, validation, metrics or {}, measures_train, clip_norm)
    run = Run(model, optimiser, rng, schedule, early_stopping)
    if early_stopping is not None and validation is None:
        raise ValueError("fit: early stopping watches the validation loss. Pass validation=(X, y) too.")
    if isinstance(checkpoint, str | Path):
        checkpoint = Checkpoint(checkpoint)
    elif not isinstance(checkpoint, Checkpoint | None):
        kind = type(checkpoint).__name__
        raise TypeError(f"fit: checkpoint must be a folder or a Checkpoint. It is of type {kind}.")
    if keeps_memory:
        keep_freed_memory()
    run.start()
    if checkpoint is not None:
        checkpoint.begin(run, task)
    _learn_in_peace(run, task, checkpoint, shows_progress)
    if early_stopping is not None and not run.history.was_interrupted:
        early_stopping.restore(model)
    model.evaluate()
    return run.history


def _learn(run: Run, task: Task, advance: Callable[[str], None], is_to_pause: Callable[[], bool]) -> None:
    """Run the loop to its end, or until it is to pause; all else in this file serves these lines."""
    model, optimiser, history = run.model, run.optimiser, run.history
    while history.n_epochs < task.n_epochs and not run.is_time_to_stop:
        start = time.perf_counter()
        run.begin_epoch(len(task.y))
        for rows in cut(run.rows_left, task.batch_size):
            run.follow_schedule()
            optimiser.zero_grad()
            L = task.loss(model(*inputs_of(task.X, rows)), task.y[rows])
            _expect_finite_loss(L, run, task, rows)
            L.backward()
            if task.clip_norm is not None:
                clip_by_norm(optimiser.parameters, task.clip_norm)
            optimiser.step()
            run.note_step(L.item(), len(rows))
            advance(_words(run, task))
            if len(run.rows_left) and is_to_pause():  # a whole epoch is measured before a pause
                return
        train, validation = _measured(run, task)
        run.note_epoch(train, validation, time.perf_counter() - start)
        if is_to_pause():
            return


def _learn_in_peace(run: Run, task: Task, checkpoint: Checkpoint | None, shows_progress: bool) -> None:
    """Run the loop with a bar, with checkpoints, and with an answer to Ctrl-C and to errors."""
    history = run.history
    n_steps = task.n_epochs * task.n_steps_an_epoch
    bar = progress_bar(n_steps, n_done=history.n_steps, is_shown=shows_progress)
    # What overflows is found in the loss or in a gradient, and gets a sentence there.
    quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")
    with patient_ctrl_c() as is_pressed, bar as advance, quiet:

        def is_to_pause() -> bool:
            if checkpoint is not None:
                checkpoint.save_if_due(run)
            return is_pressed()

        try:
            _learn(run, task, advance, is_to_pause)
            if checkpoint is not None:
                checkpoint.save(run)
        except KeyboardInterrupt:  # from the caller's own functions, or outside the main thread's reach
            if is_pressed():
                raise  # the second one
            history.was_interrupted = True
        except Exception as error:
            error.add_note(_place(run))
            raise
        history.was_interrupted |= is_pressed()


def _measured(run: Run, task: Task) -> tuple[dict[str, float], dict[str, float]]:
    """Measure the epoch that is done, on the training data and on the validation data."""
    sizes = [len(rows) for rows in cut(np.arange(len(task.y)), task.batch_size)]
    losses = run.history.step_loss[-len(sizes) :]
    train = {"loss": float(np.average(losses, weights=sizes))}  # each example counts the same
    validation = {}
    how = {"metrics": task.metrics, "batch_size": task.batch_size}
    if task.metrics and task.measures_train:
        train |= measure(run.model, task.X, task.y, **how)
    if task.validation is not None:
        validation = measure(run.model, *task.validation, loss=task.loss, **how)
        if not math.isfinite(validation["loss"]):
            X, y = task.validation
            run.model.evaluate()
            raise ValueError(
                f"fit: the validation loss after epoch {run.history.n_epochs + 1} is {validation['loss']}. "
                + source_of_not_finite(run.model, X, y, np.arange(len(y)), of="validation ")
            )
    return train, validation


def _expect_finite_loss(L: Tensor, run: Run, task: Task, rows: np.ndarray) -> None:
    if not (isinstance(L, Tensor) and L.size == 1):
        kind = f"a Tensor of shape {L.shape}" if isinstance(L, Tensor) else f"a {type(L).__name__}"
        raise TypeError(f"fit: loss must return a Tensor of one number. It returned {kind}.")
    if not math.isfinite(L.item()):
        history = run.history
        raise ValueError(
            f"fit: the loss is {L.item()} in epoch {history.n_epochs + 1}, step {history.n_steps + 1}. "
            "The step was not taken. " + source_of_not_finite(run.model, task.X, task.y, rows)
        )


def _place(run: Run) -> str:
    """Say where an error came up, and which gradient is to blame if one is."""
    history = run.history
    if len(run.rows_left) == 0:  # an epoch is being measured or written down
        return f"In fit: after step {history.n_steps}."
    place = f"In fit: epoch {history.n_epochs + 1}, step {history.n_steps + 1}."
    for name, parameter in run.model.named_parameters().items():
        if parameter.grad is not None and not np.isfinite(parameter.grad).all():
            return f"{place} The gradient of {name} is not finite."
    return place


def _words(run: Run, task: Task) -> str:
    history = run.history
    words = f"epoch {history.n_epochs + 1}/{task.n_epochs}, loss {history.step_loss[-1]:.4g}"
    return words + (f", validation {history.validation_loss[-1]:.4g}" if history.validation_loss else "")
