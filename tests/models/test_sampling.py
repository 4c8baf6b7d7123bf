import numpy as np
import pytest

from course_lib.models.sampling import apply_temperature, keep_top_k, keep_top_p, sample

INF = np.inf


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def drawn_shares(z, n=20_000, seed=0, **settings):
    """Draw many tokens from one row of logits; return how often each came."""
    rows = np.broadcast_to(z, (n, len(z)))
    ids = sample(rows, rng=np.random.default_rng(seed), **settings)
    return np.bincount(ids, minlength=len(z)) / n


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def test_a_temperature_divides():
    np.testing.assert_array_equal(apply_temperature(np.array([[1.0, -2.0]]), 4.0), [[0.25, -0.5]])


@pytest.mark.parametrize("temperature", [0, -1.0, np.nan, INF])
def test_a_temperature_that_is_not_positive_is_refused(temperature):
    with pytest.raises(ValueError, match="apply_temperature: temperature must be a positive number"):
        apply_temperature(np.zeros(3), temperature)


def test_top_k_leaves_the_k_largest_of_each_row():
    z = np.array([[3.0, 1.0, 2.0], [0.0, 5.0, -1.0]])
    np.testing.assert_array_equal(keep_top_k(z, 1), [[3.0, -INF, -INF], [-INF, 5.0, -INF]])
    np.testing.assert_array_equal(keep_top_k(z, 2), [[3.0, -INF, 2.0], [0.0, 5.0, -INF]])
    for k in (3, 4):
        np.testing.assert_array_equal(keep_top_k(z, k), z)


def test_top_k_keeps_all_equals_at_the_edge():
    np.testing.assert_array_equal(keep_top_k(np.array([2.0, 1.0, 1.0, 0.0]), 2), [2.0, 1.0, 1.0, -INF])


def test_top_p_leaves_the_fewest_that_have_p_together():
    z = np.log([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    for p, kept in [
        (0.05, [[1, 0, 0], [0, 0, 1]]),
        (0.49, [[1, 0, 0], [0, 0, 1]]),
        (0.51, [[1, 1, 0], [0, 0, 1]]),
        (0.79, [[1, 1, 0], [0, 0, 1]]),
        (0.81, [[1, 1, 1], [1, 0, 1]]),
        (0.91, [[1, 1, 1], [1, 1, 1]]),
        (1, [[1, 1, 1], [1, 1, 1]]),
    ]:
        np.testing.assert_array_equal(keep_top_p(z, p), np.where(kept, z, -INF))


def test_top_p_of_one_leaves_even_what_has_no_share_worth_counting():
    z = np.array([0.0, -2000.0])
    np.testing.assert_array_equal(keep_top_p(z, 1.0), z)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_keep_their_dtype_and_are_not_changed(dtype):
    z = np.array([0.0, 1.0, 2.0], dtype)
    before = z.copy()
    for kept in (apply_temperature(z, 2.0), keep_top_k(z, 2), keep_top_p(z, 0.5)):
        assert kept.dtype == dtype
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_a_k_that_is_no_count_is_refused(k):
    with pytest.raises(ValueError, match=rf"keep_top_k: k must be a whole number of at least 1\. It is {k}"):
        keep_top_k(np.zeros(3), k)


@pytest.mark.parametrize("p", [0, -0.1, 1.1, np.nan, "0.9"])
def test_a_p_out_of_range_is_refused(p):
    with pytest.raises(ValueError, match=rf"keep_top_p: p must be more than 0 and at most 1\. It is {p!r}"):
        keep_top_p(np.zeros(3), p)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_their_shares_say(temperature):
    z = np.array([1.0, -1.0, 0.5, 0.0])
    got = drawn_shares(z, temperature=temperature)
    np.testing.assert_allclose(got, softmax(z / temperature), atol=0.015)


def test_the_temperature_comes_first_then_top_k_then_top_p():
    z = np.log([0.4, 0.3, 0.2, 0.1])
    got = drawn_shares(z, top_k=3)
    np.testing.assert_allclose(got, [4 / 9, 3 / 9, 2 / 9, 0], atol=0.015)
    got = drawn_shares(z, top_k=2, top_p=0.56)  # of the two that are left the first has 4 / 7 = 0.57
    np.testing.assert_array_equal(got, [1, 0, 0, 0])
    got = drawn_shares(z, temperature=0.5, top_p=0.5)  # squared, the first has 16 / 30
    np.testing.assert_array_equal(got, [1, 0, 0, 0])
    np.testing.assert_allclose(drawn_shares(z, top_p=0.5), [4 / 7, 3 / 7, 0, 0], atol=0.015)


def test_temperature_zero_takes_the_most_likely_token_and_draws_as_many_numbers(rng):
    z = np.random.default_rng(1).normal(size=(2, 5, 7))
    other = np.random.default_rng(0)
    np.testing.assert_array_equal(sample(z, rng=rng, temperature=0), z.argmax(axis=-1))
    sample(z, rng=other, top_k=3)
    assert rng.random() == other.random()


def test_each_row_gets_its_own_number(rng):
    ids = sample(np.zeros((1000, 2)), rng=rng)
    assert 400 < ids.sum() < 600


def test_one_row_alone_gives_one_token(rng):
    ids = sample(np.array([0.0, 50.0, 0.0]), rng=rng)
    assert ids.shape == ()
    assert ids == 1


class Places:
    """Stands for a generator that draws what it is told."""

    def __init__(self, place):
        self.place = place

    def random(self, shape):
        return np.full(shape, self.place)


@pytest.mark.parametrize(("place", "expected"), [(0.0, 1), (0.49, 1), (0.5, 3), (1 - 2**-53, 3)])
def test_a_token_that_was_left_out_is_never_drawn_not_even_at_the_ends(place, expected, monkeypatch):
    monkeypatch.setattr("course_lib.models.sampling.expect_generator", lambda rng, where: None)
    z = np.array([0.0, 9.0, 0.0, 9.0, 0.0])
    assert sample(z, rng=Places(place), top_k=2) == expected


def test_equal_generators_draw_equal_tokens():
    z = np.random.default_rng(1).normal(size=(50, 9))
    first, second = (sample(z, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_what_cannot_be_drawn_from_is_refused(rng):
    with pytest.raises(TypeError, match="sample: rng must be a NumPy Generator"):
        sample(np.zeros(3), rng=0)
    with pytest.raises(
        ValueError, match=r"sample: z must be finite.*index \(1,\)\. Did the training diverge"
    ):
        sample(np.array([0.0, np.nan]), rng=rng)
    with pytest.raises(ValueError, match=r"sample: z must have shape \(\.\.\., V\)"):
        sample(np.array(1.0), rng=rng)


def test_logits_that_are_whole_numbers_can_be_left_out_too():
    np.testing.assert_array_equal(keep_top_k(np.array([0, 1, 3]), 2), [-INF, 1, 3])
    np.testing.assert_array_equal(keep_top_p(np.array([0, 1, 9]), 0.5), [-INF, -INF, 9])


@pytest.mark.parametrize("keep", [keep_top_k, keep_top_p])
def test_logits_that_are_no_array_are_refused(keep):
    with pytest.raises(TypeError, match=rf"{keep.__name__}: z must be a NumPy array\. It is a list"):
        keep([0.0, 1.0], 1)
    with pytest.raises(ValueError, match=rf"{keep.__name__}: z must have shape \(\.\.\., V\)"):
        keep(np.array(1.0), 1)
