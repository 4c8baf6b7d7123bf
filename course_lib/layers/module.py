"""What all layers and models have in common: parameters that can be found, counted, saved and loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from course_lib.autograd.tensor import Tensor

__all__ = ["Module", "evaluating", "watching"]


class Module:
    """A layer, or a model made of layers: an object that is called like a function and owns its parameters.

    What a kind of module keeps as attributes, or in lists and dictionaries there, is found by itself: a leaf
    that needs a gradient is a parameter, a Module is a part. A name joins the way there: ``blocks.0.W``.
    Arrays that are kept but not learned, such as a running mean, are named in ``buffers``.

    Attributes:
        is_training: what dropout and batch norm ask; ``train`` and ``evaluate`` set it
        buffers: names of the attributes that hold such arrays

    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.gamma = Tensor([2.0, 3.0])
    ...
    ...     def forward(self, x):
    ...         return x * self.gamma
    >>> scale = Scale()
    >>> scale(Tensor([1.0, 1.0])).data
    array([2., 3.])
    >>> list(scale.named_parameters())
    ['gamma']
    """

    is_training = True
    buffers: tuple[str, ...] = ()
    _watchers: tuple[Callable, ...] = ()

    def __call__(self, *inputs):
        """Compute the output: ``forward``, with whoever watches told of it.

        Args:
            inputs: what ``forward`` takes
        Returns:
            the output
        """
        y = self.forward(*inputs)
        for watcher in self._watchers:
            watcher(self, y)
        return y

    def forward(self, *inputs):
        """Compute the output; every kind of module says how.

        Args:
            inputs: what the module is called with
        Returns:
            the output
        Raises:
            NotImplementedError: this kind has no ``forward``
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, x).")

    def named_modules(self) -> dict[str, Module]:
        """Find this module and all its parts.

        Returns:
            modules by name, this one under ``""``, each once
        """
        found, seen, stack = {}, set(), [("", self)]
        while stack:
            name, module = stack.pop()
            if id(module) not in seen:
                seen.add(id(module))
                found[name] = module
                parts = [(key, value) for key, value in _kept_by(module) if isinstance(value, Module)]
                stack += [(_joined(name, key), part) for key, part in reversed(parts)]
        return found

    def named_parameters(self) -> dict[str, Tensor]:
        """Find the parameters of this module and all its parts.

        Returns:
            parameters by name; one that is shared by two parts comes once, under its first name
        """
        found, seen = {}, set()
        for name, module in self.named_modules().items():
            for key, value in _kept_by(module):
                is_parameter = isinstance(value, Tensor) and value.needs_grad and not value.op
                if is_parameter and id(value) not in seen:
                    seen.add(id(value))
                    found[_joined(name, key)] = value
        return found

    def parameters(self) -> list[Tensor]:
        """Return the parameters alone, as an optimiser takes them.

        Returns:
            the tensors, in a fixed order
        """
        return list(self.named_parameters().values())

    def n_parameters(self) -> int:
        """Count the numbers that are learned.

        Returns:
            how many there are in all parameters together
        """
        return sum(parameter.size for parameter in self.parameters())

    def generators(self) -> list[np.random.Generator]:
        """Find the generators that the parts draw from, such as that of a dropout.

        Returns:
            each generator once
        """
        values = [value for module in self.named_modules().values() for _, value in _kept_by(module)]
        return list({id(value): value for value in values if isinstance(value, np.random.Generator)}.values())

    def train(self) -> None:
        """Make the parts that differ behave as in training."""
        for module in self.named_modules().values():
            module.is_training = True

    def evaluate(self) -> None:
        """Make the parts that differ behave as in use: nothing is dropped, running statistics are taken."""
        for module in self.named_modules().values():
            module.is_training = False

    def cast(self, dtype) -> None:
        """Give all parameters and buffers another dtype: float64 to check gradients, float32 to train.

        Args:
            dtype: a kind of float; make the optimiser afterwards
        Raises:
            TypeError: it is no kind of float
        """
        if np.dtype(dtype).kind != "f":
            raise TypeError(f"cast: parameters must be floats. The dtype is {np.dtype(dtype)}.")
        for parameter in self.parameters():
            parameter.cast(dtype)
        for module in self.named_modules().values():
            for key in module.buffers:
                setattr(module, key, getattr(module, key).astype(dtype))

    def state(self) -> dict[str, np.ndarray]:
        """Copy what makes this module compute what it computes: parameters and buffers.

        Returns:
            arrays by name
        """
        parameters = {name: parameter.data for name, parameter in self.named_parameters().items()}
        return {name: array.copy() for name, array in (parameters | self._named_buffers()).items()}

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        """Take over the parameters and buffers of a module of the same build.

        Args:
            state: what ``state`` returned
        Raises:
            ValueError: a name is missing or unknown, or a shape or dtype differs; all differences are named,
                and nothing has been changed
        """
        own, state = self.state(), {name: np.asarray(array) for name, array in state.items()}
        differences = [f"{name} is missing" for name in own.keys() - state.keys()]
        differences += [f"{name} is unknown here" for name in state.keys() - own.keys()]
        differences += [
            f"{name} is {_form(state[name])}, not {_form(own[name])}"
            for name in own.keys() & state.keys()
            if _form(state[name]) != _form(own[name])
        ]
        if differences:
            raise ValueError(
                f"{type(self).__name__}.load_state: these weights are of another build. "
                + "; ".join(sorted(differences))
                + "."
            )
        for name, parameter in self.named_parameters().items():
            parameter.assign(state[name])
        for name, buffer in self._named_buffers().items():
            buffer[...] = state[name]

    def _named_buffers(self) -> dict[str, np.ndarray]:
        modules = self.named_modules().items()
        return {
            _joined(name, key): getattr(module, key) for name, module in modules for key in module.buffers
        }


