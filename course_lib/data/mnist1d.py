"""MNIST-1D: ten shapes drawn as signals of 40 points, hard for a plain network and easy for a convolution."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from course_lib.data.dataset import Dataset, read_datasheet


def load_mnist1d(*, shuffled: bool = False) -> tuple[Dataset, Dataset]:
    """Generate the 4,000 training and 1,000 test signals of MNIST-1D with the package's defaults.

    Nothing is downloaded. The settings fix the seed, so every call gives the same signals; it takes about two
    seconds. The package seeds NumPy's and Python's global random state: both are put back.

    Args:
        shuffled: True puts the 40 positions in another order, the same one for every signal. The information
            stays, the neighbourhood is lost: what a convolution lives on.
    Returns:
        train: X (4000, 40), y (4000,); test: X (1000, 40), y (1000,). Labels are the digits 0 to 9.
    Source: Greydanus & Kobak 2024, *Scaling down deep learning with MNIST-1D*, ICML. Package ``mnist1d``.

    >>> train, test = load_mnist1d()
    >>> train
    Dataset('mnist1d train': X (4000, 40) float32, y (4000,) int64, 10 classes)
    >>> test
    Dataset('mnist1d test': X (1000, 40) float32, y (1000,) int64, 10 classes)
    """
    with _global_random_state_kept():
        from mnist1d.data import get_dataset_args, make_dataset

        settings = get_dataset_args()
        settings.shuffle_seq = shuffled
        arrays = make_dataset(settings)
    name = "mnist1d shuffled" if shuffled else "mnist1d"
    return (
        _as_dataset(f"{name} train", arrays["x"], arrays["y"]),
        _as_dataset(f"{name} test", arrays["x_test"], arrays["y_test"]),
    )


def _as_dataset(name: str, x: np.ndarray, y: np.ndarray) -> Dataset:
    return Dataset(
        name=name,
        X=np.array(x, dtype=np.float32),  # (n, 40)
        y=np.array(y, dtype=np.int64),  # (n,)
        feature_names=tuple(f"signal at position {position}" for position in range(x.shape[1])),
        class_names=tuple(str(digit) for digit in range(10)),
        datasheet=read_datasheet("mnist1d"),
    )


@contextmanager
def _global_random_state_kept() -> Iterator[None]:
    """Put NumPy's and Python's global random state back as they were, whatever happens inside."""
    numpy_state = np.random.get_state()  # noqa: NPY002  the package uses this state: it is kept, not drawn from
    python_state = random.getstate()
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
