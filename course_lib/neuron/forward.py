"""One neuron from input to answer, and one backward look at what its answer cost."""

import numpy as np

from course_lib.neuron.activations import sigmoid
from course_lib.neuron.losses import LOSSES
from course_lib.neuron.weighted_sum import weighted_sum, weighted_sum_slopes

__all__ = ["loss_and_slopes", "neuron_forward"]


def neuron_forward(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    r"""Let one sigmoid neuron answer for every row of X: $\hat y = \sigma(X w + b)$.

    Args:
        X: (B, n_in)  one row per example
        w: (n_in,)  one weight per input
        b: the bias
    Returns:
        y_hat: (B,)  the probability of label 1, as far as the neuron knows
    Raises:
        TypeError: an argument is not an array
        ValueError: the shapes do not belong together
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.2.

    >>> neuron_forward(np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([500.0, 500.0]), b=0.0)
    array([1., 0.])
    """
    return sigmoid(weighted_sum(X, w, b))


def loss_and_slopes(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, loss: str = "log"
) -> tuple[float, np.ndarray, float]:
    r"""Return the loss of one sigmoid neuron and its slopes by w and b.

    The chain rule in two links: the slope by the sums, then from the sums to the weights,
    $\frac{dL}{dw} = \frac{dL}{dz}\frac{dz}{dw}$.

    Args:
        X: (B, n_in)  one row per example
        y: (B,)  labels, 0 or 1
        w: (n_in,)  one weight per input
        b: the bias
        loss: "log" (nats) or "squared"
    Returns:
        the loss, dw (n_in,) and db
    Raises:
        TypeError: an argument is not an array
        ValueError: the shapes do not belong together, a label is not 0 or 1, or the loss is unknown
    Source: Bishop 2006, *Pattern Recognition and Machine Learning*, section 4.3.2.

    >>> loss_and_slopes(np.array([[1.0], [-1.0]]), np.array([1, 0]), np.array([0.0]), 0.0, loss="squared")
    (0.25, array([-0.25]), 0.0)
    """
    if loss not in LOSSES:
        raise ValueError(f"loss_and_slopes: loss must be one of {sorted(LOSSES)}. It is {loss!r}.")
    value, slope = LOSSES[loss]
    z = weighted_sum(X, w, b)
    dw, db = weighted_sum_slopes(X, w, slope(z, y))
    return value(z, y), dw, db
