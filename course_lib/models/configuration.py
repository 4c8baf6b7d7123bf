"""The checks that all models share: a configuration of their own, and sizes that are whole numbers."""

import numpy as np

__all__ = ["expect_config", "expect_sizes"]


def expect_config(config, kind: type, *, where: str) -> None:
    """Raise a TypeError unless a model is given a configuration of its own kind.

    Args:
        config: what should be the configuration
        kind: its class, such as ``MLPConfig``
        where: the model to name in the error
    Raises:
        TypeError: it is something else
    """
    if not isinstance(config, kind):
        name = kind.__name__
        raise TypeError(
            f"{where}: config must be of type {name}. It is a {type(config).__name__}. "
            f"Make one first: {where}({name}(...), rng=rng)."
        )


def expect_sizes(config, *names: str, rows: tuple[str, ...] = ()) -> None:
    """Raise a ValueError unless some entries of a configuration are sizes.

    Args:
        config: the configuration, such as a ``GPTConfig``
        names: of the entries that are one size
        rows: of the entries that are several, such as the channels of each layer
    Raises:
        ValueError: a size is no whole number of at least 1, or a row is no tuple; the error names it
    """
    where = type(config).__name__
    sizes = [(name, getattr(config, name)) for name in names]
    for name in rows:
        row = getattr(config, name)
        if not isinstance(row, tuple | list):
            raise ValueError(f"{where}: {name} must be a tuple of whole numbers. It is {row!r}.")
        sizes += [(name, size) for size in row]
    for name, size in sizes:
        is_whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
        if not (is_whole and size >= 1):
            raise ValueError(f"{where}: {name} must be a whole number of at least 1. It is {size!r}.")
