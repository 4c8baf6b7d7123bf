"""A training that another process kills: `python -m tests.training.killed_run FOLDER RESULT EVERY_N_STEPS`.

It writes its weights and its history to RESULT when it gets to its end.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from course_lib.losses import cross_entropy
from course_lib.optim import SGD, Cosine
from course_lib.training import Checkpoint, EarlyStopping, fit
from course_lib.training.weights import to_safetensors
from tests.training.small_models import Restless, table


def slow_loss(z, y):
    """Leave the other process time to kill."""
    time.sleep(0.002)
    return cross_entropy(z, y)


def train(folder: str | None, every_n_steps: int | None) -> tuple[bytes, dict]:
    """Train, or go on training, and return the weights and the history without its seconds."""
    rng = np.random.default_rng(0)
    model = Restless(rng)
    X, y = table(61)
    history = fit(
        model,
        X,
        y,
        loss=slow_loss,
        optimiser=SGD(model.parameters(), 0.1, momentum=0.9),
        n_epochs=20,
        batch_size=8,
        rng=rng,
        validation=(X, rng.permutation(y)),
        schedule=Cosine(0.2, n_steps=160),
        clip_norm=1.0,
        early_stopping=EarlyStopping(patience=18),
        checkpoint=None if folder is None else Checkpoint(folder, every_n_steps=every_n_steps),
        shows_progress=False,
    )
    return to_safetensors(model.state()), history.to_dict() | {"seconds": None}


if __name__ == "__main__":
    folder, result, every_n_steps = sys.argv[1:]
    weights, history = train(folder, int(every_n_steps) or None)
    Path(result).write_bytes(weights)
    Path(result).with_suffix(".json").write_text(json.dumps(history))
