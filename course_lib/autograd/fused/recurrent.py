"""What the fused recurrent layers share: how inputs, weights and gradients lie in memory.

At every step a cell listens to three things: the state, a 1 whose weights are the biases, and the input. They
stand side by side in one row, and so do their weights in one matrix, so that one product a step does it all.
The gates are cut apart beforehand: arrays begin with the gate, and each gate's numbers lie together.
"""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_shape

__all__ = [
    "by_gate",
    "expect_recurrent",
    "gradient_by_input",
    "gradient_by_weights",
    "in_parts",
    "reverse_in_time",
    "rows_to_listen_to",
    "side_by_side",
    "weights_of_rows",
]

# A matrix of weights is taken in parts of so many columns, where they go up evenly: a part then stays in the
# processor's first cache. With H = 128 a step of an LSTM took 46 µs instead of 64, and 41 instead of 55 back.
PART = 64


def reverse_in_time(x: Tensor, lengths: np.ndarray | None = None) -> Tensor:
    r"""Read every sequence from its own end: $y_{bt} = x_{b, L_b - 1 - t}$ for $t < L_b$.

    Equal to ``x[:, ::-1]``, or, with lengths, to ``x[rows, places]`` of arrays of whole numbers. Faster,
    because no number is picked twice: the gradient takes the same way, where ``getitem`` has to add. What
    comes after the end of a sequence stays where it is.

    Args:
        x: (B, T, C)
        lengths: (B,)  L, how many steps each sequence has; all T where left out
    Returns:
        y: (B, T, C)
    Gradient, with g = dL/dy:
        dL/dx = g, reversed in time
    Raises:
        TypeError: x is not made of numbers
        ValueError: x has not three axes, or there is not one length for each sequence

    >>> reverse_in_time(Tensor([[[1.0], [2.0], [3.0]]]), np.array([2])).data[0, :, 0]
    array([2., 1., 3.])
    """
    x = as_tensor(x)
    expect_shape(x, "B T C", where="reverse_in_time: x")
    B, T, _ = x.shape
    if lengths is None:
        return Tensor(x.data[:, ::-1], parents=(x,), vjp=lambda g: (g[:, ::-1],), op="reverse_in_time")
    expect_shape(lengths, "B", B=B, where="reverse_in_time: lengths")
    t, last = np.arange(T), lengths[:, None] - 1
    places = np.where(t <= last, last - t, t)  # (B, T)
    rows = np.arange(B)[:, None]
    return Tensor(x.data[rows, places], parents=(x,), vjp=lambda g: (g[rows, places],), op="reverse_in_time")


def expect_recurrent(where: str, n_gates: int, x, first, W_x, W_h, b_x, b_h, state: str = "B H") -> tuple:
    """Return the inputs of a recurrent operation as tensors, or say which of them does not fit.

    Args:
        where: the operation to name in the error
        n_gates: G, how many gates stand side by side in the weights
        x: (B, T, n_in)
        first: of the shape ``state``
        W_x: (n_in, G·H)
        W_h: (H, G·H)
        b_x: (G·H,)
        b_h: (G·H,)
        state: the letters of the first state
    Returns:
        the six of them
    Raises:
        TypeError: one is not made of numbers
        ValueError: a shape does not fit
    """
    tensors = x, first, W_x, W_h, b_x, b_h = tuple(map(as_tensor, (x, first, W_x, W_h, b_x, b_h)))
    width = f"{n_gates}H" if n_gates > 1 else "H"
    expect_shape(W_h, f"H {width}", where=f"{where}: W_h")
    H = W_h.shape[0]
    sizes = {"H": H, width: n_gates * H}
    expect_shape(W_h, f"H {width}", where=f"{where}: W_h", **sizes)
    expect_shape(W_x, f"n_in {width}", where=f"{where}: W_x", **sizes)
    expect_shape(b_x, width, where=f"{where}: b_x", **sizes)
    expect_shape(b_h, width, where=f"{where}: b_h", **sizes)
    expect_shape(x, "B T n_in", n_in=W_x.shape[0], where=f"{where}: x", hint="The batch comes first.")
    expect_shape(first, state, B=x.shape[0], H=H, where=f"{where}: first")
    return tensors


