"""The range of one setting, and how it is stretched to sides from 0 to 1."""

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Choice", "Integer", "LogUniform", "Uniform"]


@dataclass(frozen=True)
class Uniform:
    """Any number from low to high, each equally likely: for dropout, momentum.

    Args:
        low, high: the ends
    Raises:
        ValueError: the ends are not finite numbers with low < high
    """

    low: float
    high: float
    n_coordinates = 1

    def __post_init__(self):
        _expect_ends(self.low, self.high, where="Uniform")

    def from_unit(self, u: np.ndarray) -> float:
        """Map u (1,) in 0 ... 1 to a value.

        Args:
            u: (1,)
        Returns:
            low + u (high - low)
        """
        return float(_clipped(_between(self.low, self.high, u[0], is_log=False), self.low, self.high))

    def to_unit(self, value: float) -> np.ndarray:
        """Map a value back to the unit interval.

        Args:
            value: from low to high
        Returns:
            (1,)
        Raises:
            ValueError: the value lies outside
        """
        _expect_within(value, self.low, self.high, where="Uniform")
        return np.array([_share_of_way(self.low, self.high, value, is_log=False)])


@dataclass(frozen=True)
class LogUniform:
    """Any positive number from low to high, each factor of ten equally likely: for learning rates, penalties.

    Args:
        low, high: the ends, above 0
    Raises:
        ValueError: the ends are not finite numbers with 0 < low < high
    """

    low: float
    high: float
    n_coordinates = 1

    def __post_init__(self):
        _expect_ends(self.low, self.high, where="LogUniform", is_log=True)

    def from_unit(self, u: np.ndarray) -> float:
        """Map u (1,) in 0 ... 1 to a value: half way is the geometric mean of the ends.

        Args:
            u: (1,)
        Returns:
            low (high / low)^u
        """
        return float(_clipped(_between(self.low, self.high, u[0], is_log=True), self.low, self.high))

    def to_unit(self, value: float) -> np.ndarray:
        """Map a value back to the unit interval.

        Args:
            value: from low to high
        Returns:
            (1,)
        Raises:
            ValueError: the value lies outside
        """
        _expect_within(value, self.low, self.high, where="LogUniform")
        return np.array([_share_of_way(self.low, self.high, value, is_log=True)])


@dataclass(frozen=True)
class Integer:
    """A whole number from low to high, both included: for layers, units, batch size.

    Each number owns an equal part of the unit interval; with ``is_log``, a part as long as the number's own
    on a logarithmic scale, so that 8 to 16 is as likely as 64 to 128.

    Args:
        low, high: the ends; with ``is_log`` at least 1
        is_log: whether factors count rather than differences
    Raises:
        ValueError: the ends are not whole numbers with low < high
    """

    low: int
    high: int
    is_log: bool = False
    n_coordinates = 1

    def __post_init__(self):
        for end in (self.low, self.high):
            if isinstance(end, bool) or not isinstance(end, int | np.integer):
                raise ValueError(f"Integer: the ends must be whole numbers. One is {end!r}.")
        _expect_ends(self.low, self.high, where="Integer", is_log=self.is_log)

    def from_unit(self, u: np.ndarray) -> int:
        """Map u (1,) in 0 ... 1 to the number whose part it falls into.

        Args:
            u: (1,)
        Returns:
            a whole number from low to high
        """
        value = _between(self.low - 0.5, self.high + 0.5, u[0], is_log=self.is_log)
        return int(_clipped(round(value), self.low, self.high))

    def to_unit(self, value: int) -> np.ndarray:
        """Map a number back into its part of the unit interval.

        Args:
            value: a whole number from low to high
        Returns:
            (1,)
        Raises:
            ValueError: the value lies outside, or is not whole
        """
        _expect_within(value, self.low, self.high, where="Integer")
        if value != int(value):
            raise ValueError(f"Integer: expected a whole number. It is {value!r}.")
        return np.array([_share_of_way(self.low - 0.5, self.high + 0.5, value, is_log=self.is_log)])


@dataclass(frozen=True)
class Choice:
    """One of several options without an order: for optimisers, activations.

    It takes one coordinate an option, and the largest wins. So all options are equally far from each other,
    which numbers 0, 1, 2 would not be.

    Args:
        options: at least two, all different
    Raises:
        TypeError: the options are not a tuple or list
        ValueError: there are fewer than two, or two are equal
    """

    options: tuple

    def __post_init__(self):
        if not isinstance(self.options, tuple | list):
            raise TypeError(
                f"Choice: options must be a tuple, ('relu', 'tanh'). It is a {type(self.options).__name__}."
            )
        object.__setattr__(self, "options", tuple(self.options))
        if len(self.options) < 2 or any(a in self.options[:k] for k, a in enumerate(self.options)):
            raise ValueError(
                f"Choice: there must be two options or more, all different. It has {self.options}."
            )

    @property
    def n_coordinates(self) -> int:
        """One coordinate an option."""
        return len(self.options)

    def from_unit(self, u: np.ndarray) -> Any:
        """Return the option with the largest coordinate.

        Args:
            u: (n_options,)
        Returns:
            the option
        """
        return self.options[int(np.argmax(u))]

    def to_unit(self, value: Any) -> np.ndarray:
        """Mark an option: 1 at its coordinate, 0 elsewhere.

        Args:
            value: one of the options
        Returns:
            (n_options,)
        Raises:
            ValueError: there is no such option
        """
        if value not in self.options:
            raise ValueError(f"Choice: {value!r} is not one of {self.options}.")
        return np.eye(len(self.options))[self.options.index(value)]


def _between(low, high, share, *, is_log) -> float:
    """Go a share of the way from low to high, in equal steps or in equal factors."""
    return low * (high / low) ** share if is_log else low + (high - low) * share


def _clipped(value, low, high):
    """Bring a value back that rounding pushed over an end."""
    return min(max(value, low), high)


def _share_of_way(low, high, value, *, is_log) -> float:
    return float(np.log(value / low) / np.log(high / low) if is_log else (value - low) / (high - low))


def _expect_ends(low, high, *, where, is_log=False):
    are_numbers = all(isinstance(end, int | float | np.integer | np.floating) for end in (low, high))
    if not (are_numbers and np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"{where}: the ends must be numbers with low < high. They are {low!r} and {high!r}.")
    if is_log and low <= 0:
        raise ValueError(f"{where}: a logarithmic range begins above 0. It begins at {low!r}.")


def _expect_within(value, low, high, *, where):
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if not (is_number and low <= value <= high):
        raise ValueError(f"{where}: expected a number from {low} to {high}. It is {value!r}.")
