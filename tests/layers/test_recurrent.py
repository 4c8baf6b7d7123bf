import numpy as np
import pytest

from course_lib.autograd import Tensor, no_grad
from course_lib.layers.recurrent import GRU, LSTM, RNN
from course_lib.layers.steps import gru_step, lstm_step, rnn_step
from course_lib.torch_compare.weights import copy_to_torch

each_layer = pytest.mark.parametrize("kind", [RNN, LSTM, GRU])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def weights_of(cell):
    return cell.W_x, cell.W_h, cell.b_x, cell.b_h


@pytest.mark.parametrize(("kind", "step"), [(RNN, rnn_step), (GRU, gru_step)])
def test_a_layer_equals_one_step_after_the_other(kind, step, rng):
    layer = kind(3, 4, rng=rng)
    x, h = Tensor(rng.normal(size=(2, 5, 3)).astype(np.float32)), Tensor(np.zeros((2, 4), np.float32))
    y = layer(x)
    for t in range(5):
        h = step(x[:, t], h, *weights_of(layer.cells[0]))
        np.testing.assert_allclose(y.data[:, t], h.data, atol=1e-6)


def test_an_lstm_equals_one_step_after_the_other(rng):
    layer = LSTM(3, 4, rng=rng)
    x, h = Tensor(rng.normal(size=(2, 5, 3)).astype(np.float32)), Tensor(np.zeros((2, 4), np.float32))
    y, (h_last, c_last) = layer.run(x)
    c = h
    for t in range(5):
        h, c = lstm_step(x[:, t], h, c, *weights_of(layer.cells[0]))
        np.testing.assert_allclose(y.data[:, t], h.data, atol=1e-6)
    np.testing.assert_allclose(h_last.data[0], h.data, atol=1e-6)
    np.testing.assert_allclose(c_last.data[0], c.data, atol=1e-6)


@each_layer
@pytest.mark.parametrize("n_directions", [1, 2])
def test_outputs_and_last_states_of_unequal_lengths_are_those_of_pytorchs_packed_sequences(
    kind, n_directions, torch, rng
):
    layer = kind(3, 4, rng=rng, n_layers=2, is_bidirectional=n_directions == 2)
    layer.cast(np.float64)
    module = getattr(torch.nn, kind.__name__)(3, 4, 2, batch_first=True, bidirectional=n_directions == 2)
    module.double()
    copy_to_torch(layer, module)
    x, lengths = rng.normal(size=(4, 6, 3)), np.array([3, 6, 1, 4])
    y, last = layer.run(x, lengths)
    pack = torch.nn.utils.rnn.pack_padded_sequence
    packed = pack(torch.tensor(x), torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    y_theirs, last_theirs = module(packed)
    y_theirs = torch.nn.utils.rnn.pad_packed_sequence(y_theirs, batch_first=True)[0]
    last_theirs = torch.stack(last_theirs) if kind is LSTM else last_theirs
    np.testing.assert_allclose(y.data, y_theirs.detach().numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(last.data, last_theirs.detach().numpy(), rtol=1e-9, atol=1e-12)


@each_layer
def test_what_follows_the_end_of_a_sequence_is_never_looked_at(kind, rng):
    layer = kind(3, 4, rng=rng, n_layers=2, is_bidirectional=True)
    x, lengths = rng.normal(size=(2, 5, 3)).astype(np.float32), [2, 4]
    spoilt = x.copy()
    spoilt[0, 2:] = spoilt[1, 4:] = np.nan
    results = []
    for data in (x, spoilt):
        leaf = Tensor(data)
        for parameter in layer.parameters():
            parameter.grad = None
        y, last = layer.run(leaf, lengths)
        (y.sum() + (last * last).sum()).backward()
        results.append([y.data, last.data, leaf.grad, *[p.grad for p in layer.parameters()]])
    for got, right in zip(results[1], results[0], strict=True):
        assert np.array_equal(got, right)
    y, _, dx, *_ = results[1]
    assert not y[0, 2:].any()
    assert not dx[0, 2:].any()
    assert y[0, :2].all()
    assert dx[1, :4].all()


@each_layer
def test_a_short_sequence_gives_what_it_gives_alone(kind, rng):
    layer = kind(3, 4, rng=rng, is_bidirectional=True)
    x = rng.normal(size=(3, 6, 3)).astype(np.float32)
    lengths = [4, 6, 1]
    y, last = layer.run(x, lengths)
    for place, n in enumerate(lengths):
        alone, alone_last = layer.run(x[place : place + 1, :n])
        np.testing.assert_allclose(y.data[place, :n], alone.data[0], atol=1e-6)
        np.testing.assert_allclose(last.data[..., place, :], alone_last.data[..., 0, :], atol=1e-6)


@each_layer
def test_full_lengths_change_nothing(kind, rng):
    layer = kind(3, 4, rng=rng, is_bidirectional=True)
    x = rng.normal(size=(2, 5, 3)).astype(np.float32)
    assert np.array_equal(layer(x, Tensor(np.array([5, 5]))).data, layer(x).data)


@each_layer
def test_a_sequence_may_be_read_in_two_halves(kind, rng):
    layer = kind(3, 4, rng=rng, n_layers=2)
    x = rng.normal(size=(2, 6, 3)).astype(np.float32)
    whole, last = layer.run(x)
    first_half, state = layer.run(x[:, :4])
    second_half, last_again = layer.run(x[:, 4:], None, state)
    halves = np.concatenate([first_half.data, second_half.data], axis=1)
    np.testing.assert_allclose(halves, whole.data, atol=1e-6)
    np.testing.assert_allclose(last_again.data, last.data, atol=1e-6)


@each_layer
def test_first_states_may_be_lists_of_numbers(kind, rng):
    layer = kind(3, 4, rng=rng)
    layer.cast(np.float64)
    x, first = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 1, 2, 4) if kind is LSTM else (1, 2, 4))
    from_lists, from_array = (layer.run(x, None, state)[0] for state in (first.tolist(), first))
    assert np.array_equal(from_lists.data, from_array.data)
    assert not np.array_equal(from_array.data, layer(x).data)


