"""Points in the plane, drawn on the spot: problems small enough to see the whole of."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Callable

import numpy as np

from course_lib.data.dataset import Dataset, read_datasheet
from course_lib.data.randomness import expect_generator


def blobs(n_per_class: int, rng: np.random.Generator, *, n_classes: int = 2, noise: float = 0.6) -> Dataset:
    r"""Draw one round cloud for each class, the centres evenly spaced on a circle of radius 2.

    Centre of class k: $2\,(\cos a, \sin a)$ with $a = 2\pi k / \text{n\_classes}$. A straight line separates
    two blobs, up to a few points where the clouds meet.

    Args:
        n_per_class: points drawn for each class
        rng: where the random numbers come from
        n_classes: number of clouds, at least 2
        noise: standard deviation of the normal noise added to both coordinates
    Returns:
        X: (n_per_class * n_classes, 2), y: the class of each point; rows in random order
    Raises:
        TypeError: rng is not a NumPy Generator
        ValueError: n_per_class or n_classes is not a whole number in its range, or noise is negative

    >>> blobs(50, np.random.default_rng(0))
    Dataset('blobs': X (100, 2) float32, y (100,) int64, 2 classes)
    """

    def centre(k: int) -> np.ndarray:
        return np.full((n_per_class, 2), 2 * _on_circle(2 * np.pi * k / n_classes))

    return _draw("blobs", centre, n_per_class, n_classes, noise, rng)


def moons(n_per_class: int, rng: np.random.Generator, *, noise: float = 0.1) -> Dataset:
    r"""Draw two half circles that hook into each other: no straight line separates them.

    Class 0: $(\cos a, \sin a)$, class 1: $(1 - \cos a, 0.5 - \sin a)$, with $a$ uniform in $[0, \pi]$.

    Args:
        n_per_class: points drawn for each class
        rng: where the random numbers come from
        noise: standard deviation of the normal noise added to both coordinates
    Returns:
        X: (2 * n_per_class, 2), y: the class of each point; rows in random order
    Raises:
        TypeError: rng is not a NumPy Generator
        ValueError: n_per_class is not a positive whole number, or noise is negative
    Source: the shape of scikit-learn's ``make_moons``.

    >>> moons(50, np.random.default_rng(0))
    Dataset('moons': X (100, 2) float32, y (100,) int64, 2 classes)
    """

    def half_circle(k: int) -> np.ndarray:
        arc = _on_circle(rng.uniform(0, np.pi, n_per_class))
        return arc if k == 0 else np.array([1.0, 0.5]) - arc

    return _draw("moons", half_circle, n_per_class, 2, noise, rng)


def rings(n_per_class: int, rng: np.random.Generator, *, noise: float = 0.1) -> Dataset:
    r"""Draw a ring inside a ring: the distance from the centre decides, no straight line does.

    Class k lies on the circle of radius $k + 1$ around the origin, at angles uniform in $[0, 2\pi]$.

    Args:
        n_per_class: points drawn for each class
        rng: where the random numbers come from
        noise: standard deviation of the normal noise added to both coordinates
    Returns:
        X: (2 * n_per_class, 2), y: 0 for the inner ring, 1 for the outer; rows in random order
    Raises:
        TypeError: rng is not a NumPy Generator
        ValueError: n_per_class is not a positive whole number, or noise is negative

    >>> rings(50, np.random.default_rng(0))
    Dataset('rings': X (100, 2) float32, y (100,) int64, 2 classes)
    """

    def circle(k: int) -> np.ndarray:
        return (k + 1) * _on_circle(rng.uniform(0, 2 * np.pi, n_per_class))

    return _draw("rings", circle, n_per_class, 2, noise, rng)


def xor(n_per_class: int, rng: np.random.Generator, *, noise: float = 0.1) -> Dataset:
    r"""Draw points around the four corners of the unit square, labelled by *exclusive or*.

    Corners (0, 0) and (1, 1) are class 0, corners (0, 1) and (1, 0) are class 1: the truth table of XOR. With
    ``noise=0`` the points are the corners themselves.

    Args:
        n_per_class: points drawn for each class, half of them at each of its two corners
        rng: where the random numbers come from
        noise: standard deviation of the normal noise added to both coordinates
    Returns:
        X: (2 * n_per_class, 2), y: the class of each point; rows in random order
    Raises:
        TypeError: rng is not a NumPy Generator
        ValueError: n_per_class is not a positive whole number, or noise is negative
    Source: Minsky & Papert 1969, *Perceptrons*: one neuron cannot compute it.

    >>> corners = xor(2, np.random.default_rng(0), noise=0.0)
    >>> bool(np.all((corners.X[:, 0] != corners.X[:, 1]) == corners.y))
    True
    """

    def corners(k: int) -> np.ndarray:
        a = np.arange(n_per_class) % 2
        return np.column_stack([a, a ^ k])  # b = a XOR k, so that a XOR b is the class k

    return _draw("xor", corners, n_per_class, 2, noise, rng)


def spirals(
    n_per_class: int, rng: np.random.Generator, *, n_classes: int = 2, noise: float = 0.05
) -> Dataset:
    r"""Draw spiral arms that wind around each other: the hard one, for networks with hidden layers.

    Class k: $2 r\,(\cos a, \sin a)$ with $a = 2\pi\,(1.5\, r + k / \text{n\_classes})$ and $r$ uniform in
    $[0.1, 1]$: each arm makes about one and a third turns.

    Args:
        n_per_class: points drawn for each class
        rng: where the random numbers come from
        n_classes: number of arms, at least 2
        noise: standard deviation of the normal noise added to both coordinates
    Returns:
        X: (n_per_class * n_classes, 2), y: the arm of each point; rows in random order
    Raises:
        TypeError: rng is not a NumPy Generator
        ValueError: n_per_class or n_classes is not a whole number in its range, or noise is negative
    Source: after Lang & Witbrock 1988, *Learning to tell two spirals apart*.

    >>> spirals(50, np.random.default_rng(0), n_classes=3)
    Dataset('spirals': X (150, 2) float32, y (150,) int64, 3 classes)
    """

    def arm(k: int) -> np.ndarray:
        r = rng.uniform(0.1, 1, n_per_class)
        return 2 * r[:, None] * _on_circle(2 * np.pi * (1.5 * r + k / n_classes))

    return _draw("spirals", arm, n_per_class, n_classes, noise, rng)


def _on_circle(angle: float | np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)  # (n,) -> (n, 2)


def _draw(
    name: str,
    shape_of_class: Callable[[int], np.ndarray],
    n_per_class: int,
    n_classes: int,
    noise: float,
    rng: np.random.Generator,
) -> Dataset:
    """Draw each class along its shape, add the noise, and put the rows in random order."""
    _expect_whole(n_per_class, at_least=1, where=f"{name}: n_per_class")
    _expect_whole(n_classes, at_least=2, where=f"{name}: n_classes")
    if not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"{name}: noise must be zero or more. It is {noise!r}.")
    expect_generator(rng, where=f"{name}: rng")
    X = np.concatenate([shape_of_class(k) for k in range(n_classes)])  # (n_per_class * n_classes, 2)
    X = X + noise * rng.standard_normal(X.shape)
    y = np.repeat(np.arange(n_classes), n_per_class)
    order = rng.permutation(len(y))
    return Dataset(
        name=name,
        X=X[order].astype(np.float32),
        y=y[order].astype(np.int64),
        feature_names=("x1", "x2"),
        class_names=tuple(f"class {k}" for k in range(n_classes)),
        datasheet=read_datasheet("toy2d"),
    )


def _expect_whole(number: int, *, at_least: int, where: str) -> None:
    if not (isinstance(number, int | np.integer) and number >= at_least):
        raise ValueError(f"{where} must be a whole number, at least {at_least}. It is {number!r}.")