@contextmanager
def evaluating(model) -> Iterator[None]:
    """Let a model behave as in use, then set every part of it back to the mode that it was in.

    Args:
        model: a Module; of any other function the mode is unknown, and it is left alone
    Returns:
        what a ``with`` statement takes

    >>> model = Module()
    >>> with evaluating(model):
    ...     model.is_training
    False
    >>> model.is_training
    True
    """
    modes = []
    if isinstance(model, Module):
        modes = [(module, module.is_training) for module in model.named_modules().values()]
        model.evaluate()
    try:
        yield
    finally:
        for module, is_training in modes:
            module.is_training = is_training


@contextmanager
def watching(model: Module) -> Iterator[dict[str, Tensor]]:
    """Note what every part of a model returns while it computes.

    Args:
        model: whose parts are watched
    Returns:
        what a ``with`` statement takes: a dictionary that fills with the last output of each part by name,
        in the order in which the parts finished

    >>> model = Module()
    >>> with watching(model) as outputs:
    ...     pass
    >>> outputs
    {}
    """
    outputs, modules = {}, model.named_modules()
    names = {id(module): name for name, module in modules.items()}

    def note(module: Module, y) -> None:
        outputs.pop(names[id(module)], None)
        outputs[names[id(module)]] = y

    before = [module._watchers for module in modules.values()]
    try:
        for module in modules.values():
            module._watchers = (*module._watchers, note)
        yield outputs
    finally:
        for module, watchers in zip(modules.values(), before, strict=True):
            module._watchers = watchers


def _kept_by(keeper: Module | list | tuple | dict) -> Iterator[tuple[str, object]]:
    """Go through what is kept as an attribute, or in a list or dictionary, with the way there as a name."""
    if isinstance(keeper, Module):
        pairs = vars(keeper).items()
    else:
        pairs = keeper.items() if isinstance(keeper, dict) else enumerate(keeper)
    for key, value in pairs:
        if isinstance(value, list | tuple | dict):
            yield from ((_joined(str(key), inner), kept) for inner, kept in _kept_by(value))
        else:
            yield str(key), value


def _form(array: np.ndarray) -> str:
    return f"of {array.dtype} and shape {array.shape}"


def _joined(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key