@each_layer
def test_the_last_state_is_the_last_output_of_each_direction(kind, rng):
    layer = kind(3, 4, rng=rng, n_layers=2, is_bidirectional=True)
    y, last = layer.run(rng.normal(size=(2, 6, 3)).astype(np.float32))
    h = last.data[0] if kind is LSTM else last.data
    assert h.shape == (4, 2, 4)
    assert np.array_equal(h[2], y.data[:, -1, :4])
    assert np.array_equal(h[3], y.data[:, 0, 4:])


@each_layer
def test_weights_begin_as_in_pytorch(kind):
    H, n_gates = 400, {RNN: 1, LSTM: 4, GRU: 3}[kind]
    (cell,) = kind(20, H, rng=np.random.default_rng(0)).cells
    for parameter in weights_of(cell):
        assert parameter.dtype == np.float32
        assert 0.045 < np.abs(parameter.data).max() <= 0.05
        assert abs(parameter.data.mean()) < 0.005
    assert cell.b_x.shape == (n_gates * H,)
    assert not np.array_equal(cell.b_x.data, cell.b_h.data)


def test_the_forget_bias_is_added_to_the_valve_f_of_every_cell():
    plain, biased = (
        LSTM(2, 3, rng=np.random.default_rng(0), n_layers=2, forget_bias=bias) for bias in (0.0, 1.5)
    )
    for cell, other in zip(plain.cells, biased.cells, strict=True):
        added = other.b_h.data - cell.b_h.data
        np.testing.assert_allclose(added, [0] * 3 + [1.5] * 3 + [0] * 6, atol=1e-6)
        assert added.dtype == np.float32
        assert np.array_equal(other.b_x.data, cell.b_x.data)


def test_a_forget_bias_keeps_the_memory(rng):
    for bias, least, most in [(0.0, 0.0, 0.2), (5.0, 0.9, 1.1)]:
        layer = LSTM(1, 8, rng=rng, forget_bias=bias)
        first = Tensor(np.stack([np.zeros((1, 1, 8)), np.ones((1, 1, 8))]).astype(np.float32))
        with_memory = layer.run(np.zeros((1, 6, 1), np.float32), None, first)[1].data[1]
        without = layer.run(np.zeros((1, 6, 1), np.float32))[1].data[1]
        kept = (with_memory - without).mean()
        assert least <= kept <= most


def test_dropout_lies_between_the_layers_only(rng):
    x = rng.normal(size=(50, 3, 2)).astype(np.float32)
    one, two = (GRU(2, 4, rng=np.random.default_rng(0), n_layers=n, dropout=0.9) for n in (1, 2))
    assert np.array_equal(one(x).data, one(x).data)
    assert not np.array_equal(two(x).data, two(x).data)
    assert two(x).data.all()  # the outputs themselves are never dropped
    two.evaluate()
    assert np.array_equal(two(x).data, two(x).data)


def test_nothing_is_drawn_without_dropout(rng):
    assert GRU(2, 4, rng=rng, n_layers=2).generators() == []
    assert GRU(2, 4, rng=rng, n_layers=2, dropout=0.1).generators() == [rng]


def test_first_states_have_the_dtype_of_the_layer(rng):
    layer = GRU(2, 4, rng=rng)
    with no_grad():
        y, last = layer.run(np.ones((1, 2, 2), np.float32))
    assert y.dtype == last.dtype == np.float32
    assert not y.needs_grad


def test_the_outputs_of_one_direction_are_passed_on_without_a_copy(rng):
    x = rng.normal(size=(2, 5, 3)).astype(np.float32)
    assert GRU(3, 4, rng=rng, n_layers=2)(x).op == "gru"
    assert GRU(3, 4, rng=rng, is_bidirectional=True)(x).op == "concatenate"
