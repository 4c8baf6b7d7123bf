"""Reweighting: let examples count so much that group and label have nothing to do with each other."""

import numpy as np

from course_lib.checks import expect_shape

__all__ = ["reweighting"]


def reweighting(y: np.ndarray, group: np.ndarray) -> np.ndarray:
    r"""Weigh each example by how often its label and group would meet by chance, over how often they do.

    $$\omega_i = \frac{P(a_i) \, P(y_i)}{P(a_i, y_i)}$$

    In the weighted data every group has the same share of each label. No label is changed. A model that
    learns from them may still treat groups differently, where other columns give the group away.

    Args:
        y: (n,)  labels
        group: (n,)  the group of each example
    Returns:
        ω: (n,)  above 0; they add up to n where every group has every label. For a loss,
        ``softmax_cross_entropy`` of ``autograd.fused`` takes ω / n
    Raises:
        TypeError: y or group is not an array
        ValueError: the shapes differ, or there is no example
    Source: Kamiran & Calders 2012, "Data preprocessing techniques for classification without discrimination",
        *Knowledge and Information Systems* 33, "reweighing".

    >>> y, group = np.array([1, 1, 0, 1, 0, 0]), np.array(["a", "a", "a", "b", "b", "b"])
    >>> reweighting(y, group)
    array([0.75, 0.75, 1.5 , 1.5 , 0.75, 0.75])
    """
    expect_shape(y, "n", where="reweighting: y")
    expect_shape(group, "n", n=len(y), where="reweighting: group", hint="One group for each example.")
    if len(y) == 0:
        raise ValueError("reweighting: there must be at least one example. y is empty.")
    _, label_of = np.unique(y, return_inverse=True)
    _, group_of = np.unique(group, return_inverse=True)
    counts = np.zeros((group_of.max() + 1, label_of.max() + 1))  # (n_groups, n_labels)
    np.add.at(counts, (group_of, label_of), 1)
    of_group, of_label = counts.sum(axis=1), counts.sum(axis=0)  # (n_groups,), (n_labels,)
    return of_group[group_of] * of_label[label_of] / (len(y) * counts[group_of, label_of])  # (n,)
