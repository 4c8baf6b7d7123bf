"""What the contract test feeds to the blocks of a Transformer."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.attention import causal_mask, padding_mask
from course_lib.layers.positions import rotate
from course_lib.layers.transformer import DecoderBlock, EncoderBlock, FeedForward
from tests.layers.layer_samples import LayerSample, Refused

C, NH, C_HIDDEN = 4, 2, 6
REAL = padding_mask(np.array([3, 1]), 3)  # (2, 1, 3)


def attention_shapes(name):
    return {f"{name}.W_qkv": (4, 12), f"{name}.b_qkv": (12,), f"{name}.W_o": (4, 4), f"{name}.b_o": (4,)}


def norm_shapes(name):
    return {f"{name}.gamma": (4,), f"{name}.beta": (4,)}


def linear_shapes(name, n_in, n_out):
    return {f"{name}.W": (n_in, n_out), f"{name}.b": (n_out,)}


FEED_FORWARD = linear_shapes("feed_forward.first", 4, 6) | linear_shapes("feed_forward.second", 6, 4)
ENCODER = attention_shapes("attention") | norm_shapes("norm_1") | FEED_FORWARD | norm_shapes("norm_2")
DECODER = ENCODER | attention_shapes("cross_attention") | norm_shapes("norm_cross")


def encoder(**settings):
    return lambda rng: EncoderBlock(C, NH, rng=rng, **({"C_hidden": C_HIDDEN} | settings))


def decoder(**settings):
    return lambda rng: DecoderBlock(C, NH, rng=rng, **({"C_hidden": C_HIDDEN} | settings))


def their_layer(kind, is_pre_norm=True, hidden=C_HIDDEN):
    def build(torch):
        def gelu(x):
            return torch.nn.functional.gelu(x, approximate="tanh")

        build_layer = getattr(torch.nn, kind)
        return build_layer(
            C, NH, hidden, dropout=0.0, activation=gelu, norm_first=is_pre_norm, batch_first=True
        )

    return build


def their_feed_forward(torch):
    return torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.GELU("tanh"), torch.nn.Linear(6, 4))


def looking_back(torch, module, x):
    return module(x, src_mask=~torch.tensor(causal_mask(x.shape[1])))


def masked(torch, module, x):
    return module(x, src_key_padding_mask=~torch.tensor(REAL[:, 0]))


def looking_back_and_across(torch, module, x, context):
    return module(x, context, tgt_mask=~torch.tensor(causal_mask(x.shape[1])))


def masked_across(torch, module, x, context):
    hidden = ~torch.tensor(REAL[:, 0])
    return module(x, context, tgt_mask=~torch.tensor(causal_mask(x.shape[1])), memory_key_padding_mask=hidden)


THEIR_ENCODER = their_layer("TransformerEncoderLayer")
THEIR_DECODER = their_layer("TransformerDecoderLayer")
SAMPLES = {
    "FeedForward": [
        LayerSample(
            lambda rng: FeedForward(4, 6, rng=rng),
            [(2, 3, 4)],
            their_feed_forward,
            parameters=linear_shapes("first", 4, 6) | linear_shapes("second", 6, 4),
        ),
        LayerSample(lambda rng: FeedForward(4, 6, rng=rng), [(0, 4)], their_feed_forward),
        LayerSample(lambda rng: FeedForward(4, 6, rng=rng), [(1, 4)], their_feed_forward),
    ],
    "EncoderBlock": [
        LayerSample(encoder(), [(2, 3, 4)], THEIR_ENCODER, parameters=ENCODER),
        LayerSample(encoder(), [(0, 3, 4)], None),
        LayerSample(encoder(), [(1, 1, 4)], THEIR_ENCODER),
        LayerSample(
            encoder(is_pre_norm=False),
            [(2, 3, 4)],
            their_layer("TransformerEncoderLayer", is_pre_norm=False),
        ),
        LayerSample(
            encoder(C_hidden=None), [(2, 3, 4)], their_layer("TransformerEncoderLayer", hidden=4 * C)
        ),
        LayerSample(
            encoder(), [(2, 3, 4)], THEIR_ENCODER, call=lambda block, x: block(x, REAL), call_theirs=masked
        ),
        LayerSample(encoder(dropout=0.3), [(2, 3, 4)], None),
        LayerSample(encoder(rotary=rotate), [(2, 3, 4)], None),
    ],
    "DecoderBlock": [
        LayerSample(decoder(), [(2, 3, 4)], THEIR_ENCODER, call_theirs=looking_back, parameters=ENCODER),
        LayerSample(decoder(), [(0, 3, 4)], None),
        LayerSample(decoder(), [(1, 1, 4)], THEIR_ENCODER),
        LayerSample(
            decoder(is_cross=True),
            [(2, 5, 4), (2, 3, 4)],
            THEIR_DECODER,
            call_theirs=looking_back_and_across,
            parameters=DECODER,
        ),
        LayerSample(
            decoder(is_cross=True, is_pre_norm=False),
            [(2, 5, 4), (2, 3, 4)],
            their_layer("TransformerDecoderLayer", is_pre_norm=False),
            call_theirs=looking_back_and_across,
        ),
        LayerSample(
            decoder(is_cross=True, C_hidden=None),
            [(2, 5, 4), (2, 3, 4)],
            their_layer("TransformerDecoderLayer", hidden=4 * C),
            call=lambda block, x, context: block(x, context, REAL),
            call_theirs=masked_across,
        ),
        LayerSample(decoder(dropout=0.3), [(2, 3, 4)], None),
        LayerSample(decoder(rotary=rotate), [(2, 3, 4)], None),
    ],
}
RNG = np.random.default_rng(0)
X = Tensor(np.ones((2, 3, 4), np.float32))
REFUSED = {
    "FeedForward": [
        Refused(lambda: FeedForward(4, 0, rng=RNG), r"shape must be"),
        Refused(lambda: FeedForward(4, 6, rng=RNG)(Tensor(np.ones((3, 5)))), r"n_in=4"),
    ],
    "EncoderBlock": [
        Refused(lambda: EncoderBlock(4, 3, rng=RNG), r"evenly\. C is 4 and nh is 3"),
        Refused(lambda: EncoderBlock(4, 2, rng=RNG, C_hidden=0), r"shape must be"),
        Refused(lambda: EncoderBlock(4, 2, rng=RNG, dropout=1.0), r"Dropout: p must be"),
        Refused(lambda: EncoderBlock(4, 2, rng=RNG)(X[:, :, :3]), r"C=4"),
        Refused(lambda: EncoderBlock(4, 2, rng=RNG)(X, np.ones((2, 1, 3))), r"truth values"),
    ],
    "DecoderBlock": [
        Refused(lambda: DecoderBlock(4, 3, rng=RNG), r"evenly\. C is 4 and nh is 3"),
        Refused(lambda: DecoderBlock(4, 2, rng=RNG, C_hidden=0), r"shape must be"),
        Refused(lambda: DecoderBlock(4, 2, rng=RNG)(X[:, :, :3]), r"C=4"),
        Refused(lambda: DecoderBlock(4, 2, rng=RNG)(X, X), r"looks at no context.*is_cross=True"),
        Refused(lambda: DecoderBlock(4, 2, rng=RNG, is_cross=True)(X), r"needs a context"),
    ],
}
