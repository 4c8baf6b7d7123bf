"""Samples of the recurrent layers: several layers, both directions, unequal lengths, first states."""

import numpy as np

from course_lib.autograd import Tensor, ops
from course_lib.layers.recurrent import GRU, LSTM, RNN
from tests.layers.layer_samples import LayerSample, Refused

N_GATES = {RNN: 1, LSTM: 4, GRU: 3}


def outputs_of(lengths):
    lengths = None if lengths is None else np.array(lengths)
    return lambda layer, x: layer(x, lengths)


def outputs_of_theirs(lengths):
    def call(torch, module, x):
        if lengths is None:
            return module(x)[0]
        rnn = torch.nn.utils.rnn
        packed = rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
        return rnn.pad_packed_sequence(module(packed)[0], batch_first=True, total_length=x.shape[1])[0]

    return call


def parameters_of(kind, n_in, H, n_layers, n_directions):
    """Return the names and shapes of all parameters of a build."""
    width, shapes = N_GATES[kind] * H, {}
    for number in range(n_layers * n_directions):
        shapes |= {
            f"cells.{number}.W_x": (n_in if number < n_directions else n_directions * H, width),
            f"cells.{number}.W_h": (H, width),
            f"cells.{number}.b_x": (width,),
            f"cells.{number}.b_h": (width,),
        }
    return shapes


def reading(kind, sizes, n_layers=1, n_directions=1, lengths=None, dropout=0.0, modes=("train", "evaluate")):
    B, T, n_in, H = sizes
    is_both = n_directions == 2
    return LayerSample(
        lambda rng: kind(n_in, H, rng=rng, n_layers=n_layers, is_bidirectional=is_both, dropout=dropout),
        [(B, T, n_in)],
        lambda torch: getattr(torch.nn, kind.__name__)(
            n_in, H, n_layers, batch_first=True, bidirectional=is_both, dropout=dropout
        ),
        call=outputs_of(lengths),
        call_theirs=outputs_of_theirs(lengths),
        parameters=parameters_of(kind, n_in, H, n_layers, n_directions),
        modes=modes,
    )


def going_on(kind):
    """Read on from a given state; outputs and last state come back as one Tensor."""
    n_cells, B, T, H = 4, 2, 3, 2

    def call(layer, x, first):
        y, last = layer.run(x, None, first)
        return ops.concatenate([y.reshape(y.size), last.reshape(last.size)])

    def call_theirs(torch, module, x, first):
        y, last = module(x, tuple(first) if kind is LSTM else first)
        last = torch.stack(last) if kind is LSTM else last
        return torch.cat([y.flatten(), last.flatten()])

    return LayerSample(
        lambda rng: kind(3, H, rng=rng, n_layers=2, is_bidirectional=True),
        [(B, T, 3), (2, n_cells, B, H) if kind is LSTM else (n_cells, B, H)],
        lambda torch: getattr(torch.nn, kind.__name__)(3, H, 2, batch_first=True, bidirectional=True),
        call=call,
        call_theirs=call_theirs,
    )


def samples_of(kind):
    return [
        reading(kind, (3, 4, 2, 3)),
        reading(kind, (2, 3, 2, 2), n_layers=2, n_directions=2),
        reading(kind, (3, 5, 2, 2), lengths=[2, 5, 1]),
        reading(kind, (3, 4, 2, 2), n_layers=2, n_directions=2, lengths=[4, 1, 3]),
        reading(kind, (1, 1, 1, 1)),
        reading(kind, (0, 4, 2, 3), n_directions=2),
        going_on(kind),
        reading(kind, (2, 3, 2, 3), n_layers=2, dropout=0.5),
    ]


SAMPLES = {kind.__name__: samples_of(kind) for kind in (RNN, LSTM, GRU)}

RNG = np.random.default_rng(0)


def refused_by(kind):
    name, layer = kind.__name__, kind(2, 3, rng=RNG)
    state = (2, 1, 5, 4) if kind is LSTM else (1, 5, 4)
    letters = r"\(2, n_cells=1, B=5, H=3\)" if kind is LSTM else r"\(n_cells=1, B=5, H=3\)"
    x = Tensor(np.ones((5, 4, 2)))
    return [
        Refused(lambda: kind(0, 3, rng=RNG), rf"{name}: n_in must be a positive number"),
        Refused(lambda: kind(2, 0, rng=RNG), rf"{name}: H must be a positive number"),
        Refused(lambda: kind(2, 3, rng=RNG, n_layers=0), rf"{name}: n_layers must be a positive number"),
        Refused(lambda: kind(2, 3, rng=7), rf"{name}: rng must be a NumPy Generator"),
        Refused(lambda: kind(2, 3, rng=RNG, dropout=1.0), r"Dropout: p must be .* It is 1\.0"),
        Refused(
            lambda: layer(Tensor(np.ones((5, 4, 3)))),
            rf"{name}: x must have shape \(B, T, n_in=2\)\. .*first",
        ),
        Refused(lambda: layer(Tensor(np.ones((5, 2)))), rf"{name}: x must have shape \(B, T, n_in=2\)"),
        Refused(lambda: layer(Tensor(np.ones((5, 0, 2)))), rf"{name}: x must have at least one step"),
        Refused(lambda: layer.run(x, None, np.ones(state)), rf"{name}: first must have shape {letters}"),
        Refused(lambda: layer(x, np.ones(5)), rf"{name}: lengths must be whole numbers\. .* float64"),
        Refused(lambda: layer(x, [1, 2]), rf"{name}: lengths must have shape \(B=5,\)"),
        Refused(lambda: layer(x, [1, 2, 3, 4, 5]), r"lengths must lie between 1 and T=4\. They also hold 5"),
        Refused(lambda: layer(x, [1, 2, 0, 4, 4]), r"lengths must lie between 1 and T=4\. They also hold 0"),
    ]


REFUSED = {kind.__name__: refused_by(kind) for kind in (RNN, LSTM, GRU)}
