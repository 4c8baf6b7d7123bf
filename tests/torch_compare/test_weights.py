import numpy as np
import pytest

from course_lib.autograd import ops
from course_lib.layers.activation import ReLU
from course_lib.layers.embedding import Embedding
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.layers.norm import LayerNorm
from course_lib.layers.positions import LearnedPositions
from course_lib.layers.recurrent import LSTM
from course_lib.layers.transformer import DecoderBlock, EncoderBlock
from course_lib.torch_compare import copy_from_torch, copy_to_torch, gradients_from_torch
from tests.torch_compare.small_models import Model, twin

torch = pytest.importorskip("torch")
nn = torch.nn


IDS = np.array([0, 3, 6, 3, 1])


def shaken(model, seed=0):
    """Give every parameter and running statistic a number of its own."""
    rng = np.random.default_rng(seed)
    model.load_state(
        {
            name: rng.uniform(0.5, 1.5, array.shape).astype(array.dtype)
            for name, array in model.state().items()
        }
    )
    return model


def same(one: Module, other: Module) -> bool:
    states = one.state(), other.state()
    return all(np.array_equal(states[0][name], states[1][name]) for name in states[0])


def test_a_whole_model_answers_in_pytorch_as_it_does_here():
    model, module = shaken(Model()), twin(nn)
    copy_to_torch(model, module)
    model.evaluate()
    module.eval()
    np.testing.assert_allclose(model(IDS).data, module(torch.tensor(IDS)).detach().numpy(), rtol=1e-5)


def test_a_whole_model_comes_back_bit_by_bit():
    model, other, module = shaken(Model()), shaken(Model(), 1), twin(nn)
    copy_to_torch(model, module)
    assert not same(other, model)
    copy_from_torch(module, other)
    assert same(other, model)
    with torch.no_grad():
        module[0].weight.zero_()
    assert same(other, model), "what was copied is shared with PyTorch"
    other.head.W.assign(0 * other.head.W.data)
    assert module[2].weight.any()


def test_gradients_come_under_our_names_and_in_our_shapes():
    model, module = shaken(Model()), twin(nn).double()
    model.cast(np.float64)
    copy_to_torch(model, module)
    model.layers.pop()  # what dropout drops is not the same in both
    assert set(gradients_from_torch(module, model).values()) == {None}
    (model(IDS) * model(IDS)).sum().backward()
    (module(torch.tensor(IDS)) ** 2).sum().backward()
    found = gradients_from_torch(module, model)
    assert found.keys() == model.named_parameters().keys()
    for name, parameter in model.named_parameters().items():
        np.testing.assert_allclose(found[name], parameter.grad, rtol=1e-8, atol=1e-10, err_msg=name)


RNG = np.random.default_rng(0)
BUILDS = {
    "encoder": (
        lambda: EncoderBlock(4, 2, rng=RNG, C_hidden=6),
        lambda: nn.TransformerEncoderLayer(4, 2, 6, batch_first=True),
    ),
    "decoder": (
        lambda: DecoderBlock(4, 2, rng=RNG, C_hidden=6, is_cross=True),
        lambda: nn.TransformerDecoderLayer(4, 2, 6, batch_first=True),
    ),
    "decoder that looks at nothing else": (
        lambda: DecoderBlock(4, 2, rng=RNG, C_hidden=6),
        lambda: nn.TransformerEncoderLayer(4, 2, 6, batch_first=True),
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), BUILDS.values(), ids=BUILDS)
def test_the_parts_of_a_block_are_matched_by_what_they_do(ours, theirs):
    block, module = shaken(ours()), theirs()
    copy_to_torch(block, module)
    their_norms = [part for part in module.modules() if isinstance(part, nn.LayerNorm)]
    our_norms = [part for part in block.named_modules().values() if isinstance(part, LayerNorm)]
    for norm, norm_there in zip(our_norms, their_norms, strict=True):
        assert np.array_equal(norm.gamma.data, norm_there.weight.detach().numpy())
    assert np.array_equal(block.feed_forward.first.W.data.T, module.linear1.weight.detach().numpy())
    assert np.array_equal(block.attention.W_qkv.data.T, module.self_attn.in_proj_weight.detach().numpy())
    assert np.array_equal(block.attention.W_o.data.T, module.self_attn.out_proj.weight.detach().numpy())
    other = shaken(ours(), 1)
    copy_from_torch(module, other)
    assert same(other, block)


