import dataclasses

import numpy as np
import pytest

from course_lib.data import Dataset
from course_lib.data.dataset import DATASHEETS, read_datasheet

QUESTIONS_A_SHEET_ANSWERS = (
    "**Source**",
    "**Licence**",
    "**Size**",
    "## Columns",
    "## Known issues",
    "not good for",
)


def small():
    X, y = np.zeros((3, 2), np.float32), np.array([0, 1, 1])
    return Dataset("small", X, y, ("a [m]", "b"), ("no", "yes"), "a sheet")


def test_the_repr_shows_shapes_and_no_numbers():
    assert repr(small()) == "Dataset('small': X (3, 2) float32, y (3,) int64, 2 classes)"


def test_without_class_names_the_repr_says_regression():
    data = Dataset("rain", np.zeros((3, 1), np.float32), np.zeros(3, np.float32), ("wind",))
    assert repr(data) == "Dataset('rain': X (3, 1) float32, y (3,) float32, regression)"


def test_a_dataset_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        small().name = "other"


def test_a_column_without_a_name_is_an_error():
    with pytest.raises(ValueError, match=r"Dataset: X must have shape \(n, n_features=1\).*one feature name"):
        Dataset("bad", np.zeros((3, 2)), np.zeros(3), ("a",))


def test_labels_of_another_length_are_an_error():
    with pytest.raises(ValueError, match=r"Dataset: y must have shape \(n=3,\).*one label for each row"):
        Dataset("bad", np.zeros((3, 2)), np.zeros(4), ("a", "b"))


@pytest.mark.parametrize("path", sorted(DATASHEETS.glob("*.md")), ids=lambda path: path.stem)
def test_every_datasheet_answers_the_same_questions(path):
    sheet = path.read_text(encoding="utf-8")
    missing = [question for question in QUESTIONS_A_SHEET_ANSWERS if question not in sheet]
    assert not missing, f"{path.name} says nothing about {missing}"


def test_a_missing_datasheet_is_an_error_that_lists_the_sheets():
    with pytest.raises(FileNotFoundError, match=r"no sheet named 'beer'.*digits.*wine"):
        read_datasheet("beer")
