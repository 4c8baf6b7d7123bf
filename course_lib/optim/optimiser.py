"""What all optimisers share: whom they move, when they move it, and how their memory is kept."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.optim.parameters import expect_finite_gradients, expect_parameters
from course_lib.optim.vector import Vector, vectors_of

__all__ = ["Optimiser", "expect_fraction", "expect_not_negative"]


class Optimiser:
    """Parameters, a learning rate, and a memory for each parameter.

    A kind of optimiser says two things: what it remembers of parameters at the start (``_first_memory``),
    and where they go, given their gradients, that memory and the number t of the step (``_moved``, which
    writes the new numbers into ``out``: returned, they would have to be copied there). Both are given many
    parameters at once, as one vector: each number moves by itself, so it does not matter whose it is.

    Args:
        parameters: the leaves to learn; each has ``data``, ``grad`` and ``assign``
        learning_rate: η, how far to step
    Attributes:
        learning_rate: may be set between steps, as a schedule does; 0 stands still
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is none, one occurs twice or is no leaf, or the learning rate is not positive
    """

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float):
        self.name = type(self).__name__
        self.parameters = expect_parameters(parameters, where=self.name)
        expect_positive(learning_rate, where=f"{self.name}: learning_rate")
        self.learning_rate = learning_rate
        self._vectors = vectors_of(self.parameters, self._first_memory, [0] * len(self.parameters))

    @property
    def learning_rate(self) -> float:
        """How far to step, η."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: float) -> None:
        """Set how far the next steps go.

        Args:
            learning_rate: η; 0 stands still
        Raises:
            ValueError: it is negative, NaN or infinite
        """
        expect_not_negative(learning_rate, where=f"{self.name}: learning_rate")
        self._learning_rate = float(learning_rate)  # a float64 of NumPy would turn float32 into float64

    def step(self) -> None:
        """Move every parameter that has a gradient; one without (``grad`` is None) is left alone.

        Raises:
            ValueError: a gradient holds NaN or an infinity; then no parameter has been moved
        """
        moving = self._vectors_to_move()
        gradients = [vector.gradient() for vector in moving]
        if not all(np.isfinite(np.vdot(g, g)) for g in gradients):  # also where a sum of squares overflows
            expect_finite_gradients(self.parameters, where=f"{self.name}.step")
        for vector, g in zip(moving, gradients, strict=True):
            vector.step(g, self._moved)

    def zero_grad(self) -> None:
        """Forget all gradients, so that the next ``backward`` does not add to them."""
        for parameter in self.parameters:
            parameter.grad = None

    def state(self) -> dict[str, np.ndarray | float | int]:
        """Copy what the next steps depend on: the learning rate, and the memory of every parameter.

        The other settings are not part of it: the constructor is given them.

        Returns:
            numbers and arrays by name: ``"Adam.learning_rate"``, and for the parameter at position 0
            ``"Adam.0.t"``, how many steps it took, and ``"Adam.0.m"``
        """
        state = {f"{self.name}.learning_rate": self.learning_rate}
        for vector in self._vectors:
            for place, parameter in vector.parameters.items():
                state[f"{self.name}.{place}.t"] = vector.n_steps
                for key, array in vector.memory.items():
                    piece = array[vector.slices[place]]
                    state[f"{self.name}.{place}.{key}"] = piece.reshape(parameter.shape).copy()
        return state

    def load_state(self, state: dict[str, np.ndarray | float | int]) -> None:
        """Continue from a state, bit for bit.

        Args:
            state: what ``state`` returned, of an optimiser of the same kind for parameters of the same shapes
        Raises:
            ValueError: a name is missing or unknown, or an array has another shape or dtype; then nothing has
                been changed
        """
        own = self.state()
        if state.keys() != own.keys():
            missing, unknown = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
            raise ValueError(
                f"{self.name}.load_state: this is the state of another optimiser or of other parameters. "
                f"Missing: {missing[:3]}. Unknown: {unknown[:3]}."
            )
        for name, value in own.items():
            if _form(state[name]) != _form(value):
                raise ValueError(
                    f"{self.name}.load_state: {name} must be {_form(value)}. It is {_form(state[name])}."
                )
        self.learning_rate = state[f"{self.name}.learning_rate"]
        n_steps = [int(state[f"{self.name}.{place}.t"]) for place in range(len(self.parameters))]
        self._vectors = vectors_of(self.parameters, self._first_memory, n_steps)
        for vector in self._vectors:
            for place, piece in vector.slices.items():
                for key, array in vector.memory.items():
                    array[piece] = state[f"{self.name}.{place}.{key}"].reshape(-1)

    def _vectors_to_move(self) -> list[Vector]:
        """Find the vectors with gradients; parameters that lack one get a vector of their own, and rest."""
        moving, resting = [], []
        for vector in self._vectors:
            places = vector.with_gradient()
            if len(places) == len(vector.parameters):
                moving.append(vector)
            elif not places:
                resting.append(vector)
            else:
                moving.append(vector.part(places))
                resting.append(vector.part([place for place in vector.parameters if place not in places]))
        self._vectors = moving + resting
        return moving

    def _first_memory(self, w: np.ndarray) -> dict[str, np.ndarray]:
        raise NotImplementedError

    def _moved(self, w: np.ndarray, g: np.ndarray, memory: dict, t: int, out: np.ndarray) -> None:
        raise NotImplementedError


def expect_fraction(number: float, *, where: str) -> None:
    """Raise a ValueError unless ``0 <= number < 1``.

    Args:
        number: how much of the past is kept at each step
        where: the class and setting to name in the error
    Raises:
        ValueError: the number lies outside
    """
    if not 0 <= number < 1:
        raise ValueError(f"{where} must be at least 0 and less than 1. It is {number!r}.")


def expect_not_negative(number: float, *, where: str) -> None:
    """Raise a ValueError unless ``number`` is finite and at least 0.

    Args:
        number: a single number
        where: the class and setting to name in the error
    Raises:
        ValueError: the number is negative, NaN or infinite
    """
    if not 0 <= number < np.inf:
        raise ValueError(f"{where} must be a finite number of at least 0. It is {number!r}.")


def _form(value: np.ndarray | float | int) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    return "a number"
