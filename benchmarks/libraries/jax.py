"""JAX, compiled by XLA for the CPU: for comparison, since it is no NumPy library."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from benchmarks.numpy_like import loss_of, plain_cross_entropy
from benchmarks.workloads import WORKLOADS, make

__all__ = ["step_of"]


def step_of(workload: str) -> Callable[[], float]:
    """Return a function that takes one training step.

    Args:
        workload: its name
    Returns:
        () -> loss
    """
    arrays, x, y = make(workload)
    plan = WORKLOADS[workload]
    loss = loss_of(workload, jnp, _conv_relu_pool, plain_cross_entropy(jnp))

    def sgd(w, g, v, _, t):
        v = plan.momentum * v + g
        return w - plan.learning_rate * v, v, v

    def adam(w, g, m, v, t):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        return w - plan.learning_rate * m_hat / (jnp.sqrt(v_hat) + 1e-8), m, v

    move = adam if plan.kind == "adam" else sgd

    @jax.jit
    def compiled(p, m, v, t):
        value, g = jax.value_and_grad(loss)(p, x, y)
        moved = {name: move(p[name], g[name], m[name], v[name], t) for name in p}
        return value, *({name: new[k] for name, new in moved.items()} for k in range(3))

    p = {name: jnp.asarray(array) for name, array in arrays.items()}
    m = v = {name: jnp.zeros_like(array) for name, array in p.items()}
    t = 0.0

    def step() -> float:
        nonlocal p, m, v, t
        t += 1
        value, p, m, v = compiled(p, m, v, t)
        return float(value)

    return step


def _conv_relu_pool(x, K, c, padding):
    y = jax.lax.conv(x, K, (1, 1), "SAME" if padding else "VALID") + c[:, None, None]
    y = jnp.maximum(y, 0)
    B, C, H, W = y.shape
    return jnp.max(y.reshape(B, C, H // 2, 2, W // 2, 2), axis=(3, 5))
