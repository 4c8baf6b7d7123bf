import math

import numpy as np
import pytest

from course_lib.training.metrics import perplexity


@pytest.mark.parametrize("n_choices", [1, 2, 96, 50_000])
def test_equally_likely_choices_are_counted(n_choices):
    probabilities = np.full(n_choices, 1 / n_choices)
    assert perplexity(-np.sum(probabilities * np.log(probabilities))) == pytest.approx(n_choices)


def test_a_loss_too_large_for_the_exponential_is_infinity_without_a_warning():
    assert perplexity(np.float64(1000)) == math.inf
    assert perplexity(math.inf) == math.inf
    assert perplexity(np.float32(709)) == pytest.approx(math.exp(709))


@pytest.mark.parametrize("loss", [-0.1, math.nan])
def test_a_surprise_below_nothing_is_refused(loss):
    with pytest.raises(ValueError, match="loss must be at least 0 nats"):
        perplexity(loss)


@pytest.mark.parametrize("loss", [np.ones(3), "1", None, True])
def test_one_number_is_wanted(loss):
    with pytest.raises(TypeError, match="loss must be one number, the mean over all tokens"):
        perplexity(loss)