def by_gate(W: np.ndarray, n_gates: int) -> np.ndarray:
    """Cut a matrix apart, so that each gate's columns lie together.

    Args:
        W: (n, G·H)
        n_gates: G
    Returns:
        (G, n, H)

    >>> by_gate(np.array([[1, 2, 3, 4]]), 2)
    array([[[1, 2]],
    <BLANKLINE>
           [[3, 4]]])
    """
    n, width = W.shape
    return np.ascontiguousarray(W.reshape(n, n_gates, width // n_gates).swapaxes(0, 1))  # -> (G, n, H)


def side_by_side(W: np.ndarray) -> np.ndarray:
    """Put the columns of all gates side by side again: what ``by_gate`` cut apart.

    Args:
        W: (G, n, H)
    Returns:
        (n, G·H)
    """
    G, n, H = W.shape
    return W.swapaxes(0, 1).reshape(n, G * H)  # (G, n, H) -> (n, G·H)


def in_parts(W: np.ndarray) -> np.ndarray:
    """View the columns in parts of 64, to be multiplied one after the other.

    Args:
        W: (..., n, H)
    Returns:
        (..., P, n, H / P), a view; P is 1 where H is no multiple of 64
    """
    *axes, n, H = W.shape
    P = H // PART if H and H % PART == 0 else 1
    return W.reshape(*axes, n, P, H // P).swapaxes(-2, -3)


def weights_of_rows(W_x, W_h, b_x, b_h, n_gates: int) -> np.ndarray:
    """Put the weights of a whole row below each other: those of the state, of the 1, and of the input.

    Args:
        W_x: (n_in, G·H)
        W_h: (H, G·H)
        b_x: (G·H,)
        b_h: (G·H,)
        n_gates: G
    Returns:
        (G, H + 1 + n_in, H)
    """
    return by_gate(np.concatenate([W_h, (b_x + b_h)[None], W_x]), n_gates)


def rows_to_listen_to(x: np.ndarray, h_first: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Lay out what the cell listens to at each step: state, 1, input. States are filled in as they come.

    Args:
        x: (B, T, n_in)
        h_first: (B, H)
        W: the weights that they will meet; the rows take the wider dtype of the three
    Returns:
        (T + 1, B, H + 1 + n_in), of which the last step holds no more than the last state
    """
    B, T, n_in = x.shape
    H = h_first.shape[1]
    rows = np.empty((T + 1, B, H + 1 + n_in), np.result_type(x, h_first, W))
    rows[0, :, :H] = h_first
    rows[:, :, H] = 1
    rows[:T, :, H + 1 :] = x.swapaxes(0, 1)  # (B, T, n_in) -> (T, B, n_in)
    return rows


def gradient_by_weights(rows: np.ndarray, dz: np.ndarray) -> tuple[np.ndarray, ...]:
    """Find the gradient by all weights in one product: every step of every sequence is a row.

    Args:
        rows: (T + 1, B, n)  what was listened to
        dz: (G, T, B, H)  gradient by what was heard, before any activation
    Returns:
        (G, n, H)
    """
    G, T, B, H = dz.shape
    rows = rows[:T].reshape(T * B, rows.shape[2])
    return rows.T @ dz.reshape(G, T * B, H)  # (n, T·B) @ (G, T·B, H) -> (G, n, H)


def gradient_by_input(dz: np.ndarray, W_x: np.ndarray) -> np.ndarray:
    """Send the gradient on to the input: each input hears from every gate.

    Args:
        dz: (G, T, B, H)  gradient by what was heard, before any activation
        W_x: (n_in, G·H)
    Returns:
        (B, T, n_in)
    """
    G, T, B, H = dz.shape
    W_back = by_gate(W_x, G).swapaxes(1, 2)  # (n_in, G·H) -> (G, H, n_in)
    dx = (dz.reshape(G, T * B, H) @ W_back).sum(axis=0)  # (G, T·B, H) @ (G, H, n_in) -> (T·B, n_in)
    return dx.reshape(T, B, W_x.shape[0]).swapaxes(0, 1)  # -> (B, T, n_in)
