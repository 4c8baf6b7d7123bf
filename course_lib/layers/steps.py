"""One step of each recurrent network, written out in plain operations.

The layers in ``recurrent.py`` compute whole sequences at once. These are the same formulas to be read: a test
proves the two equal.
"""

from course_lib.autograd import ops
from course_lib.autograd.tensor import Tensor

__all__ = ["gru_step", "lstm_step", "rnn_step"]


def rnn_step(x: Tensor, h: Tensor, W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    r"""Make the new state out of the input and the old state: $h' = \tanh(x W_x + b_x + h W_h + b_h)$.

    Args:
        x: (B, n_in)  the input of one step
        h: (B, H)  the state so far
        W_x: (n_in, H)
        W_h: (H, H)
        b_x: (H,)
        b_h: (H,)
    Returns:
        h: (B, H)  the new state
    Source: Elman 1990, "Finding structure in time", *Cognitive Science* 14.

    >>> zeros = Tensor([[0.0]])
    >>> rnn_step(Tensor([[0.5]]), zeros, Tensor([[2.0]]), zeros, Tensor([0.0]), Tensor([0.0])).data.round(3)
    array([[0.762]])
    """
    return ops.tanh(x @ W_x + b_x + h @ W_h + b_h)  # (B, n_in) @ (n_in, H) + (B, H) @ (H, H) -> (B, H)


def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor
) -> tuple[Tensor, Tensor]:
    r"""Let something into the memory c, let something stay, show something: three valves i, f, o.

    $$c' = f c + i g \qquad h' = o \tanh c'$$

    Args:
        x: (B, n_in)  the input of one step
        h: (B, H)  what was shown last
        c: (B, H)  the memory so far
        W_x: (n_in, 4H)  the gates i f g o side by side
        W_h: (H, 4H)
        b_x: (4H,)
        b_h: (4H,)
    Returns:
        h: (B, H)  what is shown now
        c: (B, H)  the new memory
    Source: Hochreiter & Schmidhuber 1997, "Long short-term memory", *Neural Computation* 9; the valve f:
        Gers, Schmidhuber & Cummins 2000, "Learning to forget", *Neural Computation* 12.

    >>> closed, W = Tensor([[0.0]]), Tensor([[0.0, 0.0, 0.0, 0.0]])
    >>> b = Tensor([-100.0, 100.0, 0.0, 100.0])  # nothing in, everything stays, everything is shown
    >>> h, c = lstm_step(closed, closed, Tensor([[1.0]]), W, W, b, Tensor(b.data * 0.0))
    >>> h.data.round(3), c.data
    (array([[0.762]]), array([[1.]]))
    """
    H = h.shape[1]
    z = x @ W_x + b_x + h @ W_h + b_h  # (B, n_in) @ (n_in, 4H) + (B, H) @ (H, 4H) -> (B, 4H)
    i = ops.sigmoid(z[:, :H])  # (B, 4H) -> (B, H), as the next three
    f = ops.sigmoid(z[:, H : 2 * H])
    g = ops.tanh(z[:, 2 * H : 3 * H])
    o = ops.sigmoid(z[:, 3 * H :])
    c = f * c + i * g
    return o * ops.tanh(c), c


def gru_step(x: Tensor, h: Tensor, W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    r"""Propose a new state n, and keep as much of the old one as the gate z says.

    $$h' = (1 - z) n + z h$$

    The gate r says how much the proposal hears of the old state.

    Args:
        x: (B, n_in)  the input of one step
        h: (B, H)  the state so far
        W_x: (n_in, 3H)  the gates r z n side by side
        W_h: (H, 3H)
        b_x: (3H,)
        b_h: (3H,)
    Returns:
        h: (B, H)  the new state
    Source: Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", EMNLP; with r after
        the product, as PyTorch and cuDNN have it.

    >>> zeros, b = Tensor([[0.0, 0.0, 0.0]]), Tensor([0.0, 0.0, 0.0])
    >>> gru_step(Tensor([[1.0]]), Tensor([[0.8]]), zeros, zeros, b, b).data
    array([[0.4]])
    """
    H = h.shape[1]
    from_x = x @ W_x + b_x  # (B, n_in) @ (n_in, 3H) -> (B, 3H)
    from_h = h @ W_h + b_h  # (B, H) @ (H, 3H) -> (B, 3H)
    gates = ops.sigmoid(from_x[:, : 2 * H] + from_h[:, : 2 * H])  # (B, 3H) -> (B, 2H)
    r, z = gates[:, :H], gates[:, H:]  # (B, 2H) -> (B, H) and (B, H)
    n = ops.tanh(from_x[:, 2 * H :] + r * from_h[:, 2 * H :])  # (B, 3H) -> (B, H)
    return (1.0 - z) * n + z * h
