import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.optim import SGD, Adagrad, Adam, AdamW, RMSProp
from course_lib.optim.vector import PIECE, Vector, vectors_of

LARGE = PIECE + 5  # longer than one piece, and no multiple of it

KINDS = [
    lambda p: SGD(p, 0.1),
    lambda p: SGD(p, 0.1, momentum=0.9, is_nesterov=True, weight_decay=0.01),
    lambda p: RMSProp(p, 0.1, weight_decay=0.01),
    lambda p: Adagrad(p, 0.1),
    lambda p: Adam(p, 0.1, weight_decay=0.01),
    lambda p: AdamW(p, 0.1),
]


def leaves(*shapes, dtype=np.float64):
    rng = np.random.default_rng(0)
    return [Tensor(rng.normal(size=shape).astype(dtype)) for shape in shapes]


def give_gradients(parameters, rng, resting=()):
    for place, parameter in enumerate(parameters):
        g = rng.normal(size=parameter.shape).astype(parameter.dtype)
        parameter.grad = None if place in resting else g


@pytest.mark.parametrize("make", KINDS)
def test_parameters_in_one_vector_go_where_they_go_alone(make):
    shapes = [(3, 2), (LARGE,), (4,), (), (2 * PIECE,)]
    together, alone = leaves(*shapes), leaves(*shapes)
    optimiser, optimisers = make(together), [make([parameter]) for parameter in alone]
    for seed in range(3):
        give_gradients(together, np.random.default_rng(seed))
        give_gradients(alone, np.random.default_rng(seed))
        for each in [optimiser, *optimisers]:
            each.step()
    for got, expected in zip(together, alone, strict=True):
        np.testing.assert_array_equal(got.data, expected.data)


@pytest.mark.parametrize("make", KINDS)
def test_a_large_parameter_goes_the_same_way_as_its_pieces(make):
    rng = np.random.default_rng(1)
    (whole,), pieces = (
        leaves((LARGE,)),
        [Tensor(part) for part in np.split(leaves((LARGE,))[0].data, [7, PIECE])],
    )
    optimiser, of_pieces = make([whole]), make(pieces)
    for _ in range(2):
        g = rng.normal(size=LARGE)
        whole.grad = g
        for piece, part in zip(pieces, np.split(g, [7, PIECE]), strict=True):
            piece.grad = part
        optimiser.step()
        of_pieces.step()
    np.testing.assert_array_equal(whole.data, np.concatenate([piece.data for piece in pieces]))


@pytest.mark.parametrize("n", [3, PIECE, LARGE, 2 * PIECE])
def test_every_number_moves_however_long_the_vector_is(n):
    (w,) = leaves((n,))
    before = w.data.copy()
    w.grad = np.arange(n, dtype=float)
    SGD([w], 0.5).step()
    np.testing.assert_array_equal(w.data, before - 0.5 * np.arange(n))


def test_a_new_vector_has_taken_no_step():
    assert Vector({0: leaves((3,))[0]}, lambda w: {}).n_steps == 0


@pytest.mark.parametrize("make", KINDS)
def test_a_parameter_that_rests_for_a_step_keeps_its_own_count_and_memory(make):
    plan = [(), (1,), (1, 2), (), (0, 1, 2), (0,)]  # which parameters have no gradient at each step
    together, alone = leaves((3,), (2, 2), (4,)), leaves((3,), (2, 2), (4,))
    optimiser, optimisers = make(together), [make([parameter]) for parameter in alone]
    for seed, resting in enumerate(plan):
        give_gradients(together, np.random.default_rng(seed), resting)
        give_gradients(alone, np.random.default_rng(seed), resting)
        for each in [optimiser, *optimisers]:
            each.step()
    for got, expected in zip(together, alone, strict=True):
        np.testing.assert_array_equal(got.data, expected.data)
    counts = [optimiser.state()[f"{optimiser.name}.{place}.t"] for place in range(3)]
    assert counts == [4, 3, 4]


@pytest.mark.parametrize("make", KINDS)
def test_a_state_with_different_counts_is_continued_bit_for_bit(make):
    first, second = leaves((3,), (2, 2)), leaves((3,), (2, 2))
    optimiser = make(first)
    for seed, resting in enumerate([(), (1,)]):
        give_gradients(first, np.random.default_rng(seed), resting)
        optimiser.step()
    for mine, other in zip(second, first, strict=True):
        mine.assign(other.data)
    resumed = make(second)
    resumed.load_state(optimiser.state())
    for each, parameters in [(optimiser, first), (resumed, second)]:
        give_gradients(parameters, np.random.default_rng(9))
        each.step()
    for got, expected in zip(second, first, strict=True):
        np.testing.assert_array_equal(got.data, expected.data)


def test_data_given_by_somebody_else_between_steps_is_where_the_next_step_starts():
    (w, other) = leaves((3,), (2,))
    optimiser = SGD([w, other], 0.5)
    give_gradients([w, other], np.random.default_rng(0))
    optimiser.step()
    w.assign(np.array([1.0, 2.0, 3.0]))
    w.grad = np.array([2.0, 2.0, 2.0])
    expected = other.data - 0.5 * other.grad
    optimiser.step()
    np.testing.assert_array_equal(w.data, [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(other.data, expected)


def test_data_from_before_a_step_stay_what_they_were():
    (w,) = leaves((3,))
    optimiser = SGD([w], 0.5)
    before, numbers = w.data, w.data.copy()
    w.grad = np.ones(3)
    optimiser.step()
    np.testing.assert_array_equal(before, numbers)
    with pytest.raises(ValueError, match="read-only"):
        w.data[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        w.data.base[0] = 1.0


def test_small_parameters_of_a_dtype_share_a_vector_and_a_large_one_has_its_own():
    parameters = [*leaves((3,), (PIECE,), (2,)), *leaves((4,), dtype=np.float32)]
    vectors = vectors_of(parameters, lambda w: {}, [0, 0, 0, 0])
    assert [list(vector.parameters) for vector in vectors] == [[0, 2], [1], [3]]
    vectors = vectors_of(parameters, lambda w: {}, [0, 0, 1, 0])
    assert [list(vector.parameters) for vector in vectors] == [[0], [1], [2], [3]]


def test_a_gradient_whose_square_overflows_is_still_a_gradient():
    w = Tensor(np.zeros(2, np.float32))
    w.grad = np.array([1e30, 1.0], np.float32)
    SGD([w], 1e-30).step()
    np.testing.assert_allclose(w.data, [-1.0, -1e-30])
