"""Looking up rows by their number: how a word, which is a number in a list, becomes a vector."""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_shape

__all__ = ["embedding"]


def embedding(ids: np.ndarray, W: Tensor) -> Tensor:
    r"""Look up one row of ``W`` for each id: $y_i = W_{\mathrm{id}_i}$.

    The same as a product with one-hot rows, a single 1 at each id, but without multiplying by all the zeros.
    The gradient is written as that product: for the vocabularies of the course it is faster than adding row
    by row. It makes a table of ids times V numbers.

    Args:
        ids: whole numbers from 0 to V - 1, any shape (...)
        W: (V, C)  one row per entry of the vocabulary
    Returns:
        y: (..., C)
    Gradient, with g = dL/dy of shape (..., C):
        dL/dW = onehotᵀ g  a row hears from every place it was used; a row that was not used hears nothing
    Raises:
        TypeError: the ids are no whole numbers, or W is not made of numbers
        ValueError: an id is out of range, or W is no matrix
    Source: Bengio, Ducharme, Vincent & Jauvin 2003, "A neural probabilistic language model",
        *Journal of Machine Learning Research* 3.

    >>> W = Tensor([[0.0, 0.1], [1.0, 1.1], [2.0, 2.1]])
    >>> y = embedding(np.array([2, 0, 2]), W)
    >>> y.data
    array([[2. , 2.1],
           [0. , 0.1],
           [2. , 2.1]])
    >>> y.backward(np.ones((3, 2)))
    >>> W.grad
    array([[1., 1.],
           [0., 0.],
           [2., 2.]])
    """
    W = as_tensor(W)
    expect_shape(W, "V C", where="embedding: W")
    V, C = W.shape
    ids = _ids_in_range(ids, V)

    def vjp(g):
        onehot = (ids.reshape(-1, 1) == np.arange(V)).astype(g.dtype)  # (...) -> (ids, V)
        return (onehot.T @ g.reshape(ids.size, C),)  # (V, ids) @ (ids, C) -> (V, C)

    return Tensor(W.data[ids], parents=(W,), vjp=vjp, op="embedding")  # (V, C) -> (..., C)


def _ids_in_range(ids, V: int) -> np.ndarray:
    ids = np.array(ids.data if isinstance(ids, Tensor) else ids)  # a copy: the gradient needs them unchanged
    if ids.dtype.kind not in "iu":
        raise TypeError(
            f"embedding: ids must be whole numbers. They are of type {ids.dtype}. Try ids.astype(int)."
        )
    strange = ids[(ids < 0) | (ids >= V)]
    if strange.size:
        raise ValueError(
            f"embedding: ids must lie between 0 and {V - 1}: W has {V} rows. They also hold {strange[0]}."
        )
    return ids
