"""How surprised a language model is, as a number of equally likely choices."""

import math

import numpy as np

__all__ = ["perplexity"]


def perplexity(loss: float) -> float:
    r"""Turn the mean surprise at each next token into a number of choices: $e^L$.

    A model with perplexity 10 is as unsure as one that throws a fair die of ten sides for each token. It can
    be compared only between models that cut the text into the same tokens.

    Args:
        loss: mean cross-entropy of each token, in nats; one in bits must be multiplied by ln 2 first
    Returns:
        a number of at least 1; infinity where the exponential leaves float64, above 709 nats
    Raises:
        TypeError: the loss is not one number
        ValueError: the loss is negative or NaN
    Source: Jelinek et al. 1977, "Perplexity: a measure of the difficulty of speech recognition tasks".

    >>> round(perplexity(math.log(10)), 12)
    10.0
    """
    if isinstance(loss, bool) or not isinstance(loss, int | float | np.integer | np.floating):
        raise TypeError(
            f"perplexity: loss must be one number, the mean over all tokens. It is a {type(loss).__name__}."
        )
    if not loss >= 0:
        raise ValueError(f"perplexity: loss must be at least 0 nats. It is {loss}.")
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
