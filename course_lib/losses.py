"""Losses: how wrong a network is, in one number. Each is a mean over all that it is given."""

from __future__ import annotations

import numpy as np

from course_lib.autograd import ops
from course_lib.autograd.fused.cross_entropy import sigmoid_cross_entropy, softmax_cross_entropy
from course_lib.autograd.fused.hinge import mean_hinge
from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_positive, expect_shape

__all__ = [
    "absolute_error",
    "binary_cross_entropy",
    "cross_entropy",
    "hinge",
    "huber",
    "squared_error",
]


def squared_error(y_hat: Tensor, y: np.ndarray) -> Tensor:
    r"""Return the mean squared error, $L = \frac{1}{n} \sum_i (\hat y_i - y_i)^2$.

    Args:
        y_hat: predictions, any shape
        y: what was true, the same shape
    Returns:
        L: ()  in the unit of y, squared
    Raises:
        TypeError: an input is not made of numbers
        ValueError: the shapes differ, or there is nothing
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 5.1.2.

    >>> squared_error(Tensor([1.0, 3.0]), np.array([0.0, 0.0])).item()
    5.0
    """
    error = _difference(y_hat, y, where="squared_error")
    return (error * error).mean()


def absolute_error(y_hat: Tensor, y: np.ndarray) -> Tensor:
    r"""Return the mean absolute error, $L = \frac{1}{n} \sum_i |\hat y_i - y_i|$: outliers pull less.

    Args:
        y_hat: predictions, any shape
        y: what was true, the same shape
    Returns:
        L: ()  in the unit of y
    Raises:
        TypeError: an input is not made of numbers
        ValueError: the shapes differ, or there is nothing
    Source: Bishop 2006, *Pattern Recognition and Machine Learning*, section 1.5.5: its best constant is the
        median.

    >>> absolute_error(Tensor([1.0, 3.0]), np.array([0.0, 0.0])).item()
    2.0
    """
    return ops.absolute(_difference(y_hat, y, where="absolute_error")).mean()


def huber(y_hat: Tensor, y: np.ndarray, delta: float = 1.0) -> Tensor:
    r"""Return the mean Huber loss: squared for small errors e, straight for those beyond delta.

    $$L = \frac{1}{n} \sum_i \begin{cases} \frac{1}{2} e_i^2 & |e_i| \le \delta \\
    \delta \left(|e_i| - \frac{1}{2} \delta\right) & \text{else} \end{cases}$$

    Args:
        y_hat: predictions, any shape
        y: what was true, the same shape
        delta: δ, the error from which on the loss goes straight, in the unit of y
    Returns:
        L: ()  in the unit of y, squared
    Raises:
        TypeError: an input is not made of numbers
        ValueError: the shapes differ, there is nothing, or delta is not positive
    Source: Huber 1964, "Robust estimation of a location parameter", *Annals of Mathematical Statistics* 35.

    >>> huber(Tensor([1.0, 3.0]), np.array([0.0, 0.0])).item()
    1.5
    """
    expect_positive(delta, where="huber: delta")
    size = ops.absolute(_difference(y_hat, y, where="huber"))
    curved = 0.5 * size * size
    straight = delta * (size - 0.5 * delta)
    return ops.where(size.data <= delta, curved, straight).mean()


def hinge(z: Tensor, y: np.ndarray) -> Tensor:
    r"""Return the mean hinge loss, $L = \frac{1}{n} \sum_i \max(0, 1 - y_i z_i)$: 0 beyond the margin.

    Args:
        z: scores, any shape
        y: labels, -1 or 1, the same shape
    Returns:
        L: ()
    Raises:
        TypeError: an input is not made of numbers
        ValueError: the shapes differ, there is nothing, or another label occurs
    Source: Cortes & Vapnik 1995, "Support-vector networks", *Machine Learning* 20.

    >>> hinge(Tensor([2.0, 0.5, -1.0]), np.array([1.0, 1.0, 1.0])).data.round(4)
    array(0.8333)
    """
    z, y = as_tensor(z), as_tensor(y).data
    _expect_same_shape(z, y, where="hinge", letters="z")
    if not (y * y == 1).all():
        raise ValueError(f"hinge: y must hold only the labels -1 and 1. It also holds {y[y * y != 1][0]}.")
    return mean_hinge(z, y.astype(z.dtype, copy=False))


def binary_cross_entropy(
    z: Tensor,
    y: np.ndarray,
    *,
    positive_weight: float = 1.0,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
) -> Tensor:
    r"""Return the mean surprise at labels 0 and 1, in nats, from logits.

    $$L = -\frac{1}{n} \sum_i \left( \omega\, y_i \ln \sigma(z_i) + (1 - y_i) \ln \sigma(-z_i) \right)$$

    Args:
        z: logits, any shape
        y: labels, 0 or 1, or probabilities between them, the same shape
        positive_weight: ω, how many times a positive counts
        label_smoothing: ε; the labels become $(1 - ε)\, y + ε / 2$
        ignore_index: entries with this label are left out
    Returns:
        L: ()
    Raises:
        TypeError: an input is not made of numbers
        ValueError: the shapes differ, nothing is left, a label lies outside [0, 1], or a setting is wrong
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.2.

    >>> binary_cross_entropy(Tensor([0.0, 0.0]), np.array([0, 1])).data.round(4)
    array(0.6931)
    """
    z, y = as_tensor(z), as_tensor(y).data
    expect_positive(positive_weight, where="binary_cross_entropy: positive_weight")
    _expect_smoothing(label_smoothing, where="binary_cross_entropy")
    _expect_same_shape(z, y, where="binary_cross_entropy", letters="z")
    if ignore_index is not None:
        z, y = _without(ignore_index, z, y, where="binary_cross_entropy")
    if not ((y >= 0) & (y <= 1)).all():  # a NaN is outside, too
        strange = y[~((y >= 0) & (y <= 1))][0]
        raise ValueError(f"binary_cross_entropy: y must lie between 0 and 1. It also holds {strange}.")
    y = (1 - label_smoothing) * y.astype(z.dtype) + label_smoothing / 2
    return sigmoid_cross_entropy(z, y, positive_weight)


