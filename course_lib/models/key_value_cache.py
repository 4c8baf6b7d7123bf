"""What an attention layer computed for earlier steps, kept for the steps to come."""

import numpy as np

from course_lib.autograd.tensor import Tensor

__all__ = ["KeyValueCache"]


class KeyValueCache:
    """The keys and values of the steps so far, of one attention layer.

    Causal attention never changes its mind about the past: a later step changes no earlier key and no earlier
    value. So for one new step only one query, one key and one value need be computed. No gradient goes
    through a cache.

    Args:
        T: steps there is room for
    Attributes:
        n_steps: steps that are kept
    Source: Pope et al. 2023, "Efficiently scaling Transformer inference", section 2.1, MLSys.

    >>> cache = KeyValueCache(4)
    >>> k = v = Tensor(np.ones((1, 2, 3, 5)))
    >>> all_k, all_v = cache.extend(k, v)
    >>> all_k, all_v = cache.extend(k[:, :, :1], v[:, :, :1])
    >>> all_k.shape, cache.n_steps
    ((1, 2, 4, 5), 4)
    """

    def __init__(self, T: int):
        self.T = T
        self.n_steps = 0
        self._room: np.ndarray | None = None

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Add the keys and values of the newest steps.

        Args:
            k: (B, nh, n, hs)  keys of n new steps
            v: (B, nh, n, hs)  their values
        Returns:
            all keys and all values so far, each (B, nh, S, hs)
        Raises:
            ValueError: there is no room for so many steps
        """
        B, nh, n, hs = k.shape
        start, end = self.n_steps, self.n_steps + n
        if end > self.T:
            raise ValueError(f"KeyValueCache: there is room for {self.T} steps, not for {end}.")
        if self._room is None:
            self._room = np.empty((2, B, nh, self.T, hs), k.dtype)
        self._room[0, :, :, start:end] = k.data
        self._room[1, :, :, start:end] = v.data
        self.n_steps = end
        all_k, all_v = self._room[:, :, :, :end]  # (2, B, nh, T, hs) -> twice (B, nh, S, hs)
        return Tensor(all_k, needs_grad=False), Tensor(all_v, needs_grad=False)
