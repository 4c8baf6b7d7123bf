"""What may be tried: all settings together are one point of a cube with sides from 0 to 1."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checks import expect_shape
from course_lib.data.randomness import expect_generator
from course_lib.search.ranges import Choice, Integer, LogUniform, Uniform

__all__ = ["Space"]

Parameter = Uniform | LogUniform | Integer | Choice


@dataclass(frozen=True)
class Space:
    """All settings of a search by name, each with its range.

    Args:
        parameters: the range of each setting: ``{"learning_rate": LogUniform(1e-4, 1.0)}``
    Raises:
        TypeError: the parameters are not a dict, or one is no range
        ValueError: there is none
    """

    parameters: dict[str, Parameter]

    def __post_init__(self):
        if not isinstance(self.parameters, dict):
            raise TypeError(f"Space: parameters must be a dict. It is a {type(self.parameters).__name__}.")
        if not self.parameters:
            raise ValueError("Space: there must be at least one parameter to search. There is none.")
        for name, parameter in self.parameters.items():
            if not isinstance(parameter, Parameter):
                raise TypeError(
                    f"Space: {name!r} must be Uniform, LogUniform, Integer or Choice. "
                    f"It is a {type(parameter).__name__}."
                )

    @property
    def n_coordinates(self) -> int:
        """How many sides the unit cube has."""
        return sum(parameter.n_coordinates for parameter in self.parameters.values())

    def sample(self, rng: np.random.Generator) -> dict[str, Any]:
        """Draw every setting from its range, each independently of the others.

        Args:
            rng: where the draw comes from
        Returns:
            a value for each name
        Raises:
            TypeError: rng is not a generator
        """
        expect_generator(rng, where="Space.sample: rng")
        return self.from_unit(rng.random(self.n_coordinates))

    def from_unit(self, u: np.ndarray) -> dict[str, Any]:
        """Map a point of the unit cube to settings.

        Args:
            u: (n_coordinates,)  each from 0 to 1
        Returns:
            a value for each name
        Raises:
            TypeError: u is not an array
            ValueError: u has another shape, or leaves the cube
        """
        expect_shape(u, "n_coordinates", n_coordinates=self.n_coordinates, where="Space.from_unit: u")
        if not (u.min() >= 0 and u.max() <= 1):  # NaN is neither
            raise ValueError(f"Space.from_unit: u must lie between 0 and 1. It spans {u.min()} to {u.max()}.")
        settings, start = {}, 0
        for name, parameter in self.parameters.items():
            end = start + parameter.n_coordinates
            settings[name] = parameter.from_unit(u[start:end])
            start = end
        return settings

    def to_unit(self, settings: dict[str, Any]) -> np.ndarray:
        """Map settings to their point of the unit cube.

        Args:
            settings: a value for each name
        Returns:
            (n_coordinates,)
        Raises:
            ValueError: a name is missing or unknown, or a value lies outside its range
        """
        if settings.keys() != self.parameters.keys():
            raise ValueError(
                f"Space.to_unit: settings must name {sorted(self.parameters)}. They name {sorted(settings)}."
            )
        return np.concatenate([p.to_unit(settings[name]) for name, p in self.parameters.items()])