def cross_entropy(
    z: Tensor,
    y: np.ndarray,
    *,
    class_weights: np.ndarray | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
) -> Tensor:
    r"""Return the mean surprise at the true classes, in nats, from logits.

    $$L = -\frac{1}{\sum_b \omega_{y_b}} \sum_b \sum_k \omega_k t_{bk} \ln \mathrm{softmax}(z_b)_k \qquad
    t_b = (1 - ε)\, \mathrm{onehot}(y_b) + \frac{ε}{K}$$

    A network that knows nothing about K classes has a loss of $\ln K$.

    Args:
        z: (..., K)  logits
        y: (...)  classes, whole numbers from 0 to K - 1
        class_weights: (K,)  ω, what each class counts; all the same where left out
        label_smoothing: ε, the share of the target that is spread over all classes
        ignore_index: places with this label are left out, such as those of padding
    Returns:
        L: ()
    Raises:
        TypeError: z is not made of numbers, or y not of whole ones
        ValueError: a shape does not fit, a label is out of range, nothing is left, or a setting is wrong
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.3; Szegedy, Vanhoucke, Ioffe,
        Shlens & Wojna 2016, "Rethinking the Inception architecture", section 7, for the smoothing.

    >>> cross_entropy(Tensor([[0.0, 0.0, 0.0]]), np.array([2])).data.round(4)
    array(1.0986)
    """
    z, y = as_tensor(z), as_tensor(y).data
    _expect_smoothing(label_smoothing, where="cross_entropy")
    if z.ndim < 1 or y.shape != z.shape[:-1]:
        raise ValueError(
            "cross_entropy: z must have shape (..., K) and y (...). "
            f"They have shapes {z.shape} and {y.shape}."
        )
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"cross_entropy: y must hold whole numbers. They are of type {y.dtype}. Try y.astype(int)."
        )
    K = z.shape[-1]
    if z.ndim != 2:
        z, y = z.reshape(y.size, K), y.reshape(-1)  # (..., K) -> (B, K)
    if ignore_index is not None:
        z, y = _without(ignore_index, z, y, where="cross_entropy")
    _expect_something(y, where="cross_entropy")
    if y.min() < 0 or y.max() >= K:
        strange = y[(y < 0) | (y >= K)][0]
        raise ValueError(
            f"cross_entropy: y must lie between 0 and {K - 1}: z has {K} columns. It also holds {strange}."
        )
    of_class = _expect_weights(class_weights, K, z.dtype)
    of_row = np.full(len(y), 1 / len(y), z.dtype) if of_class is None else of_class[y] / of_class[y].sum()
    loss = softmax_cross_entropy(z, y, of_row)
    if not label_smoothing:
        return loss
    share = np.full(K, 1 / K, z.dtype) if of_class is None else of_class * (len(y) / (K * of_class[y].sum()))
    spread = -(ops.log_softmax(z) * share).sum() / len(y)
    return (1 - label_smoothing) * loss + label_smoothing * spread


def _difference(y_hat: Tensor, y: np.ndarray, *, where: str) -> Tensor:
    y_hat, y = as_tensor(y_hat), as_tensor(y)
    _expect_same_shape(y_hat, y, where=where, letters="y_hat")
    return y_hat - Tensor(y.data.astype(y_hat.dtype), needs_grad=False)


def _without(ignore_index: int, z: Tensor, y: np.ndarray, *, where: str) -> tuple[Tensor, np.ndarray]:
    """Leave out the places whose label is ``ignore_index``."""
    is_kept = y != ignore_index
    if not is_kept.any():
        raise ValueError(
            f"{where}: every label is ignore_index, {ignore_index}. No place is left to learn from."
        )
    return z[is_kept], y[is_kept]


def _expect_same_shape(z: Tensor, y, *, where: str, letters: str) -> None:
    if z.shape != y.shape:  # broadcasting (B, 1) with (B,) would compare everybody with everybody
        raise ValueError(
            f"{where}: {letters} and y must have the same shape. They have shapes {z.shape} and {y.shape}."
        )
    _expect_something(y, where=where)


def _expect_something(y, *, where: str) -> None:
    if y.size == 0:
        raise ValueError(f"{where}: y has shape {y.shape}. A mean over nothing is no number.")


def _expect_smoothing(label_smoothing: float, *, where: str) -> None:
    if not 0 <= label_smoothing < 1:
        raise ValueError(
            f"{where}: label_smoothing must be at least 0 and less than 1. It is {label_smoothing!r}."
        )


def _expect_weights(class_weights, K: int, dtype) -> np.ndarray | None:
    if class_weights is None:
        return None
    expect_shape(class_weights, "K", K=K, where="cross_entropy: class_weights")
    if not (class_weights > 0).all():
        raise ValueError("cross_entropy: class_weights must all be positive.")
    return class_weights.astype(dtype)
