"""The fused recurrent operations equal their steps in plain operations, and PyTorch."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, no_grad, ops
from course_lib.autograd.fused.gru import gru
from course_lib.autograd.fused.lstm import lstm
from course_lib.autograd.fused.rnn import rnn
from course_lib.layers.steps import gru_step, lstm_step, rnn_step
from tests.autograd import proof
from tests.autograd.op_samples import Sample


def plain_rnn(x, first, *weights, step=rnn_step):
    h, states = first, []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, *weights)
        states.append(h)
    return ops.stack(states, axis=1)


def plain_gru(*inputs):
    return plain_rnn(*inputs, step=gru_step)


def plain_lstm(x, first, *weights):
    (h, c), shown, remembered = first, [], []
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, *weights)
        shown.append(h)
        remembered.append(c)
    return ops.stack([ops.stack(shown, axis=1), ops.stack(remembered, axis=1)])


@dataclass(frozen=True)
class Kind:
    fused: object
    plain: object
    n_gates: int

    def shapes(self, B, T, n_in, H):
        """Return the shapes of x, the first state, W_x, W_h, b_x and b_h."""
        width = self.n_gates * H
        first = (2, B, H) if self.fused is lstm else (B, H)
        return [(B, T, n_in), first, (n_in, width), (H, width), (width,), (width,)]

    def inputs(self, *sizes, seed=0):
        rng = np.random.default_rng(seed)
        return [rng.normal(size=shape) for shape in self.shapes(*sizes)]

    def sample(self, *sizes):
        return Sample(self.shapes(*sizes), self.fused, None)


KINDS = {"rnn": Kind(rnn, plain_rnn, 1), "lstm": Kind(lstm, plain_lstm, 4), "gru": Kind(gru, plain_gru, 3)}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
SIZES = [(3, 4, 2, 5), (1, 1, 1, 1), (2, 1, 3, 2), (1, 3, 1, 2), (2, 3, 2, 1)]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@each_kind
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@given(sizes=st.tuples(*[st.integers(1, 5)] * 4), seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_value_and_gradients_are_those_of_the_plain_steps(kind, dtype, tolerance, sizes, seed):
    inputs = [x.astype(dtype).astype(float) for x in kind.inputs(*sizes, seed=seed)]
    g = np.random.default_rng(seed + 1).normal(size=kind.plain(*map(Tensor, inputs)).shape)
    g = g.astype(dtype).astype(float)
    expected = proof.value_and_gradients(kind.plain, inputs, g)
    y, gradients = proof.value_and_gradients(kind.fused, [x.astype(dtype) for x in inputs], g.astype(dtype))
    assert y.dtype == dtype
    proof.close(y, expected[0], tolerance)
    # 1 - h² next to h = 1 loses relative digits in float32, in either form: errors are measured beside g.
    largest = max(np.abs(right).max() for right in [g, *expected[1]])
    for got, right in zip(gradients, expected[1], strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, right, rtol=tolerance, atol=tolerance * largest)


@each_kind
@pytest.mark.parametrize("H", [64, 128])
def test_weights_taken_in_parts_give_the_same(kind, H):
    inputs = kind.inputs(2, 3, 3, H)
    inputs = [inputs[0], inputs[1], *[x / np.sqrt(H) for x in inputs[2:]]]
    g = np.random.default_rng(1).normal(size=kind.fused(*map(Tensor, inputs)).shape)
    expected = proof.value_and_gradients(kind.plain, inputs, g)
    y, gradients = proof.value_and_gradients(kind.fused, inputs, g)
    for got, right in zip([y, *gradients], [expected[0], *expected[1]], strict=True):
        proof.close(got, right, 1e-10)


@each_kind
@pytest.mark.parametrize("sizes", SIZES)
def test_the_operation_keeps_what_every_operation_promises(kind, sizes):
    sample = kind.sample(*sizes)
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


@each_kind
@pytest.mark.parametrize("sizes", [(0, 3, 2, 4), (2, 0, 3, 4), (2, 3, 0, 4)])
def test_what_is_empty_gives_gradients_of_every_shape(kind, sizes):
    sample = kind.sample(*sizes)
    y, gradients = proof.value_and_gradients(kind.fused, sample.inputs(), proof.upstream(sample))
    assert y.shape[-3:] == (*sizes[:2], sizes[3])
    for got, shape in zip(gradients, sample.shapes, strict=True):
        assert got.shape == shape
    if 0 in sizes[:2]:
        assert all(not got.any() for got in gradients)


def by_torch(torch, kind, x, first, W_x, W_h, b_x, b_h):
    """Call the function under PyTorch's module of this kind."""
    weights = [W_x.T, W_h.T, b_x, b_h]
    settings = (True, 1, 0.0, True, False, True)  # biases, layers, dropout, training, directions, batch first
    if kind.fused is lstm:
        h, _, c_last = torch.lstm(x, [first[0][None], first[1][None]], weights, *settings)
        return h, c_last[0]
    function = {rnn: torch.rnn_tanh, gru: torch.gru}[kind.fused]
    return function(x, first[None], weights, *settings)[0], None


