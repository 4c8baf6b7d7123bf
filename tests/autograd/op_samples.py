"""What the contract test feeds to each operation.

Each family of course_lib/autograd/ops has a file samples_<family>.py beside this one, with two tables:

- SAMPLES: the name of each operation -> its samples. Among them must be one with an empty axis and one
  with an axis of size 1.
- REFUSED: the name of each operation -> calls that must be refused, each with words of the message.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Refused", "Sample", "away_from_zero", "far_apart", "normal", "positive"]


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw numbers of both signs."""
    return rng.normal(size=shape)


def positive(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw numbers between 0.5 and 2, for a logarithm or a divisor."""
    return rng.uniform(0.5, 2.0, shape)


def away_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw numbers of both signs, none nearer to zero than 0.1: no kink there spoils a measured slope."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.1, 2.0, shape)


def far_apart(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw numbers no two of which are nearer than 0.1: the largest stays the largest when one is moved."""
    return 0.1 * (rng.permutation(int(np.prod(shape))) + 0.5).reshape(shape) - 1.0


@dataclass(frozen=True)
class Sample:
    """One way to call an operation, and how PyTorch is told the same.

    Attributes:
        shapes: of each input that gets a gradient
        ours: these inputs as Tensors -> Tensor; what is no input (an axis, indices) is closed over
        theirs: the module torch and these inputs as torch tensors -> torch tensor
        draw: how the inputs are drawn; one function for all, or one for each
    """

    shapes: list[tuple[int, ...]]
    ours: Callable
    theirs: Callable
    draw: Callable | tuple[Callable, ...] = normal

    def inputs(self, seed: int = 0) -> list[np.ndarray]:
        """Draw the inputs, in float64."""
        rng = np.random.default_rng(seed)
        draws = self.draw if isinstance(self.draw, tuple) else (self.draw,) * len(self.shapes)
        return [np.asarray(draw(rng, shape)) for draw, shape in zip(draws, self.shapes, strict=True)]


@dataclass(frozen=True)
class Refused:
    """A call that must be refused.

    Attributes:
        call: takes nothing, must raise ValueError or TypeError
        says: a regular expression found in the message
    """

    call: Callable
    says: str


# A family's file looks like this:
#
#     SAMPLES = {
#         "matmul": [
#             Sample([(3, 4), (4, 2)], matmul, lambda torch, x, W: x @ W),
#             Sample([(0, 4), (4, 2)], matmul, lambda torch, x, W: x @ W),
#             Sample([(1, 1), (1, 2)], matmul, lambda torch, x, W: x @ W),
#         ],
#     }
#     REFUSED = {
#         "matmul": [Refused(lambda: matmul(Tensor(np.ones((3, 4))), Tensor(np.ones((3, 4)))), r"n_in=3")],
#     }
