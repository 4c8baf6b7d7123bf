"""Put every column on the same scale, with numbers learned from the training part only."""

from __future__ import annotations  # `fit` returns the class it belongs to

from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_finite, expect_shape


@dataclass(frozen=True, eq=False, repr=False)
class Standardiser:
    r"""Remember the mean and the scale of every training column: $x' = (x - \text{mean}) / \text{scale}$.

    Fit it on the training part and apply the same numbers to all three parts. A mean taken over validation or
    test rows would tell the model about data that it must not have seen: leakage.

    Args:
        mean: (n_features,) mean of each training column, in the column's unit
        scale: (n_features,) standard deviation of each training column, in the column's unit (the squares are
            divided by n, not n - 1). It is 1 for a constant column, so that nothing is divided by 0.

    >>> X_train = np.array([[1.0, 7.0], [3.0, 7.0]])  # the second column is constant
    >>> standardiser = Standardiser.fit(X_train)
    >>> standardiser.apply(X_train)
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> standardiser.apply(np.array([[5.0, 8.0]]))
    array([[3., 1.]])
    """

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, X_train: np.ndarray) -> Standardiser:
        """Learn mean and scale from the training part, and from nothing else.

        Args:
            X_train: (n, n_features) with at least one row
        Returns:
            the fitted standardiser
        Raises:
            TypeError: X_train is not an array
            ValueError: X_train is not two-dimensional, has no row, or holds NaN or an infinity
        """
        expect_shape(X_train, "n n_features", where="Standardiser.fit: X_train")
        if len(X_train) == 0:
            raise ValueError("Standardiser.fit: X_train must have at least one row. It has none.")
        expect_finite(
            X_train, where="Standardiser.fit: X_train", hint="Fill in or drop missing values first."
        )
        # Sums of many float32 numbers lose digits: they are added up in float64.
        mean = X_train.mean(axis=0, dtype=np.float64)  # (n, n_features) -> (n_features,)
        deviation = X_train.std(axis=0, dtype=np.float64)  # (n, n_features) -> (n_features,)
        # Rounding can leave a deviation of 1e-17 in a constant column, so constancy is read off the values.
        is_constant = X_train.max(axis=0) == X_train.min(axis=0)
        return cls(mean=mean, scale=np.where(is_constant, 1.0, deviation))

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Scale any part with the numbers learned from training.

        Args:
            X: (n, n_features) the columns in the same order as in training
        Returns:
            (n, n_features) without unit; float32 stays float32, whole numbers become float64
        Raises:
            TypeError: X is not an array
            ValueError: X has another number of columns than the training part had
        """
        expect_shape(
            X,
            "n n_features",
            n_features=len(self.mean),
            where="Standardiser.apply: X",
            hint="It needs the same columns as the part it was fitted on.",
        )
        dtype = X.dtype if np.issubdtype(X.dtype, np.floating) else np.float64
        return ((X - self.mean) / self.scale).astype(dtype)  # (n, n_features)

    def __repr__(self) -> str:
        return f"Standardiser({len(self.mean)} columns)"
