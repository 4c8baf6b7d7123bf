"""The simplest recurrent layer over a whole sequence in one operation."""

import numpy as np

from course_lib.autograd.fused.recurrent import (
    expect_recurrent,
    gradient_by_input,
    gradient_by_weights,
    rows_to_listen_to,
    weights_of_rows,
)
from course_lib.autograd.tensor import Tensor

__all__ = ["rnn"]


def rnn(x: Tensor, first: Tensor, W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    r"""Read a sequence step by step: $h_t = \tanh(x_t W_x + b_x + h_{t-1} W_h + b_h)$.

    Equal to ``rnn_step`` of ``course_lib.layers.steps``, called for one step after the other. Faster, because
    a step is one product and one tanh, and because the weights hear from all steps in one product at the end.

    Args:
        x: (B, T, n_in)
        first: (B, H)  the state before the first step
        W_x: (n_in, H)
        W_h: (H, H)
        b_x: (H,)
        b_h: (H,)  a second bias that only adds to the first, kept as PyTorch keeps it
    Returns:
        h: (B, T, H)  the state after every step
    Gradient, with g = dL/dh, walked back from the last step to the first:
        dz_t = (g_t + dz_{t+1} W_hᵀ) (1 - h_t²)  a state is heard from outside and by the next step
        dL/dx_t = dz_t W_xᵀ
        dL/dfirst = dz_1 W_hᵀ
        dL/dW_x = Σ x_tᵀ dz_t, dL/dW_h = Σ h_{t-1}ᵀ dz_t, dL/db_x = dL/db_h = Σ dz_t
    Raises:
        TypeError: an input is not made of numbers
        ValueError: a shape does not fit
    Source: Elman 1990, "Finding structure in time", *Cognitive Science* 14; the gradient: Werbos 1990,
        "Backpropagation through time: what it does and how to do it".

    >>> x, first = Tensor([[[1.0], [0.0], [0.0]]]), Tensor([[0.0]])
    >>> rnn(x, first, Tensor([[1.0]]), Tensor([[1.0]]), Tensor([0.0]), Tensor([0.0])).data.round(3)
    array([[[0.762],
            [0.642],
            [0.566]]])
    """
    parents = x, first, W_x, W_h, b_x, b_h = expect_recurrent("rnn", 1, x, first, W_x, W_h, b_x, b_h)
    T, H = x.shape[1], first.shape[1]
    (W,) = weights_of_rows(W_x.data, W_h.data, b_x.data, b_h.data, n_gates=1)  # (H + 1 + n_in, H)
    rows = rows_to_listen_to(x.data, first.data, W)
    h = np.empty((T, *first.shape), rows.dtype)
    for t in range(T):
        np.matmul(rows[t], W, out=h[t])  # (B, H + 1 + n_in) @ (H + 1 + n_in, H) -> (B, H)
        np.tanh(h[t], out=h[t])
        rows[t + 1, :, :H] = h[t]

    def vjp(g):
        dz = 1 - h * h  # (T, B, H)
        dh = np.zeros(first.shape, h.dtype)
        for t in reversed(range(T)):
            dh += g[:, t]
            dz[t] *= dh
            np.matmul(dz[t], W_h.data.T, out=dh)  # (B, H) @ (H, H) -> (B, H)
        (dW,) = gradient_by_weights(rows, dz[None])
        dx = gradient_by_input(dz[None], W_x.data) if x.needs_grad else None
        return dx, dh, dW[H + 1 :], dW[:H], dW[H], dW[H]

    return Tensor(h.swapaxes(0, 1), parents=parents, vjp=vjp, op="rnn")  # (T, B, H) -> (B, T, H)
