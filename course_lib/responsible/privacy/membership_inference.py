"""Membership inference: tell from a model's answers whether an example was in its training set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.autograd.recording import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_finite, expect_numbers, expect_shape
from course_lib.layers.module import evaluating
from course_lib.losses import cross_entropy
from course_lib.responsible.input_gradient import expect_examples

__all__ = ["MembershipAttack", "example_losses", "membership_attack"]


@dataclass(frozen=True, eq=False, repr=False)
class MembershipAttack:
    """How well a threshold on the loss tells members from others, for every threshold.

    Attributes:
        false_positive_rate: (n_thresholds,)  share of the others that are taken for members
        true_positive_rate: (n_thresholds,)  share of the members that are found
        threshold: (n_thresholds,)  who has at most this loss is taken for a member; -infinity first
        auc: area under the curve of the two rates: the chance that a member has a lower loss than another, a
            tie counting half; 0.5 means that nothing leaks
        advantage: the largest distance between the rates; 0 means that nothing leaks
        best_threshold: where it is reached
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    threshold: np.ndarray
    auc: float
    advantage: float
    best_threshold: float

    def true_positive_rate_at(self, false_positive_rate: float) -> float:
        """Say how many members are found while hardly anybody else is accused.

        An attack that names a few members for certain does harm, even where its AUC is near 0.5.

        Args:
            false_positive_rate: the most that is allowed, such as 0.01
        Returns:
            the largest true positive rate of all thresholds that keep to it
        Raises:
            ValueError: the rate is not between 0 and 1
        Source: Carlini, Chien, Nasr, Song, Terzis & Tramèr 2022, "Membership inference attacks from first
            principles", IEEE S&P, section III.
        """
        if not 0 <= false_positive_rate <= 1:
            raise ValueError(
                f"true_positive_rate_at: the rate must be between 0 and 1. It is {false_positive_rate!r}."
            )
        return float(self.true_positive_rate[self.false_positive_rate <= false_positive_rate].max())

    def __repr__(self) -> str:
        """Say how much leaks, in one line."""
        return f"MembershipAttack(auc={self.auc:.3f}, advantage={self.advantage:.3f})"


def membership_attack(loss_members: np.ndarray, loss_others: np.ndarray) -> MembershipAttack:
    r"""Call an example a member when the model's loss on it is small: $L(f(x), y) \le t$.

    A model that has learned its examples by heart is surer of them than of any others. With t moved from
    $-\infty$ upwards, the two rates are

    $$TPR(t) = \frac{|\{\text{members}: L \le t\}|}{n_\text{members}} \qquad
    FPR(t) = \frac{|\{\text{others}: L \le t\}|}{n_\text{others}}$$

    The advantage is $\max_t \; TPR(t) - FPR(t)$.

    Args:
        loss_members: (n_members,)  loss of examples that were trained on
        loss_others: (n_others,)  loss of examples from the same source that were not
    Returns:
        both rates for every threshold, and what they come to
    Raises:
        TypeError: an argument is not an array of numbers
        ValueError: an argument is not one number an example, is empty, or is not finite
    Source: Yeom, Giacomelli, Fredrikson & Jha 2018, "Privacy risk in machine learning", IEEE CSF, section 3.

    >>> attack = membership_attack(np.array([0.1, 0.2, 0.9]), np.array([0.5, 0.8, 1.0]))
    >>> attack
    MembershipAttack(auc=0.778, advantage=0.667)
    >>> attack.best_threshold
    0.2
    """
    for name, loss in (("loss_members", loss_members), ("loss_others", loss_others)):
        where = f"membership_attack: {name}"
        expect_shape(loss, "n", where=where, hint="One loss for each example: see example_losses.")
        expect_numbers(loss, where=where)
        expect_finite(loss, where=where)
        if len(loss) == 0:
            raise ValueError(f"{where} must hold at least one example. It holds none.")
    threshold = np.append(-np.inf, np.unique(np.concatenate([loss_members, loss_others])))  # (n_thresholds,)
    true_positive_rate = _share_up_to(threshold, loss_members)
    false_positive_rate = _share_up_to(threshold, loss_others)
    distance = true_positive_rate - false_positive_rate
    best = int(distance.argmax())
    return MembershipAttack(
        false_positive_rate,
        true_positive_rate,
        threshold,
        auc=float(np.trapezoid(true_positive_rate, false_positive_rate)),
        advantage=float(distance[best]),
        best_threshold=float(threshold[best]),
    )


def example_losses(
    model: Callable[[Tensor], Tensor],
    X: np.ndarray,
    y: np.ndarray,
    *,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
) -> np.ndarray:
    """Return the loss of each example by itself, with the model as in use.

    Args:
        model: a Module or any function of one Tensor
        X: (n, ...)  examples, floats
        y: (n, ...)  what is true
        loss: takes logits and labels, returns the mean
    Returns:
        (n,)  one loss for each example
    Raises:
        TypeError: X is not an array of floats
        ValueError: X and y differ in length, or the model or the loss refuses them
    """
    expect_examples(X, where="example_losses: X")
    if len(np.asarray(y)) != len(X):
        raise ValueError(f"example_losses: X has {len(X)} examples and y has {len(np.asarray(y))}.")
    with evaluating(model), no_grad():
        z = model(Tensor(X))
        of_each = [loss(z[i : i + 1], y[i : i + 1]).item() for i in range(len(X))]
    return np.array(of_each)  # (n,)


def _share_up_to(threshold: np.ndarray, loss: np.ndarray) -> np.ndarray:
    """Return the share of the losses that are at most each threshold."""
    return np.searchsorted(np.sort(loss), threshold, side="right") / len(loss)  # (n_thresholds,)
