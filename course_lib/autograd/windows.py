"""Where a small window can stand while it slides over an array: for convolution and pooling."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["Windows"]


class Windows:
    r"""All positions of a window, counted on each axis that it slides along.

    A window of k numbers, the dilation d apart, reaches over $d (k - 1) + 1$. On an axis of n numbers with a
    padding of p at both ends it moves s steps at a time, so it can stand at

    $$\left\lfloor \frac{n + 2p - d(k - 1) - 1}{s} \right\rfloor + 1$$

    positions. Every setting is one whole number for all axes, or one for each.

    Args:
        sizes: lengths of the axes that the window slides along
        kernel: length of the window
        stride: how far it moves at a time
        padding: how much is added at both ends
        dilation: distance between neighbours in the window; 1 leaves no gaps
        where: the operation to name in the error
    Attributes:
        kernel: length of the window on each axis
        counts: number of positions on each axis
    Raises:
        ValueError: a setting is no whole number or too small, or the window is larger than the padded array
    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning".

    >>> Windows((28, 28), 5, stride=2, padding=1, where="conv2d").counts
    (13, 13)
    """

    def __init__(self, sizes: Sequence[int], kernel, *, stride=1, padding=0, dilation=1, where: str):
        n_axes = len(sizes)
        self.kernel = _each_axis(kernel, n_axes, least=1, where=f"{where}: kernel")
        self.stride = _each_axis(stride, n_axes, least=1, where=f"{where}: stride")
        self.padding = _each_axis(padding, n_axes, least=0, where=f"{where}: padding")
        self.dilation = _each_axis(dilation, n_axes, least=1, where=f"{where}: dilation")
        padded = [n + 2 * p for n, p in zip(sizes, self.padding, strict=True)]
        self.reach = tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))
        if any(reach > n for reach, n in zip(self.reach, padded, strict=True)):
            raise ValueError(
                f"{where}: the window reaches over {_times(self.reach)}, more than the {_times(padded)} of x "
                "with its padding. Take a smaller kernel or dilation, or more padding."
            )
        self.counts = tuple(
            (n - reach) // s + 1 for n, reach, s in zip(padded, self.reach, self.stride, strict=True)
        )

    def pad(self, x: np.ndarray, value: float = 0.0) -> np.ndarray:
        """Put the padding around the last axes.

        Args:
            x: (..., sizes)
            value: what the padding holds
        Returns:
            (..., padded sizes)
        """
        if not any(self.padding):
            return x
        untouched = [(0, 0)] * (x.ndim - len(self.padding))
        return np.pad(x, untouched + [(p, p) for p in self.padding], constant_values=value)

    def unpad(self, padded: np.ndarray) -> np.ndarray:
        """Cut the padding off again.

        Args:
            padded: (..., padded sizes)
        Returns:
            (..., sizes)
        """
        sizes = padded.shape[padded.ndim - len(self.padding) :]
        return padded[(..., *(slice(p, n - p) for p, n in zip(self.padding, sizes, strict=True)))]

    def patches(self, padded: np.ndarray) -> np.ndarray:
        """Show what lies under the window at each position: a view, nothing is copied.

        Args:
            padded: (..., padded sizes)
        Returns:
            (..., counts, kernel)

        >>> Windows((5,), 3, where="conv1d").patches(np.arange(5))
        array([[0, 1, 2],
               [1, 2, 3],
               [2, 3, 4]])
        """
        axes = tuple(range(-len(self.kernel), 0))
        every = sliding_window_view(padded, self.reach, axis=axes)  # (..., n - reach + 1, reach)
        steps = (slice(None, None, step) for step in (*self.stride, *self.dilation))
        return every[(..., *steps)]

    def places(self) -> Iterator[tuple[tuple[int, ...], tuple]]:
        """Go through the cells of the window, row first, and say which places each of them visits.

        Returns:
            pairs: the cell, ``(i, j)``, and an index that picks from a padded array what this cell sees from
            all positions, (..., counts)

        >>> for cell, index in Windows((5,), 3, stride=2, where="conv1d").places():
        ...     print(cell, np.arange(5)[index])
        (0,) [0 2]
        (1,) [1 3]
        (2,) [2 4]
        """
        for cell in np.ndindex(self.kernel):
            starts = (i * d for i, d in zip(cell, self.dilation, strict=True))
            steps = zip(starts, self.stride, self.counts, strict=True)
            yield cell, (..., *(slice(start, start + s * n, s) for start, s, n in steps))


def _each_axis(setting, n_axes: int, *, least: int, where: str) -> tuple[int, ...]:
    """Repeat one number for each axis, and check."""
    numbers = (setting,) * n_axes if isinstance(setting, int | np.integer) else tuple(np.ravel(setting))
    is_whole = all(isinstance(n, int | np.integer) and n >= least for n in numbers)
    if len(numbers) != n_axes or not is_whole:
        each = f", or {n_axes} of them" if n_axes > 1 else ""
        raise ValueError(f"{where} must be a whole number of at least {least}{each}. It is {setting!r}.")
    return tuple(int(n) for n in numbers)


def _times(numbers: Sequence[int]) -> str:
    return " x ".join(str(n) for n in numbers)
