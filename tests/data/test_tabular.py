import numpy as np
import pytest
from sklearn import datasets

from course_lib.data import load_breast_cancer, load_diabetes, load_wine

# name -> loader, shape, rows of each class (from UCI's descriptions)
CLASSIFICATIONS = {
    "breast_cancer": (load_breast_cancer, (569, 30), {"malignant": 212, "benign": 357}),
    "wine": (load_wine, (178, 13), {"Barolo": 59, "Grignolino": 71, "Barbera": 48}),
}
LOADERS = (load_breast_cancer, load_wine, load_diabetes)


@pytest.mark.parametrize(("name", "facts"), CLASSIFICATIONS.items())
def test_shape_dtype_and_class_counts_are_the_published_ones(name, facts):
    load, shape, counts = facts
    data = load()
    assert (data.name, data.X.shape, data.X.dtype, data.y.dtype) == (name, shape, np.float32, np.int64)
    assert dict(zip(data.class_names, np.bincount(data.y), strict=True)) == counts


def test_diabetes_is_a_regression_with_the_published_target():
    data = load_diabetes()
    assert (data.X.shape, data.X.dtype, data.y.dtype) == ((442, 10), np.float32, np.float32)
    assert (data.y.min(), data.y.max(), data.class_names) == (25, 346, ())


def test_the_malignant_masses_are_the_larger_ones():
    data = load_breast_cancer()
    radius = data.X[:, data.feature_names.index("mean radius [pixels]")]
    malignant = data.class_names.index("malignant")
    assert radius[data.y == malignant].mean() > 1.4 * radius[data.y != malignant].mean()


def test_compactness_of_breast_cancer_is_scaled_by_4_pi_as_its_datasheet_says():
    data = load_breast_cancer()
    perimeter, area, compactness = data.X[:, 2], data.X[:, 3], data.X[:, 5]
    assert abs(np.median(perimeter**2 / (4 * np.pi * area) - 1 - compactness)) < 0.02


def test_diabetes_columns_are_raw_and_not_scaled_with_the_test_patients():
    data = load_diabetes()
    ages, sexes = data.X[:, 0], data.X[:, 1]
    assert (ages.min(), ages.max()) == (19, 79)
    assert dict(zip(*np.unique(sexes, return_counts=True), strict=True)) == {1: 235, 2: 207}


def test_diabetes_s4_is_about_s1_over_s3_as_its_datasheet_says():
    X = load_diabetes().X
    assert np.abs(X[:, 7] - X[:, 4] / X[:, 6]).max() < 0.7


def test_a_feature_with_a_unit_shows_it_in_brackets():
    assert load_breast_cancer().feature_names[:5] == (
        "mean radius [pixels]",
        "mean texture [grey levels]",
        "mean perimeter [pixels]",
        "mean area [square pixels]",
        "mean smoothness",
    )
    assert load_wine().feature_names[0] == "alcohol [% by volume]"


def test_diabetes_columns_are_named_in_the_order_of_the_file():
    renamed = dict(zip(load_diabetes().feature_names, datasets.load_diabetes().feature_names, strict=True))
    assert renamed["body mass index [kg/m²]"] == "bmi"
    assert all(
        name.startswith(short) for name, short in renamed.items() if short[0] == "s" and short != "sex"
    )


@pytest.mark.parametrize("load", LOADERS)
def test_the_datasheet_comes_with_the_data(load):
    assert str(len(load().y)) in load().datasheet


@pytest.mark.parametrize("load", LOADERS)
def test_changing_one_copy_leaves_the_next_one_as_it_was(load):
    first = load()
    kept = first.X.copy()
    first.X[:] = -1
    first.y[:] = -1
    assert np.array_equal(load().X, kept)
    assert load().y.min() >= 0


@pytest.mark.parametrize("load", LOADERS)
def test_loading_touches_neither_the_network_nor_the_global_random_state(load, no_network, global_draws):
    before = global_draws()
    load()
    assert global_draws() == before
