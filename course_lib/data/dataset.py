"""A data set: its numbers, the names of its columns and classes, and where they come from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib.checks import expect_shape

DATASHEETS = Path(__file__).parent / "datasheets"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Examples in rows, features in columns, and what a reader must know before trusting them.

    Args:
        name: what the data set is called
        X: (n, n_features) the features, float32
        y: (n,) class labels 0, 1, ... as int64, or the target of a regression as float32
        feature_names: one name a column, with its unit in square brackets where the source states one
        class_names: ``class_names[k]`` is the meaning of label ``k``; empty for a regression
        datasheet: Markdown text: source, licence, size, units, known issues, what the data are not good for
    Raises:
        ValueError: X is not (n, number of feature names), or y is not (n,)
    Source: Gebru et al. 2021, *Datasheets for datasets*, Communications of the ACM 64(12).

    >>> Dataset("steps", np.zeros((3, 1), np.float32), np.array([0, 1, 1]), ("height [m]",), ("no", "yes"))
    Dataset('steps': X (3, 1) float32, y (3,) int64, 2 classes)
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    datasheet: str = ""

    def __post_init__(self):
        expect_shape(
            self.X,
            "n n_features",
            n_features=len(self.feature_names),
            where="Dataset: X",
            hint="There must be one feature name for each column.",
        )
        expect_shape(
            self.y, "n", n=len(self.X), where="Dataset: y", hint="There must be one label for each row."
        )

    def __repr__(self) -> str:
        X, y = self.X, self.y
        task = f"{len(self.class_names)} classes" if self.class_names else "regression"
        return f"Dataset({self.name!r}: X {X.shape} {X.dtype}, y {y.shape} {y.dtype}, {task})"


def read_datasheet(name: str) -> str:
    """Read the datasheet of one data set.

    Args:
        name: the name of a file in ``course_lib/data/datasheets``, without ``.md``
    Returns:
        the sheet as Markdown text
    Raises:
        FileNotFoundError: there is no such sheet; the error lists those that exist

    >>> read_datasheet("wine").splitlines()[0]
    '# Wine'
    """
    path = DATASHEETS / f"{name}.md"
    if not path.is_file():
        known = ", ".join(sorted(sheet.stem for sheet in DATASHEETS.glob("*.md")))
        raise FileNotFoundError(f"read_datasheet: there is no sheet named {name!r}. There are: {known}.")
    return path.read_text(encoding="utf-8")
