"""Samples of dropout. What it drops cannot be compared with PyTorch: see test_dropout.py."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.dropout import Dropout
from tests.layers.layer_samples import LayerSample, Refused


def dropout(p, shape, modes=("train", "evaluate"), theirs=True):
    return LayerSample(
        lambda rng: Dropout(p, rng=rng),
        [shape],
        (lambda torch: torch.nn.Dropout(p)) if theirs else None,
        parameters={},
        modes=modes,
    )


SAMPLES = {
    "Dropout": [
        dropout(0.0, (5, 3)),
        dropout(0.5, (5, 3), modes=("evaluate",)),
        dropout(0.5, (5, 3), theirs=False),
        dropout(0.25, (4, 3, 2), theirs=False),
        dropout(0.5, (0, 3)),
        dropout(0.5, (1, 1), modes=("evaluate",)),
    ]
}


def refused(p, says, rng=None):
    rng = np.random.default_rng(0) if rng is None else rng
    return Refused(lambda: Dropout(p, rng=rng)(Tensor(np.ones(3))), says)


REFUSED = {
    "Dropout": [
        refused(-0.1, r"Dropout: p must be at least 0 and less than 1\. It is -0\.1"),
        refused(1.0, r"It is 1\.0"),
        refused(float("nan"), r"It is nan"),
        refused(0.5, r"Dropout: rng must be a NumPy Generator", rng=7),
    ]
}
