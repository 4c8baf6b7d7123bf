"""Is a gradient right? Measure the slope by moving the inputs a little, and compare."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Callable

import numpy as np

from course_lib.autograd.tensor import Tensor

__all__ = ["gradcheck"]

# Central differences err by the order of h² in the formula and of 1e-16 / h in the rounding: the sum is
# smallest near the cube root of 1e-16.
STEP = 6e-6


def gradcheck(
    function: Callable[..., Tensor],
    *inputs: np.ndarray,
    rng: np.random.Generator,
    tolerance: float = 1e-6,
    n_places: int = 100,
) -> float:
    r"""Compare the gradients of a function with measured slopes.

    The result is made one number by random weights g, $L = \sum_i g_i \, y_i$: a constant g would let many a
    wrong gradient pass. Each entry of each input is moved by h both ways, and then all at once, at random:

    $$\frac{dL}{dx_i} \approx \frac{L(x + h e_i) - L(x - h e_i)}{2h}$$

    Args:
        function: Tensors -> Tensor; the same for the same inputs, so no new dropout mask at each call
        inputs: float64 arrays, away from kinks such as the 0 of a ReLU
        rng: draws g, the directions and the places
        tolerance: the largest error allowed, relative to the largest slope
        n_places: in a larger input only so many entries, drawn at random, are moved one by one
    Returns:
        the largest error found, relative to the largest slope
    Raises:
        AssertionError: a gradient is wrong; the message names the worst place, the measured slope and it
        TypeError: an input is not a float64 array
    Source: Griewank & Walther 2008, *Evaluating Derivatives*, SIAM.
    """
    for x in inputs:
        if not isinstance(x, np.ndarray) or x.dtype != np.float64:
            raise TypeError(
                "gradcheck: inputs must be float64 arrays. The steps drown in the rounding of others."
            )
    leaves = [Tensor(x) for x in inputs]
    y = function(*leaves)
    g = rng.normal(size=y.shape)
    y.backward(g)
    others = [leaf.detach() for leaf in leaves]
    found = []
    largest = 1e-3 * np.abs(y.data).max(initial=0)  # where all slopes are 0, rounding is measured
    for number, (x, leaf) in enumerate(zip(inputs, leaves, strict=True)):
        gradient = np.zeros_like(x) if leaf.grad is None else leaf.grad
        for name, direction in _directions(x, rng, n_places):
            plus, minus = (
                function(*others[:number], Tensor(x + step), *others[number + 1 :]).data
                for step in (STEP * direction, -STEP * direction)
            )
            measured = (g * (plus - minus)).sum() / (2 * STEP)
            got = (gradient * direction).sum()
            error = np.nan_to_num(abs(measured - got), nan=np.inf)
            found.append((error, f"{name} of input {number}", measured, got))
            largest = max(largest, abs(measured))
    error, place, measured, got = max(found, default=(0.0, "", 0.0, 0.0))
    if not error <= tolerance * largest:
        raise AssertionError(f"gradcheck: the gradient at {place} should be {measured:.8g}. It is {got:.8g}.")
    return float(error / largest) if largest else 0.0


def _directions(x: np.ndarray, rng: np.random.Generator, n_places: int):
    """Yield names and directions of length 1: single entries, and all of them at once, at random."""
    if not x.size:
        return
    for flat in rng.permutation(x.size)[:n_places]:
        index = np.unravel_index(flat, x.shape)
        direction = np.zeros_like(x)
        direction[index] = 1.0
        yield tuple(int(i) for i in index), direction
    direction = rng.normal(size=x.shape)
    yield "a random direction", direction / np.linalg.norm(direction)
