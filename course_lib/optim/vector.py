"""Parameters side by side in one long vector, so that a step is a few operations however many there are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.tensor import Tensor

__all__ = ["Vector", "vectors_of"]

# A step makes some ten passes over the numbers. Taken in pieces of this length, they stay in the cache from
# one pass to the next: with 235,000 parameters, Adam's step took 0.9 ms instead of 1.1.
PIECE = 65_536


class Vector:
    """Some parameters of one dtype, end to end, and what an optimiser remembers of them.

    Args:
        parameters: the leaves, by their position in the optimiser's list
        first_memory: numbers of the parameters -> arrays of the same length by name
        n_steps: how many steps they took
    Attributes:
        memory: the arrays, each as long as the vector
        n_steps: t, how many steps these parameters took
    """

    def __init__(self, parameters: dict[int, Tensor], first_memory: Callable, n_steps: int = 0):
        self.parameters = parameters
        self.n_steps = n_steps
        self.slices = {}
        end = 0
        for place, parameter in parameters.items():
            self.slices[place] = slice(end, end + parameter.size)
            end += parameter.size
        self._shapes = {place: parameter.shape for place, parameter in parameters.items()}
        self._collect()
        self.memory = first_memory(self._w)

    def with_gradient(self) -> list[int]:
        """Find the parameters that have a gradient.

        Returns:
            their positions
        """
        return [place for place, parameter in self.parameters.items() if parameter.grad is not None]

    def gradient(self) -> np.ndarray:
        """Put the gradients end to end.

        Returns:
            g: as long as the vector
        """
        return _end_to_end([parameter.grad for parameter in self.parameters.values()])

    def step(self, g: np.ndarray, moved: Callable) -> None:
        """Move all parameters of the vector.

        Args:
            g: what ``gradient`` returned
            moved: is given numbers, gradients and memory of a piece, t, and where the new numbers go
        """
        if self._n_changes != sum([parameter.version for parameter in self.parameters.values()]):
            self._collect()  # somebody else gave a parameter new data
        self.n_steps += 1
        w = np.empty_like(self._w)
        for start in range(0, len(w), PIECE):
            piece = slice(start, start + PIECE)
            memory = {name: array[piece] for name, array in self.memory.items()}
            moved(self._w[piece], g[piece], memory, self.n_steps, w[piece])
        self._hand_out(w)

    def part(self, places: list[int]) -> Vector:
        """Make a vector of some of the parameters, which remember what they did.

        Args:
            places: their positions
        Returns:
            a shorter vector
        """
        part = Vector({place: self.parameters[place] for place in places}, lambda w: {}, self.n_steps)
        for name, array in self.memory.items():
            part.memory[name] = np.concatenate([array[self.slices[place]] for place in places])
        return part

    def _collect(self) -> None:
        """Put the parameters' numbers end to end, and let each parameter be a view of the whole."""
        self._hand_out(_end_to_end([parameter.data for parameter in self.parameters.values()]))

    def _hand_out(self, w: np.ndarray) -> None:
        w.flags.writeable = False  # a view of it then cannot be written to either
        for place, parameter in self.parameters.items():
            parameter._adopt(w[self.slices[place]].reshape(self._shapes[place]))
        self._w = w
        self._n_changes = sum([parameter.version for parameter in self.parameters.values()])


def vectors_of(parameters: list[Tensor], first_memory: Callable, n_steps: list[int]) -> list[Vector]:
    """Lay parameters out: the small ones of a dtype together, each large one by itself, which saves a copy.

    Args:
        parameters: the leaves
        first_memory: numbers of some parameters -> arrays of the same length by name
        n_steps: for each parameter how many steps it took; only equals share a vector
    Returns:
        vectors that hold every parameter once
    """
    groups: dict[tuple, dict[int, Tensor]] = {}
    for place, parameter in enumerate(parameters):
        kind = place if parameter.size >= PIECE else parameter.dtype
        groups.setdefault((kind, n_steps[place]), {})[place] = parameter
    return [Vector(group, first_memory, t) for (_, t), group in groups.items()]


def _end_to_end(arrays: list[np.ndarray]) -> np.ndarray:
    if len(arrays) == 1:
        return arrays[0].reshape(-1)  # a view where the numbers lie side by side already
    return np.concatenate([array.reshape(-1) for array in arrays])
