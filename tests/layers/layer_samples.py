"""What the contract test feeds to each layer.

Each file of course_lib/layers that holds layers has a file samples_<family>.py beside this one, with two
tables:

- SAMPLES: the name of each layer -> its samples. Among them must be one with an empty axis and one with an
  axis of size 1, and, where the layer has parameters, one that states their names and shapes.
- REFUSED: the name of each layer -> calls that must be refused, each with words of the message.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.autograd.op_samples import Refused, away_from_zero, far_apart, normal, positive

__all__ = ["LayerSample", "Refused", "away_from_zero", "far_apart", "normal", "positive"]


def called(layer, *xs):
    """Call a layer with its inputs alone; where it also takes a mask, a sample brings its own function."""
    return layer(*xs)


def called_theirs(torch, module, *xs):
    """Call PyTorch's module with the inputs alone."""
    return module(*xs)


@dataclass(frozen=True)
class LayerSample:
    """One way to build and call a layer, and its twin in PyTorch.

    Attributes:
        build: a generator -> the layer
        shapes: of each input that gets a gradient
        theirs: the module torch -> PyTorch's module of the same build; None where there is none
        call: the layer and its inputs -> one Tensor; masks, lengths and whole numbers are closed over
        call_theirs: the module torch, PyTorch's module and the inputs -> one torch tensor
        draw: how the inputs are drawn; one function for all, or one for each
        parameters: names and shapes of all parameters of this build
        modes: in which modes the sample can be called; a batch norm refuses to train on one example
    """

    build: Callable
    shapes: list[tuple[int, ...]]
    theirs: Callable | None
    call: Callable = called
    call_theirs: Callable = called_theirs
    draw: Callable | tuple[Callable, ...] = normal
    parameters: dict[str, tuple[int, ...]] | None = None
    modes: tuple[str, ...] = ("train", "evaluate")

    def inputs(self, seed: int = 0) -> list[np.ndarray]:
        """Draw the inputs, in float64."""
        rng = np.random.default_rng(seed)
        draws = self.draw if isinstance(self.draw, tuple) else (self.draw,) * len(self.shapes)
        return [np.asarray(draw(rng, shape)) for draw, shape in zip(draws, self.shapes, strict=True)]


# A family's file looks like this:
#
#     SAMPLES = {
#         "Linear": [
#             LayerSample(
#                 build=lambda rng: Linear(3, 4, rng=rng),
#                 shapes=[(5, 3)],
#                 theirs=lambda torch: torch.nn.Linear(3, 4),
#                 parameters={"W": (3, 4), "b": (4,)},
#             ),
#             LayerSample(lambda rng: Linear(3, 4, rng=rng), [(0, 3)], lambda torch: torch.nn.Linear(3, 4)),
#             LayerSample(lambda rng: Linear(1, 1, rng=rng), [(1, 1)], lambda torch: torch.nn.Linear(1, 1)),
#         ],
#     }
#     REFUSED = {
#         "Linear": [Refused(lambda: Linear(3, 4, rng=RNG)(Tensor(np.ones((5, 4)))), r"n_in=3")],
#     }
