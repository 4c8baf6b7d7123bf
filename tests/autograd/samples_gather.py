"""What the contract test feeds to the embedding."""

import numpy as np

from course_lib.autograd.ops.gather import embedding
from course_lib.autograd.tensor import Tensor
from tests.autograd.op_samples import Refused, Sample


def looking_up(W_shape, ids):
    ids = np.array(ids, dtype=np.int64)
    return Sample(
        [W_shape],
        lambda W: embedding(ids, W),
        lambda torch, W: torch.nn.functional.embedding(torch.tensor(ids), W),
    )


SAMPLES = {
    "embedding": [
        looking_up((5, 3), [4, 0, 2]),
        looking_up((5, 3), [[1, 1, 0], [0, 1, 4]]),  # a row that is used three times
        looking_up((5, 3), 2),
        looking_up((5, 3), []),
        looking_up((5, 0), [1, 2]),
        looking_up((1, 1), [0, 0]),
    ]
}


def refused(ids, says, W_shape=(5, 3)):
    return Refused(lambda: embedding(ids, Tensor(np.ones(W_shape))), says)


REFUSED = {
    "embedding": [
        refused(np.array([0, 7, 9]), r"ids must lie between 0 and 4: W has 5 rows\. They also hold 7"),
        refused(np.array([0, 5]), r"They also hold 5"),
        refused(np.array([0, -1]), r"They also hold -1"),
        refused(np.array([0.0, 1.0]), r"ids must be whole numbers.*float64"),
        refused(np.array([True]), r"ids must be whole numbers.*bool"),
        refused(np.array([0]), r"embedding: W must have shape \(V, C\)", W_shape=(5,)),
    ]
}
