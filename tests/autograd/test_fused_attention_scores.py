import math

import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.autograd.fused import attention as module
from course_lib.autograd.fused.attention import attention
from tests.autograd import proof
from tests.autograd.plain_attention import both_agree, plain


@pytest.mark.parametrize("size", [1.0, 1e4])
@pytest.mark.parametrize("is_causal", [False, True])
def test_a_query_that_may_look_nowhere_gets_zeros_and_sends_none_back(size, is_causal):
    rng = np.random.default_rng(0)
    inputs = [size * rng.normal(size=(4, 2)) for _ in range(3)]
    mask = np.array([[1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0]], bool)
    g = np.zeros((4, 2))
    g[1] = [3.0, 4.0]
    y, gradients = proof.value_and_gradients(lambda *xs: attention(*xs, mask, is_causal), inputs, g)
    assert not y[1].any()
    assert np.all(y[[0, 2, 3]])
    assert not any(gradient.any() for gradient in gradients)


@pytest.mark.parametrize(
    "scores", [[200.0, 100.0], [-200.0, -300.0], [88.5, 88.5], [-110.0, -110.0], [60.0, -60.0]]
)
@pytest.mark.parametrize("factor", [1, 10])
def test_scores_far_out_neither_overflow_nor_vanish(scores, factor):
    k = factor * np.array(scores)[:, None]
    for dtype in (np.float32, np.float64):
        q, values = np.ones((1, 1), dtype), np.eye(2, dtype=dtype)
        shares = attention(q, k.astype(dtype), Tensor(values)).data
        difference = factor * (scores[0] - scores[1])
        first = 1 / (1 + math.exp(-min(difference, 700)))
        np.testing.assert_allclose(shares, [[first, 1 - first]], rtol=1e-6, atol=1e-12)


def test_the_largest_score_is_looked_for_only_where_it_matters():
    for number, is_moderate in [(44.0, True), (-44.0, True), (44.5, False), (-44.5, False), (np.nan, False)]:
        assert module._are_moderate(np.array([0.0, number], np.float32)) == is_moderate
    for number, is_moderate in [(354.0, True), (-354.0, True), (355.0, False), (-355.0, False)]:
        assert module._are_moderate(np.array([0.0, number])) == is_moderate


def test_a_score_at_the_limit_itself_is_no_longer_moderate():
    limit = math.log(np.finfo(np.float64).max) / 2
    just_below = math.nextafter(limit, 0)
    for number, is_moderate in [(just_below, True), (-just_below, True), (limit, False), (-limit, False)]:
        assert module._are_moderate(np.array([0.0, number])) == is_moderate


def test_the_largest_score_is_looked_for_among_the_keys_of_each_query():
    rng = np.random.default_rng(0)
    *inputs, g = (30 * rng.normal(size=(2, 3, 4, 5)) for _ in range(4))
    both_agree(attention, plain, inputs, g, np.float64, 1e-10)


def test_where_nothing_is_seen_the_shares_are_zero_and_not_minus_zero():
    shares = module._softmax_over_keys(np.array([[-np.inf, 1.0], [-np.inf, 1.0]]), True)
    np.testing.assert_array_equal(shares, [[0.0, 0.5], [0.0, 0.5]])
    assert not np.signbit(shares).any()
