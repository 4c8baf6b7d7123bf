"""What the contract test feeds to multi-head attention."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.attention import MultiHeadAttention, causal_mask, padding_mask
from course_lib.layers.positions import rotate
from tests.layers.layer_samples import LayerSample, Refused

PARAMETERS = {"W_qkv": (6, 18), "b_qkv": (18,), "W_o": (6, 6), "b_o": (6,)}
REAL = padding_mask(np.array([3, 1]), 4)  # (2, 1, 4)


def builds(nh=2, C=6, **settings):
    return lambda rng: MultiHeadAttention(C, nh, rng=rng, **settings)


def theirs(nh=2, C=6):
    return lambda torch: torch.nn.MultiheadAttention(C, nh, batch_first=True)


def to_itself(torch, module, x):
    return module(x, x, x, need_weights=False)[0]


def causally_to_itself(torch, module, x):
    hidden = ~torch.tensor(causal_mask(x.shape[1]))  # PyTorch says True where nothing may be looked at
    return module(x, x, x, need_weights=False, attn_mask=hidden)[0]


def to_what_is_real(torch, module, x, context):
    return module(x, context, context, need_weights=False, key_padding_mask=~torch.tensor(REAL[:, 0]))[0]


def to_a_context(torch, module, x, context):
    return module(x, context, context, need_weights=False)[0]


SAMPLES = {
    "MultiHeadAttention": [
        LayerSample(builds(), [(2, 5, 6)], theirs(), call_theirs=to_itself, parameters=PARAMETERS),
        LayerSample(builds(1), [(0, 4, 6)], theirs(1), call_theirs=to_itself),
        LayerSample(builds(1, 1), [(1, 1, 1)], theirs(1, 1), call_theirs=to_itself),
        LayerSample(builds(3, is_causal=True), [(2, 4, 6)], theirs(3), call_theirs=causally_to_itself),
        LayerSample(builds(), [(2, 3, 6), (2, 4, 6)], theirs(), call_theirs=to_a_context),
        LayerSample(
            builds(),
            [(2, 3, 6), (2, 4, 6)],
            theirs(),
            call=lambda layer, x, context: layer(x, context, REAL),
            call_theirs=to_what_is_real,
        ),
        LayerSample(builds(3, is_causal=True, rotary=rotate), [(2, 4, 6)], None),
    ]
}
RNG = np.random.default_rng(0)


def refused(*shapes, mask=None, says):
    layer = MultiHeadAttention(6, 2, rng=RNG)
    x, context = (Tensor(np.ones(shape)) if shape else None for shape in (*shapes, None)[:2])
    return Refused(lambda: layer(x, context, mask), says)


REFUSED = {
    "MultiHeadAttention": [
        Refused(lambda: MultiHeadAttention(6, 4, rng=RNG), r"evenly\. C is 6 and nh is 4"),
        Refused(lambda: MultiHeadAttention(6, 0, rng=RNG), r"evenly\. C is 6 and nh is 0"),
        Refused(lambda: MultiHeadAttention(6, 2, rng=7), r"rng must be a NumPy Generator"),
        refused((2, 5, 4), says=r"MultiHeadAttention: x must have shape \(B, T, C=6\)"),
        refused((5, 6), says=r"MultiHeadAttention: x must have shape \(B, T, C=6\)"),
        refused((2, 5, 6), (3, 5, 6), says=r"context must have shape \(B=2, S, C=6\)"),
        refused((2, 5, 6), (2, 5, 4), says=r"context must have shape \(B=2, S, C=6\)"),
        refused((2, 5, 6), mask=np.ones(5, bool), says=r"mask must have shape \(\.\.\., T, S\)"),
        refused((2, 5, 6), mask=np.ones((2, 4, 5), bool), says=r"mask must broadcast to \(2, 2, 5, 5\)"),
        refused((2, 5, 6), mask=np.ones((5, 5)), says=r"mask must hold truth values"),
    ]
}
