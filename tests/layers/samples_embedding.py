"""Samples of the embedding layer: its ids get no gradient, so no input is listed."""

import numpy as np

from course_lib.layers.embedding import Embedding
from tests.layers.layer_samples import LayerSample, Refused


def looking_up(V, C, ids):
    ids = np.array(ids, dtype=np.int64)
    return LayerSample(
        lambda rng: Embedding(V, C, rng=rng),
        [],
        lambda torch: torch.nn.Embedding(V, C),
        call=lambda layer: layer(ids),
        call_theirs=lambda torch, module: module(torch.tensor(ids)),
        parameters={"W": (V, C)},
    )


SAMPLES = {
    "Embedding": [
        looking_up(5, 3, [4, 0, 2]),
        looking_up(5, 3, [[1, 1, 0], [0, 1, 4]]),
        looking_up(5, 3, np.zeros((0, 4))),
        looking_up(1, 1, [0, 0]),
    ]
}

RNG = np.random.default_rng(0)


REFUSED = {
    "Embedding": [
        Refused(lambda: Embedding(0, 3, rng=RNG), r"Embedding: V must be a positive number"),
        Refused(lambda: Embedding(5, 0, rng=RNG), r"Embedding: C must be a positive number"),
        Refused(lambda: Embedding(5, 3, rng=RNG, deviation=0.0), r"Embedding: deviation must be a positive"),
        Refused(lambda: Embedding(5, 3, rng=7), r"Embedding: rng must be a NumPy Generator"),
        Refused(lambda: Embedding(5, 3, rng=RNG)(np.array([5])), r"ids must lie between 0 and 4"),
        Refused(lambda: Embedding(5, 3, rng=RNG)(np.array([0.5])), r"ids must be whole numbers"),
    ]
}
