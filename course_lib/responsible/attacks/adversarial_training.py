"""Adversarial training: learn from the worst that an attack makes of each example."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.recording import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_shape
from course_lib.data.randomness import expect_generator
from course_lib.layers.module import Module, evaluating
from course_lib.losses import cross_entropy
from course_lib.optim.optimiser import Optimiser
from course_lib.responsible.input_gradient import expect_examples

__all__ = ["adversarial_step", "adversarial_training", "robust_accuracy"]

Attack = Callable[[Module, np.ndarray, np.ndarray], np.ndarray]


def adversarial_step(
    model: Module,
    optimiser: Optimiser,
    X: np.ndarray,
    y: np.ndarray,
    attack: Attack,
    *,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
    clean_share: float = 0.0,
) -> float:
    r"""Attack one batch, then take one step of the optimiser on what came out.

    $$\min_W \; \kappa \, L(f(x), y) + (1 - \kappa) \, L(f(x'), y) \qquad
    x' \approx \arg\max_{\lVert x' - x \rVert \le \varepsilon} L(f(x'), y)$$

    Args:
        model: f, with weights W
        optimiser: moves the weights of this model
        X: (B, ...)  a batch of examples
        y: (B,)  their labels
        attack: takes model, X and y and returns x' (B, ...), as ``partial(fgsm, epsilon=0.1)`` does
        loss: L, takes logits and labels
        clean_share: κ, how much the unchanged examples count; 0 trains on the attacked ones alone
    Returns:
        the loss before the step
    Raises:
        TypeError: X is not an array of floats, or the attack is no function
        ValueError: κ is not between 0 and 1, the attack returns another shape, or a gradient is not finite
    Source: Madry, Makelov, Schmidt, Tsipras & Vladu 2018, equation 2.1; for κ: Goodfellow, Shlens & Szegedy
        2015, section 6.
    """
    if not 0 <= clean_share <= 1:
        raise ValueError(f"adversarial_step: clean_share must be between 0 and 1. It is {clean_share!r}.")
    X_adversarial = _attacked(attack, model, X, y, where="adversarial_step")
    optimiser.zero_grad()
    total = loss(model(Tensor(X_adversarial, needs_grad=False)), y)
    if clean_share:
        clean = loss(model(Tensor(X, needs_grad=False)), y)
        total = float(clean_share) * clean + (1 - float(clean_share)) * total
    total.backward()
    optimiser.step()
    return total.item()


def adversarial_training(
    model: Module,
    optimiser: Optimiser,
    X: np.ndarray,
    y: np.ndarray,
    attack: Attack,
    *,
    rng: np.random.Generator,
    n_epochs: int,
    batch_size: int = 64,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
    clean_share: float = 0.0,
) -> list[float]:
    """Go through the data in random order, again and again, with an ``adversarial_step`` for every batch.

    Args:
        model: f
        optimiser: moves the weights of this model
        X: (n, ...)  examples
        y: (n,)  their labels
        attack: takes model, X and y and returns x'
        rng: draws the order of the examples
        n_epochs: how often to go through the data
        batch_size: examples in a batch; the last one of an epoch may be smaller
        loss: L, takes logits and labels
        clean_share: κ, how much the unchanged examples count
    Returns:
        the mean loss of each epoch, measured before each step
    Raises:
        TypeError: rng is not a generator, X is not an array of floats, or the attack is no function
        ValueError: X and y differ in length, there is no example, or a setting cannot be right
    Source: Madry, Makelov, Schmidt, Tsipras & Vladu 2018, "Towards deep learning models resistant to
        adversarial attacks", ICLR.
    """
    expect_generator(rng, where="adversarial_training: rng")
    _expect_pairs(X, y, where="adversarial_training")
    for name, number in (("n_epochs", n_epochs), ("batch_size", batch_size)):
        if not (isinstance(number, int | np.integer) and number >= 1):
            raise ValueError(
                f"adversarial_training: {name} must be a whole number of at least 1. It is {number!r}."
            )
    losses = []
    for _ in range(n_epochs):
        order, total = rng.permutation(len(X)), 0.0
        for first in range(0, len(X), batch_size):
            rows = order[first : first + batch_size]
            of_batch = adversarial_step(
                model, optimiser, X[rows], y[rows], attack, loss=loss, clean_share=clean_share
            )
            total += of_batch * len(rows)  # a smaller last batch counts for what it holds
        losses.append(total / len(X))
    return losses


def robust_accuracy(model: Callable[[Tensor], Tensor], X: np.ndarray, y: np.ndarray, attack: Attack) -> float:
    r"""Return the share that is still right after the attack: $\frac{1}{n} |\{i: \arg\max f(x'_i) = y_i\}|$.

    It is an upper bound: a better attack may find what this one missed.

    Args:
        model: f, returns logits (n, K)
        X: (n, ...)  examples
        y: (n,)  their labels
        attack: takes model, X and y and returns x'
    Returns:
        between 0 and 1
    Raises:
        TypeError: X is not an array of floats, or the attack is no function
        ValueError: X and y differ in length, there is no example, or the attack returns another shape
    Source: Athalye, Carlini & Wagner 2018, "Obfuscated gradients give a false sense of security", ICML, for
        why this is no more than a bound.
    """
    _expect_pairs(X, y, where="robust_accuracy")
    X_adversarial = _attacked(attack, model, X, y, where="robust_accuracy")
    with evaluating(model), no_grad():
        z = model(Tensor(X_adversarial)).data
    expect_shape(z, "n K", n=len(y), where="robust_accuracy: the model's output")
    return float(np.mean(z.argmax(axis=1) == y))  # (n, K) -> (n,)


def _attacked(attack: Attack, model, X: np.ndarray, y: np.ndarray, *, where: str) -> np.ndarray:
    if not callable(attack):
        raise TypeError(
            f"{where}: attack must be a function of model, X and y, such as partial(fgsm, epsilon=0.1). "
            f"It is a {type(attack).__name__}."
        )
    X_adversarial = attack(model, X, y)
    if np.shape(X_adversarial) != X.shape:
        raise ValueError(
            f"{where}: the attack must return an array of shape {X.shape}. "
            f"It has shape {np.shape(X_adversarial)}."
        )
    return X_adversarial


def _expect_pairs(X: np.ndarray, y: np.ndarray, *, where: str) -> None:
    expect_examples(X, where=f"{where}: X")
    if len(X) == 0:
        raise ValueError(f"{where}: X must hold at least one example. It has shape {X.shape}.")
    expect_shape(y, "n", n=len(X), where=f"{where}: y", hint="One label for each example.")
