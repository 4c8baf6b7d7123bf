import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.layers.activation import ReLU
from course_lib.layers.attention import MultiHeadAttention
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.layers.norm import BatchNorm1d, LayerNorm
from course_lib.layers.recurrent import GRU
from course_lib.torch_compare import copy_from_torch, copy_to_torch, gradients_from_torch
from tests.torch_compare.small_models import Model, twin

torch = pytest.importorskip("torch")
nn = torch.nn
RNG = np.random.default_rng(0)


def refusal(layer, module) -> str:
    """Return what both directions answer: the same sentence, and nothing is changed."""
    before, there = layer.state(), {name: t.clone() for name, t in module.state_dict().items()}
    with pytest.raises(ValueError, match=r"^copy_to_torch: ") as to_torch:
        copy_to_torch(layer, module)
    with pytest.raises(ValueError, match=r"^copy_from_torch: ") as from_torch:
        copy_from_torch(module, layer)
    with pytest.raises(ValueError, match=r"^gradients_from_torch: "):
        gradients_from_torch(module, layer)
    assert all(np.array_equal(layer.state()[name], before[name]) for name in before)
    assert all(torch.equal(module.state_dict()[name], there[name]) for name in there)
    said = str(to_torch.value).removeprefix("copy_to_torch: ")
    assert str(from_torch.value) == f"copy_from_torch: {said}"
    return said


def test_every_difference_of_shape_is_named_in_one_sentence():
    assert refusal(Model(), twin(nn, n_hidden=5)) == (
        "Model here and Sequential of PyTorch are not built alike. "
        "layers.0.W has shape (3, 4), 1.0.weight.T has shape (3, 5); "
        "layers.0.b has shape (4,), 1.0.bias has shape (5,); "
        "layers.1.gamma has shape (4,), 1.1.weight has shape (5,); "
        "layers.1.beta has shape (4,), 1.1.bias has shape (5,); "
        "layers.1.running_mean has shape (4,), 1.1.running_mean has shape (5,); "
        "layers.1.running_variance has shape (4,), 1.1.running_var has shape (5,); "
        "head.W has shape (4, 2), 2.weight.T has shape (5, 2)."
    )


def linear():
    return Linear(3, 4, rng=RNG)


class WithTemperature(Module):
    def __init__(self):
        self.linear = linear()
        self.temperature = Tensor([1.0])


class ThereWithTemperature(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 4)
        self.temperature = nn.Parameter(torch.ones(1))


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (linear, lambda: nn.Linear(3, 4, bias=False), "b has no twin there."),
        (
            linear,
            lambda: nn.Linear(3, 4).double(),
            "W is of float32, weight.T is of float64; b is of float32, bias is of float64.",
        ),
        (linear, lambda: nn.Conv2d(3, 4, 1), "Linear here meets Conv2d there."),
        (linear, lambda: nn.ReLU(), "Linear here meets nothing there."),
        (ReLU, lambda: nn.Linear(3, 4), "nothing here meets Linear there."),
        (
            lambda: Model(),
            lambda: nn.Sequential(nn.Linear(3, 4), nn.Embedding(7, 3)),
            "embedding (Embedding) here meets 0 (Linear) there; layers.0 (Linear) here meets 1 (Embedding) "
            "there; layers.1 (BatchNorm1d) here meets nothing there; head (Linear) here meets nothing there.",
        ),
        (
            lambda: BatchNorm1d(2),
            lambda: nn.BatchNorm1d(2, affine=False),
            "gamma has no twin there; beta has",
        ),
        (
            lambda: BatchNorm1d(2),
            lambda: nn.BatchNorm1d(2, track_running_stats=False),
            "running_mean has no twin there; running_variance has no twin there.",
        ),
        (lambda: LayerNorm(2), lambda: nn.LayerNorm(2, bias=False), "beta has no twin there."),
        (
            lambda: MultiHeadAttention(4, 2, rng=RNG),
            lambda: nn.MultiheadAttention(4, 2, add_bias_kv=True),
            "bias_k has no twin here; bias_v has no twin here.",
        ),
        (lambda: GRU(2, 2, rng=RNG), lambda: nn.GRU(2, 2, bidirectional=True), "weight_ih_l0_reverse has no"),
        (
            lambda: GRU(2, 2, rng=RNG, is_bidirectional=True),
            lambda: nn.GRU(2, 2, num_layers=2),
            "cells.1.W_x has no twin there; cells.1.W_h has no twin there; cells.1.b_x has no twin there",
        ),
        (
            WithTemperature,
            ThereWithTemperature,
            "temperature has no twin there; temperature has no twin here",
        ),
    ],
)
def test_two_that_are_not_built_alike_are_refused(ours, theirs, said):
    assert said in refusal(ours(), theirs())
