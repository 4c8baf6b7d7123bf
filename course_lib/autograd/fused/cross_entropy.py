"""Cross-entropy straight from logits: softmax or sigmoid, logarithm and mean in one operation."""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor

__all__ = ["sigmoid_cross_entropy", "softmax_cross_entropy"]


def softmax_cross_entropy(z: Tensor, y: np.ndarray, weights: np.ndarray) -> Tensor:
    r"""Return the weighted mean surprise at the true classes, in nats.

    $$L = \sum_b \omega_b \left(\log \sum_k e^{z_{bk}} - z_{b y_b}\right)$$

    Equal to ``-(log_softmax(z)[np.arange(B), y] * weights).sum()``. Faster, because the classes are put on
    the first axis, where NumPy takes a maximum and a sum several times faster, and because the gradient
    needs no more than the shares that were computed on the way.

    Args:
        z: (B, K)  logits
        y: (B,)  whole numbers, 0 to K - 1
        weights: (B,)  ω, what each row counts; 1 / B for the mean
    Returns:
        L: ()
    Gradient, with g = dL'/dL:
        dL'/dz = g ω (softmax(z) - onehot(y))  what was predicted, minus what was true
    Raises:
        TypeError: z is not made of numbers
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.3.

    >>> z = Tensor([[0.0, 0.0], [0.0, 0.0]])
    >>> softmax_cross_entropy(z, np.array([0, 1]), np.array([0.5, 0.5])).data.round(4)
    array(0.6931)
    """
    z = as_tensor(z)
    columns = np.arange(len(y))
    shares = np.array(z.data.T, order="C")  # (B, K) -> (K, B)
    shares -= shares.max(axis=0)
    z_true = shares[y, columns]  # (B,)
    np.exp(shares, out=shares)
    total = shares.sum(axis=0)
    loss = weights @ (np.log(total) - z_true)

    def vjp(g):
        dz = shares * (g * weights / total)  # (K, B)
        dz[y, columns] -= g * weights
        return (dz.T,)  # -> (B, K)

    return Tensor(loss, parents=(z,), vjp=vjp, op="softmax_cross_entropy")


def sigmoid_cross_entropy(z: Tensor, y: np.ndarray, positive_weight: float = 1.0) -> Tensor:
    r"""Return the mean surprise at labels between 0 and 1, in nats.

    $$L = \frac{1}{n} \sum_i \omega\, y_i \ln(1 + e^{-z_i}) + (1 - y_i) \ln(1 + e^{z_i})$$

    Equal to ``-(log(sigmoid(z)) * y * weight + log(1 - sigmoid(z)) * (1 - y)).mean()``, but exact where the
    sigmoid would round to 0 or 1: $\ln(1 + e^a) = \max(a, 0) + \ln(1 + e^{-|a|})$ never overflows.

    Args:
        z: logits, any shape
        y: labels in [0, 1], the same shape
        positive_weight: ω, how many times a positive counts
    Returns:
        L: ()
    Gradient, with p = σ(z) and g = dL'/dL:
        dL'/dz = g ((1 - y) p - ω y (1 - p)) / n  what was predicted, minus what was true, where ω is 1
    Raises:
        TypeError: z is not made of numbers
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.2.

    >>> z = Tensor([0.0, 1000.0])
    >>> sigmoid_cross_entropy(z, np.array([1.0, 1.0])).data.round(4)
    array(0.3466)
    """
    z = as_tensor(z)
    a = z.data
    e = np.exp(-np.abs(a))
    rest = np.log1p(e)
    if_positive = np.maximum(-a, 0) + rest
    if_negative = np.maximum(a, 0) + rest
    loss = (positive_weight * y * if_positive + (1 - y) * if_negative).mean()

    def vjp(g):
        p = np.where(a >= 0, 1, e) / (1 + e)
        not_p = np.where(a >= 0, e, 1) / (1 + e)  # 1 - p would round to 0
        return (g / a.size * ((1 - y) * p - positive_weight * y * not_p),)

    return Tensor(loss, parents=(z,), vjp=vjp, op="sigmoid_cross_entropy")
