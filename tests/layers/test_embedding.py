import math

import numpy as np
import pytest

from course_lib.layers.embedding import Embedding


def test_the_first_vectors_are_normal_with_the_deviation_asked_for():
    for settings, wanted in [({}, 1.0), ({"deviation": 0.3}, 0.3)]:
        W = Embedding(200, 100, rng=np.random.default_rng(0), **settings).W.data
        assert abs(W.mean()) < 5 * wanted / math.sqrt(W.size)  # five standard errors
        assert W.std() == pytest.approx(wanted, rel=5 / math.sqrt(2 * W.size))
        assert np.mean(W**4) / np.mean(W**2) ** 2 == pytest.approx(3.0, rel=0.1)


def test_only_rows_that_were_looked_up_hear_from_the_loss():
    layer = Embedding(5, 2, rng=np.random.default_rng(0))
    y = layer(np.array([[3, 1], [3, 3]]))
    assert np.array_equal(y.data[0, 1], layer.W.data[1])
    y.sum().backward()
    assert layer.W.grad.tolist() == [[0, 0], [1, 1], [0, 0], [3, 3], [0, 0]]
