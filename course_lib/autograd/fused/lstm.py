"""Long short-term memory over a whole sequence in one operation."""

import numpy as np

from course_lib.autograd.fused.recurrent import (
    by_gate,
    expect_recurrent,
    gradient_by_input,
    gradient_by_weights,
    in_parts,
    rows_to_listen_to,
    side_by_side,
    weights_of_rows,
)
from course_lib.autograd.tensor import Tensor

__all__ = ["lstm"]

# PyTorch puts the gates in the order i f g o. Here the three valves come together, i f o g, so that one call
# of NumPy serves all three. The same exchange leads back.
VALVES_TOGETHER = [0, 1, 3, 2]


def lstm(x: Tensor, first: Tensor, W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    r"""Read a sequence step by step, with a memory that changes only where a valve is opened.

    $$i, f, o = \sigma(z^i), \sigma(z^f), \sigma(z^o) \qquad g = \tanh(z^g) \qquad
    z = x_t W_x + b_x + h_{t-1} W_h + b_h$$
    $$c_t = f c_{t-1} + i g \qquad h_t = o \tanh c_t$$

    Three valves, each before something that flows: i lets the new g in, f lets the old c stay, o lets tanh c
    be seen.

    Equal to ``lstm_step`` of ``course_lib.layers.steps``, called for one step after the other. Faster,
    because all that a step listens to stands in one row, because the numbers of each gate lie together, and
    because the weights hear from all steps in one product at the end. A sigmoid is written as a tanh, which
    NumPy computes quickly: $\sigma(z) = \frac{1}{2} (1 + \tanh \frac{z}{2})$.

    Args:
        x: (B, T, n_in)
        first: (2, B, H)  h and c before the first step
        W_x: (n_in, 4H)  the gates i f g o side by side
        W_h: (H, 4H)
        b_x: (4H,)
        b_h: (4H,)  a second bias that only adds to the first, kept as PyTorch keeps it
    Returns:
        states: (2, B, T, H)  h and c after every step
    Gradient, with g_h, g_c = dL/dh, dL/dc, walked back from the last step to the first:
        dh_t = g_h + dz_{t+1} W_hᵀ  a state is heard from outside and by the next step
        dc_t = g_c + dc_{t+1} f_{t+1} + dh_t o (1 - tanh² c_t)  the first two pass no weights: memory lasts
        dz^i, dz^f, dz^o = dc g · i (1 - i), dc c_{t-1} · f (1 - f), dh tanh c_t · o (1 - o)
        dz^g = dc i (1 - g²)
        dL/dx_t = dz_t W_xᵀ
        dL/dfirst = dz_1 W_hᵀ and dc_1 f_1
        dL/dW_x = Σ x_tᵀ dz_t, dL/dW_h = Σ h_{t-1}ᵀ dz_t, dL/db_x = dL/db_h = Σ dz_t
    Raises:
        TypeError: an input is not made of numbers
        ValueError: a shape does not fit
    Source: Hochreiter & Schmidhuber 1997, "Long short-term memory", *Neural Computation* 9; the valve f:
        Gers, Schmidhuber & Cummins 2000, "Learning to forget", *Neural Computation* 12.

    >>> x, first = Tensor(np.zeros((1, 1, 1))), Tensor([[[0.0]], [[1.0]]])
    >>> W, b = Tensor(np.zeros((1, 4))), Tensor([0.0, 100.0, 0.0, 100.0])  # f and o open: c stays
    >>> h, c = lstm(x, first, W, W, b, b).data
    >>> c, h.round(3)
    (array([[[1.]]]), array([[[0.762]]]))
    """
    parents = x, first, W_x, W_h, b_x, b_h = expect_recurrent(
        "lstm", 4, x, first, W_x, W_h, b_x, b_h, state="2 B H"
    )
    H = W_h.shape[0]
    W = weights_of_rows(W_x.data, W_h.data, b_x.data, b_h.data, n_gates=4)[VALVES_TOGETHER]
    rows = rows_to_listen_to(x.data, first.data[0], W)
    valves, contents, flows = _walk(rows, W, first.data[1])
    states = np.stack([flows[2], contents[1, 1:]])  # (T, B, H), (T, B, H) -> (2, T, B, H)

    def vjp(g):
        dz, *dfirst = _walk_back(g, W_h.data, valves, contents, flows)
        dW = side_by_side(gradient_by_weights(rows, dz)[VALVES_TOGETHER])
        dx = gradient_by_input(dz[VALVES_TOGETHER], W_x.data) if x.needs_grad else None
        return dx, np.stack(dfirst), dW[H + 1 :], dW[:H], dW[H], dW[H]

    return Tensor(states.swapaxes(1, 2), parents=parents, vjp=vjp, op="lstm")  # -> (2, B, T, H)


def _walk(rows: np.ndarray, W: np.ndarray, c_first: np.ndarray) -> tuple[np.ndarray, ...]:
    """Go through the steps: (T + 1, B, n) and (4, n, H) -> valves, contents before them, flows behind them.

    The three valves are i, f, o; their contents g, c of the step before, tanh c; their flows, content times
    valve, are i g, f c and h.
    """
    (_, _, H), T, B = W.shape, len(rows) - 1, rows.shape[1]
    W = W * np.array([0.5, 0.5, 0.5, 1.0], W.dtype)[:, None, None]  # the half of z that the tanh takes
    W = np.ascontiguousarray(in_parts(W))  # (4, n, H) -> (4, P, n, H / P)
    z = np.empty((4, B, H), rows.dtype)
    z_parts = in_parts(z)  # (4, P, B, H / P)
    valves, contents, flows = np.empty((3, 3, T + 1, B, H), rows.dtype)
    contents[1, 0] = c_first
    for t in range(T):
        np.matmul(rows[t], W, out=z_parts)  # (B, n) @ (4, P, n, H / P) -> (4, P, B, H / P)
        np.tanh(z, out=z)
        valve, content, flow = valves[:, t], contents[:, t], flows[:, t]
        z[:3] *= 0.5
        np.add(z[:3], 0.5, out=valve)
        content[0] = z[3]
        np.multiply(valve[:2], content[:2], out=flow[:2])
        c = np.add(flow[0], flow[1], out=contents[1, t + 1])
        np.tanh(c, out=content[2])
        np.multiply(valve[2], content[2], out=flow[2])
        rows[t + 1, :, :H] = flow[2]
    return valves[:, :T], contents, flows[:, :T]


def _walk_back(g, W_h: np.ndarray, valves, contents, flows) -> tuple[np.ndarray, ...]:
    """Go back through the steps: (2, B, T, H) -> dz (4, T, B, H), dh and dc before the first step (B, H)."""
    _, T, B, H = valves.shape
    W_back = by_gate(W_h, 4)[VALVES_TOGETHER].swapaxes(1, 2)  # (H, 4H) -> (4, H, H)
    W_back = np.ascontiguousarray(in_parts(W_back))  # -> (4, P, H, H / P)
    dz = np.empty((4, T, B, H), valves.dtype)
    dh, dc, slope = np.zeros((3, B, H), valves.dtype)
    by_each = np.empty((4, B, H), valves.dtype)
    by_each_parts = in_parts(by_each)  # (4, P, B, H / P)
    for t in reversed(range(T)):
        i, f, o = valve = valves[:, t]
        g_t, _, tanh_c = contents[:, t]
        flow, d = flows[:, t], dz[:, t]
        dh += g[0, :, t]
        dc += g[1, :, t]
        np.multiply(flow[2], tanh_c, out=slope)
        np.subtract(o, slope, out=slope)  # o (1 - tanh² c), because o tanh c is the flow h
        slope *= dh
        dc += slope
        np.multiply(flow, valve, out=d[:3])
        np.subtract(flow, d[:3], out=d[:3])  # content · valve (1 - valve)
        np.multiply(flow[0], g_t, out=slope)
        np.subtract(i, slope, out=d[3])  # i (1 - g²)
        d[:2] *= dc
        d[2] *= dh
        d[3] *= dc
        dc *= f
        np.matmul(d[:, None], W_back, out=by_each_parts)  # (4, 1, B, H) @ ... -> (4, P, B, H / P)
        np.add.reduce(by_each, axis=0, out=dh)  # -> (B, H)
    return dz, dh, dc