@each_kind
def test_value_and_gradients_are_those_of_pytorch(kind, torch):
    inputs = kind.inputs(3, 6, 2, 4)
    theirs = [torch.tensor(x, requires_grad=True) for x in inputs]
    h, c_last = by_torch(torch, kind, *theirs)
    leaves = [Tensor(x) for x in inputs]
    y = kind.fused(*leaves)
    g = np.zeros(y.shape)
    rng = np.random.default_rng(1)
    g.reshape(-1, 3, 6, 4)[0] = rng.normal(size=(3, 6, 4))
    gradients = [torch.tensor(g.reshape(-1, 3, 6, 4)[0])]
    proof.close(y.data.reshape(-1, 3, 6, 4)[0], h.detach().numpy(), 1e-9)
    if c_last is not None:
        g[1, :, -1] = rng.normal(size=(3, 4))
        gradients.append(torch.tensor(g[1, :, -1]))
        proof.close(y.data[1, :, -1], c_last.detach().numpy(), 1e-9)
    torch.autograd.backward([h] if c_last is None else [h, c_last], gradients)
    y.backward(g)
    for leaf, their in zip(leaves, theirs, strict=True):
        proof.close(leaf.grad, their.grad.numpy(), 1e-9)


@each_kind
def test_one_leaf_may_stand_for_several_inputs(kind):
    """Both biases are one leaf, as are both matrices."""
    x, first, W, _, b, _ = kind.inputs(2, 3, 4, 4)
    one = replace(kind.sample(2, 3, 4, 4), ours=lambda x, first, W, b: kind.fused(x, first, W, W, b, b))
    g = proof.upstream(kind.sample(2, 3, 4, 4))
    got = proof.value_and_gradients(one.ours, [x, first, W, b], g)[1]
    right = proof.value_and_gradients(kind.fused, [x, first, W, W, b, b], g)[1]
    for gradient, expected in zip(
        got, [right[0], right[1], right[2] + right[3], right[4] + right[5]], strict=True
    ):
        proof.close(gradient, expected, 1e-12)


@each_kind
def test_an_input_without_a_gradient_costs_no_product(kind):
    x, *others = kind.inputs(2, 3, 4, 2)
    y = kind.fused(x, *map(Tensor, others))
    assert y.vjp(np.ones(y.shape))[0] is None


@each_kind
def test_nothing_is_recorded_without_gradients(kind):
    with no_grad():
        assert not kind.fused(*map(Tensor, kind.inputs(2, 3, 4, 2))).needs_grad


@each_kind
@pytest.mark.parametrize("place", [0, 1, 3])
def test_one_wider_input_makes_the_result_as_wide(kind, place):
    inputs = [x.astype(np.float32) for x in kind.inputs(2, 3, 3, 4)]
    inputs[place] = inputs[place].astype(np.float64)
    y, expected = kind.fused(*inputs), kind.plain(*map(Tensor, inputs))
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.data, expected.data, atol=1e-6)


@each_kind
def test_large_numbers_do_not_overflow(kind):
    inputs = [1e4 * x for x in kind.inputs(2, 3, 2, 2)]
    y, gradients = proof.value_and_gradients(
        kind.fused, inputs, np.ones(proof.upstream(kind.sample(2, 3, 2, 2)).shape)
    )
    assert all(np.isfinite(array).all() for array in [y, *gradients])


FITTING = {"x": (3, 4, 2), "first": (3, 5), "W_x": (2, 5), "W_h": (5, 5), "b_x": (5,), "b_h": (5,)}


@each_kind
@pytest.mark.parametrize(
    ("name", "shape", "says"),
    [
        ("x", lambda G, S: (3, 2), r"x must have shape \(B, T, n_in=2\)\. .* The batch comes first\."),
        ("x", lambda G, S: (3, 4, 3), r"x must have shape \(B, T, n_in=2\)"),
        ("first", lambda G, S: (*S, 4, 5), r"first must have shape \((2, )?B=3, H=5\)"),
        ("first", lambda G, S: (*S, 3, 4), r"first must have shape \((2, )?B=3, H=5\)"),
        ("first", lambda G, S: (3, 3, 5), r"first must have shape"),
        ("W_x", lambda G, S: (2, 5 * G + 1), r"W_x must have shape \(n_in, WIDTH\)"),
        ("W_h", lambda G, S: (5, 5 * G + 1), r"W_h must have shape \(H=5, WIDTH\)"),
        ("W_h", lambda G, S: (), r"W_h must have shape \(H, \d?H\)"),
        ("b_x", lambda G, S: (5 * G + 1,), r"b_x must have shape \(WIDTH,\)"),
        ("b_h", lambda G, S: (5 * G, 1), r"b_h must have shape \(WIDTH,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(kind, name, shape, says):
    fitting = dict(zip(FITTING, kind.shapes(3, 4, 2, 5), strict=True))
    pair = (2,) if kind.fused is lstm else ()
    wrong = fitting | {name: shape(kind.n_gates, pair)}
    width = {1: "H=5", 3: "3H=15", 4: "4H=20"}[kind.n_gates]
    with pytest.raises(ValueError, match=f"^{kind.fused.__name__}: {says.replace('WIDTH', width)}"):
        kind.fused(*[np.ones(size) for size in wrong.values()])


def test_a_memory_behind_closed_valves_keeps_its_number_and_its_gradient():
    weights = np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4), np.array([-1e3, 1e3, 0.0, 1e3])
    first = Tensor([[[0.0]], [[0.25]]])
    states = lstm(np.ones((1, 50, 1)), first, *weights)
    assert np.array_equal(states.data[1], np.full((1, 50, 1), 0.25))
    g = np.zeros(states.shape)
    g[1, :, -1] = 1.0
    states.backward(g)
    assert np.array_equal(first.grad, [[[0.0]], [[1.0]]])


def test_a_sequence_in_two_halves_gives_the_same_states():
    for kind in KINDS.values():
        x, first, *weights = kind.inputs(2, 6, 3, 4)
        whole = kind.fused(x, first, *weights).data
        half = kind.fused(x[:, :2], first, *weights).data
        rest = kind.fused(x[:, 2:], half[..., -1, :], *weights).data
        np.testing.assert_allclose(np.concatenate([half, rest], axis=-2), whole, rtol=1e-12)
