import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.layers.recurrent import GRU, LSTM, RNN
from course_lib.losses import cross_entropy
from course_lib.models.recurrent import RecurrentConfig, RecurrentNetwork
from course_lib.optim.adam import Adam
from course_lib.torch_compare.weights import copy_to_torch, gradients_from_torch

KINDS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_decides_which_layer_reads(kind, rng):
    model = RecurrentNetwork(RecurrentConfig(2, 3, 4, kind=kind, n_layers=2, dropout=0.25), rng=rng)
    assert type(model.layer) is KINDS[kind]
    assert len(model.layer.cells) == 2
    assert model.layer.dropout.p == 0.25


def test_it_reads_forwards_with_one_gru_unless_told_otherwise(rng):
    model = RecurrentNetwork(RecurrentConfig(2, 3, 4), rng=rng)
    assert type(model.layer) is GRU
    assert len(model.layer.cells) == 1
    assert model.layer.dropout is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_bidirectional", [False, True])
def test_the_head_sees_the_last_state_of_each_direction_of_the_last_layer(kind, is_bidirectional, rng):
    config = RecurrentConfig(2, 3, 4, kind=kind, n_layers=2, is_bidirectional=is_bidirectional)
    model = RecurrentNetwork(config, rng=rng)
    x, lengths = rng.normal(size=(3, 5, 2)).astype(np.float32), np.array([5, 2, 3])
    outputs = model.layer(x, lengths).data
    last = np.stack([outputs[place, n - 1, :3] for place, n in enumerate(lengths)])
    seen = np.concatenate([last, outputs[:, 0, 3:]], axis=1)
    expected = seen @ model.head.W.data + model.head.b.data
    np.testing.assert_allclose(model(x, lengths).data, expected, atol=1e-6)
    assert model.head.W.shape == (6 if is_bidirectional else 3, 4)


@pytest.mark.parametrize("lengths", [None, [5, 2, 3]])
def test_with_T_the_head_sees_all_steps(lengths, rng):
    model = RecurrentNetwork(RecurrentConfig(2, 3, 4, T=5, is_bidirectional=True), rng=rng)
    x = rng.normal(size=(3, 5, 2)).astype(np.float32)
    seen = model.layer(x, lengths).data.reshape(3, 30)
    expected = seen @ model.head.W.data + model.head.b.data
    np.testing.assert_allclose(model(x, lengths).data, expected, atol=1e-6)


def test_the_network_of_mnist1d_is_that_of_the_paper_with_pytorchs_gradients(torch, rng):
    model = RecurrentNetwork(RecurrentConfig(1, 6, 10, T=40, is_bidirectional=True), rng=rng)
    assert model.n_parameters() == 2 * (3 * 6 * (1 + 6 + 2)) + 480 * 10 + 10
    model.cast(np.float64)
    theirs = torch.nn.ModuleList([torch.nn.GRU(1, 6, batch_first=True, bidirectional=True)])
    theirs.append(torch.nn.Linear(480, 10))
    theirs.double()
    copy_to_torch(model, theirs)
    x, y = rng.normal(size=(4, 40, 1)), rng.integers(0, 10, 4)
    z_theirs = theirs[1](theirs[0](torch.tensor(x))[0].flatten(1))
    torch.nn.functional.cross_entropy(z_theirs, torch.tensor(y)).backward()
    z = model(Tensor(x, needs_grad=False))
    cross_entropy(z, y).backward()
    np.testing.assert_allclose(z.data, z_theirs.detach().numpy(), rtol=1e-9)
    for name, expected in gradients_from_torch(theirs, model).items():
        np.testing.assert_allclose(model.named_parameters()[name].grad, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_which_number_came_first(kind, rng):
    model = RecurrentNetwork(RecurrentConfig(1, 8, 2, kind=kind), rng=rng)
    x = rng.choice([-1.0, 1.0], (64, 6, 1)).astype(np.float32)
    y = (x[:, 0, 0] > 0).astype(int)
    optimiser = Adam(model.parameters(), 0.02)
    for _ in range(100):
        for parameter in model.parameters():
            parameter.grad = None
        cross_entropy(model(x), y).backward()
        optimiser.step()
    assert (model(x).data.argmax(axis=1) == y).mean() > 0.95


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"kind": "grue"}, r"RecurrentConfig: kind must be one of rnn, lstm, gru\. It is 'grue'"),
        ({"n_in": 0}, r"RecurrentConfig: n_in must be a whole number of at least 1\. It is 0"),
        ({"H": 0}, "RecurrentConfig: H must be"),
        ({"n_out": 0}, "RecurrentConfig: n_out must be"),
        ({"n_layers": 0}, "RecurrentConfig: n_layers must be"),
        ({"T": 0}, "RecurrentConfig: T must be"),
    ],
)
def test_a_configuration_that_cannot_be_right_is_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        RecurrentConfig(**{"n_in": 2, "H": 3, "n_out": 4} | settings)


def test_another_number_of_steps_than_the_head_sees_is_refused(rng):
    model = RecurrentNetwork(RecurrentConfig(2, 3, 4, T=5), rng=rng)
    with pytest.raises(ValueError, match=r"RecurrentNetwork: x must have shape \(B, T=5, n_in=2\)"):
        model(np.ones((3, 4, 2), np.float32))
    with pytest.raises(ValueError, match=r"RecurrentNetwork: x must have shape \(B, T=5, n_in=2\)"):
        model(np.ones((3, 5, 3), np.float32))
