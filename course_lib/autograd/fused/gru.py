"""The gated recurrent unit over a whole sequence in one operation."""

import numpy as np

from course_lib.autograd.fused.recurrent import (
    by_gate,
    expect_recurrent,
    gradient_by_input,
    in_parts,
    rows_to_listen_to,
    side_by_side,
    weights_of_rows,
)
from course_lib.autograd.tensor import Tensor

__all__ = ["gru"]


def gru(x: Tensor, first: Tensor, W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    r"""Read a sequence step by step, with a state that a gate holds on to or lets go.

    $$r, z = \sigma(u^r), \sigma(u^z) \qquad u = x_t W_x + b_x + h_{t-1} W_h + b_h$$
    $$n = \tanh(x_t W_x^n + b_x^n + r (h_{t-1} W_h^n + b_h^n)) \qquad h_t = n + z (h_{t-1} - n)$$

    n is a proposal for the new state. z says how much of the old state is kept instead, and r how much of it
    the proposal hears of.

    Equal to ``gru_step`` of ``course_lib.layers.steps``, called for one step after the other. Faster, because
    what the input says to the proposal is computed for all steps at once, because the numbers of each gate
    lie together, and because the weights hear from all steps in one product at the end. A sigmoid is written
    as a tanh, which NumPy computes quickly: $\sigma(u) = \frac{1}{2} (1 + \tanh \frac{u}{2})$.

    Args:
        x: (B, T, n_in)
        first: (B, H)  the state before the first step
        W_x: (n_in, 3H)  the gates r z n side by side
        W_h: (H, 3H)
        b_x: (3H,)
        b_h: (3H,)  its last third is not the same as that of b_x: r multiplies it
    Returns:
        h: (B, T, H)  the state after every step
    Gradient, with g = dL/dh, walked back from the last step to the first:
        dh_t = g_t + z_{t+1} dh_{t+1} + du_{t+1} W_hᵀ  what is kept passes no weights: memory lasts
        du^n = dh (1 - z) (1 - n²), from the input; du^n r, from the state
        du^r = du^n (h_{t-1} W_h^n + b_h^n) · r (1 - r)
        du^z = dh (h_{t-1} - n) · z (1 - z)
        dL/dx_t = du_t W_xᵀ
        dL/dfirst = z_1 dh_1 + du_1 W_hᵀ
        dL/dW_x = Σ x_tᵀ du_t, dL/dW_h = Σ h_{t-1}ᵀ du_t, dL/db_x = Σ du_t, dL/db_h = Σ du_t
    Raises:
        TypeError: an input is not made of numbers
        ValueError: a shape does not fit
    Source: Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", EMNLP; with r after
        the product, as PyTorch and cuDNN have it.

    >>> x, first = Tensor(np.zeros((1, 1, 1))), Tensor([[0.8]])
    >>> W, b = Tensor(np.zeros((1, 3))), Tensor([0.0, 0.0, 0.0])  # z is half open, the proposal is 0
    >>> gru(x, first, W, W, b, b).data
    array([[[0.4]]])
    """
    parents = x, first, W_x, W_h, b_x, b_h = expect_recurrent("gru", 3, x, first, W_x, W_h, b_x, b_h)
    (B, T, n_in), H = x.shape, W_h.shape[0]
    W = weights_of_rows(W_x.data, W_h.data, b_x.data, b_h.data, n_gates=3)
    W_state = np.concatenate([W_h.data, b_h.data[None]])[:, 2 * H :]  # (H + 1, H), for the proposal
    W_input = np.concatenate([b_x.data[None], W_x.data])[:, 2 * H :]  # (1 + n_in, H)
    rows = rows_to_listen_to(x.data, first.data, W)
    proposals = rows[:T, :, H:] @ W_input  # (T, B, 1 + n_in) @ (1 + n_in, H) -> (T, B, H)
    valves, flows = _walk(rows, W[:2], W_state, proposals)

    def vjp(g):
        du, dfirst = _walk_back(g, W_h.data, valves, flows, proposals)
        heard = rows[:T].reshape(T * B, H + 1 + n_in)
        du_rows = du.reshape(4, T * B, H)
        by_state = heard[:, : H + 1].T @ du_rows[:3]  # (H + 1, T·B) @ (3, T·B, H) -> (3, H + 1, H)
        by_state = side_by_side(np.roll(by_state, -1, axis=0))  # n r z -> r z n, then -> (H + 1, 3H)
        by_x = side_by_side(heard[:, H:].T @ du_rows[1:])  # (1 + n_in, T·B) @ ... -> (1 + n_in, 3H)
        dx = gradient_by_input(du[1:], W_x.data) if x.needs_grad else None
        return dx, dfirst, by_x[1:], by_state[:-1], by_x[0], by_state[-1]

    h = rows[1:, :, :H]
    return Tensor(h.swapaxes(0, 1), parents=parents, vjp=vjp, op="gru")  # (T, B, H) -> (B, T, H)


def _walk(rows, W_valves: np.ndarray, W_state: np.ndarray, proposals) -> tuple[np.ndarray, ...]:
    """Go through the steps, completing ``rows`` and ``proposals``, which begin with what the input says.

    The two valves are r and z; their flows, content times valve, are r (h W + b) and z (h - n).
    """
    (_, _, H), T, B = W_valves.shape, len(rows) - 1, rows.shape[1]
    W_valves = np.ascontiguousarray(in_parts(0.5 * W_valves))  # the half of u that the tanh takes
    W_state = np.ascontiguousarray(in_parts(W_state))  # (H + 1, H) -> (P, H + 1, H / P)
    valves, flows = np.empty((2, 2, T, B, H), rows.dtype)
    u, content = np.empty((2, B, H), rows.dtype), np.empty((B, H), rows.dtype)
    u_parts, content_parts = in_parts(u), in_parts(content)
    for t in range(T):
        n, valve, flow = proposals[t], valves[:, t], flows[:, t]
        np.matmul(rows[t], W_valves, out=u_parts)  # (B, n) @ (2, P, n, H / P) -> (2, P, B, H / P)
        np.tanh(u, out=u)
        u *= 0.5
        np.add(u, 0.5, out=valve)
        np.matmul(rows[t, :, : H + 1], W_state, out=content_parts)  # (B, H + 1) @ ... -> (P, B, H / P)
        np.multiply(valve[0], content, out=flow[0])
        n += flow[0]
        np.tanh(n, out=n)
        np.subtract(rows[t, :, :H], n, out=content)
        np.multiply(valve[1], content, out=flow[1])
        np.add(n, flow[1], out=rows[t + 1, :, :H])
    return valves, flows


def _walk_back(g, W_h: np.ndarray, valves, flows, proposals) -> tuple[np.ndarray, np.ndarray]:
    """Go back through the steps: (B, T, H) -> du (4, T, B, H) and dh before the first step (B, H).

    The gates of du are n as the state is heard, r, z, n as the input is heard: the first three are those of
    the state, the last three those of the input.
    """
    _, T, B, H = valves.shape
    W_back = by_gate(W_h, 3)[[2, 0, 1]].swapaxes(1, 2)  # r z n -> n r z, and (H, 3H) -> (3, H, H)
    W_back = np.ascontiguousarray(in_parts(W_back))  # -> (3, P, H, H / P)
    du = np.empty((4, T, B, H), valves.dtype)
    dh, kept = np.zeros((2, B, H), valves.dtype)
    by_each = np.empty((3, B, H), valves.dtype)
    by_each_parts = in_parts(by_each)  # (3, P, B, H / P)
    for t in reversed(range(T)):
        n, (r, z), flow, d = proposals[t], valves[:, t], flows[:, t], du[:, t]
        du_n = d[3]
        dh += g[:, t]
        np.multiply(flow, valves[:, t], out=d[1:3])
        np.subtract(flow, d[1:3], out=d[1:3])  # content · valve (1 - valve)
        d[2] *= dh
        np.multiply(dh, z, out=kept)
        dh -= kept
        np.multiply(n, n, out=du_n)
        np.subtract(1, du_n, out=du_n)
        du_n *= dh
        d[1] *= du_n
        np.multiply(du_n, r, out=d[0])
        np.matmul(d[:3, None], W_back, out=by_each_parts)  # (3, 1, B, H) @ ... -> (3, P, B, H / P)
        np.add.reduce(by_each, axis=0, out=dh)  # -> (B, H)
        dh += kept
    return du, dh
