"""Random problems on which an optimiser of the course and one of PyTorch walk side by side."""

import numpy as np

from course_lib.autograd.tensor import Tensor

SHAPES = [(3, 4), (5,), (), (2, 3, 2)]
N_STEPS = 50


def leaves(rng: np.random.Generator, dtype=np.float64) -> list[Tensor]:
    """Return one parameter of each shape."""
    return [Tensor(rng.normal(size=shape).astype(dtype)) for shape in SHAPES]


def gradients(rng: np.random.Generator, dtype=np.float64) -> list[np.ndarray]:
    """Return one gradient of each shape; their sizes differ by a factor of a million, and some are 0."""
    sizes = 10.0 ** rng.uniform(-3, 3, len(SHAPES))
    parts = [size * rng.normal(size=shape) for size, shape in zip(sizes, SHAPES, strict=True)]
    parts[1][0] = 0.0
    return [np.asarray(part, dtype=dtype) for part in parts]


def walk(optimiser, parameters: list[Tensor], seed: int, n_steps: int = N_STEPS) -> list[np.ndarray]:
    """Take steps along random gradients, and return where the parameters end."""
    rng = np.random.default_rng(seed)
    for _ in range(n_steps):
        for parameter, g in zip(parameters, gradients(rng, parameters[0].dtype), strict=True):
            parameter.grad = g
        optimiser.step()
    return [parameter.data for parameter in parameters]