def test_blocks_inside_a_model_are_matched_too():
    class Tower(Module):
        def __init__(self):
            self.blocks = [EncoderBlock(4, 2, rng=RNG, C_hidden=6) for _ in range(2)]
            self.norm = LayerNorm(4)

    tower, other = shaken(Tower()), shaken(Tower(), 1)
    layer = nn.TransformerEncoderLayer(4, 2, 6, batch_first=True)
    module = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(4), enable_nested_tensor=False)
    copy_to_torch(tower, module)
    assert np.array_equal(tower.blocks[1].norm_1.beta.data, module.layers[1].norm1.bias.detach().numpy())
    copy_from_torch(module, other)
    assert same(other, tower)


@pytest.mark.parametrize(("n_layers", "is_bidirectional"), [(1, False), (2, False), (1, True), (2, True)])
def test_the_cells_of_a_recurrent_layer_find_their_place(n_layers, is_bidirectional):
    layer = shaken(LSTM(4, 2, rng=RNG, n_layers=n_layers, is_bidirectional=is_bidirectional))
    module = nn.LSTM(4, 2, n_layers, bidirectional=is_bidirectional)
    copy_to_torch(layer, module)
    ends = ["l0", "l0_reverse", "l1", "l1_reverse"] if is_bidirectional else ["l0", "l1"]
    for cell, end in zip(layer.cells, ends, strict=False):
        for name, there in [
            ("W_x", "weight_ih"),
            ("W_h", "weight_hh"),
            ("b_x", "bias_ih"),
            ("b_h", "bias_hh"),
        ]:
            assert np.array_equal(
                getattr(cell, name).data.T, getattr(module, f"{there}_{end}").detach().numpy()
            )


def test_a_layer_of_our_own_kind_is_matched_as_what_it_was_made_from():
    class Loud(Linear):
        pass

    layer, module = shaken(Loud(3, 2, rng=RNG)), nn.Linear(3, 2)
    copy_to_torch(layer, module)
    assert np.array_equal(module.weight.detach().numpy().T, layer.W.data)


def test_learned_positions_are_an_embedding_there():
    layer, module = shaken(LearnedPositions(5, 3, rng=RNG)), nn.Embedding(5, 3)
    copy_to_torch(layer, module)
    assert np.array_equal(module.weight.detach().numpy(), layer.W.data)


class Tied(Module):
    """The head of a language model that uses the rows of the embedding once more."""

    def __init__(self):
        self.embedding = Embedding(7, 3, rng=RNG)

    def forward(self, ids):
        return self.embedding(ids) @ ops.transpose(self.embedding.W)


def test_weights_that_two_parts_share_are_copied_once():
    module = nn.Sequential(nn.Embedding(7, 3), nn.Linear(3, 7, bias=False))
    model = shaken(Tied())
    with pytest.raises(ValueError, match=r"nothing here meets 1 \(Linear\) there"):
        copy_to_torch(model, module)
    module[1].weight = module[0].weight
    copy_to_torch(model, module)
    y_theirs = module(torch.tensor(IDS)).detach().numpy()
    np.testing.assert_allclose(model(IDS).data, y_theirs, rtol=1e-5)


def test_a_shared_layer_here_is_a_shared_layer_there():
    first = shaken(Linear(3, 3, rng=RNG))
    model, module = Module(), nn.Linear(3, 3)
    model.layers = [first, ReLU(), first]
    twice = nn.Sequential(module, nn.ReLU(), module)
    copy_to_torch(model, twice)
    assert np.array_equal(module.weight.detach().numpy(), first.W.data.T)


class WithCount(Module):
    buffers = ("count",)

    def __init__(self):
        self.linear = Linear(3, 4, rng=RNG)
        self.count = np.array([7.0])


def test_a_buffer_that_pytorch_does_not_have_stays_as_it_was():
    model, module = WithCount(), nn.Linear(3, 4)
    copy_from_torch(module, model)
    assert np.array_equal(model.linear.W.data.T, module.weight.detach().numpy())
    assert model.count == 7
