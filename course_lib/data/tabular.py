"""Tables measured in the real world: tumours, wines and patients, as scikit-learn installs them."""

import numpy as np

from course_lib.data.dataset import Dataset, read_datasheet


def load_breast_cancer() -> Dataset:
    """Load 569 breast masses, each described by 30 measurements of its cell nuclei.

    Label 0 is malignant and label 1 is benign, as in scikit-learn: a neuron trained on these labels gives the
    probability of *benign*.

    Returns:
        X: (569, 30), y: (569,) with 212 malignant and 357 benign. Lengths are in pixels of the image.
    Source: Street, Wolberg & Mangasarian 1993, *Nuclear feature extraction for breast tumor diagnosis*.

    >>> data = load_breast_cancer()
    >>> data
    Dataset('breast_cancer': X (569, 30) float32, y (569,) int64, 2 classes)
    >>> data.feature_names[0], data.class_names[data.y[0]]
    ('mean radius [pixels]', 'malignant')
    """
    from sklearn import datasets

    table = datasets.load_breast_cancer()
    return Dataset(
        name="breast_cancer",
        X=np.array(table.data, dtype=np.float32),  # (569, 30)
        y=np.array(table.target, dtype=np.int64),  # (569,)
        feature_names=tuple(_with_pixel_unit(str(name)) for name in table.feature_names),
        class_names=("malignant", "benign"),
        datasheet=read_datasheet("breast_cancer"),
    )


def load_wine() -> Dataset:
    """Load the chemical analysis of 178 wines from three grape varieties of one Italian region.

    scikit-learn calls the classes 0, 1 and 2. Their names are those of Forina's study, matched by its counts.

    Returns:
        X: (178, 13), y: (178,) with 59 Barolo, 71 Grignolino and 48 Barbera.
    Source: Forina, Armanino, Castino & Ubigli 1986, *Multivariate data analysis as a discriminating method of
        the origin of wines*, Vitis 25, 189-201.

    >>> data = load_wine()
    >>> data
    Dataset('wine': X (178, 13) float32, y (178,) int64, 3 classes)
    >>> data.class_names
    ('Barolo', 'Grignolino', 'Barbera')
    """
    from sklearn import datasets

    table = datasets.load_wine()
    names = [
        name.replace("_", " ").replace("od", "OD").replace("color", "colour") for name in table.feature_names
    ]
    return Dataset(
        name="wine",
        X=np.array(table.data, dtype=np.float32),  # (178, 13)
        y=np.array(table.target, dtype=np.int64),  # (178,)
        feature_names=("alcohol [% by volume]", *names[1:]),
        class_names=("Barolo", "Grignolino", "Barbera"),
        datasheet=read_datasheet("wine"),
    )


def load_diabetes() -> Dataset:
    """Load 442 patients with ten measurements, and how far their diabetes had progressed a year later.

    The columns are the raw ones (years, kg/m², ...). scikit-learn's default version is centred and scaled
    with the mean and deviation of *all* patients, later test patients among them.

    Returns:
        X: (442, 10), y: (442,) progression score from 25 to 346, float32; its unit is not published.
    Source: Efron, Hastie, Johnstone & Tibshirani 2004, *Least angle regression*, Annals of Statistics 32(2).

    >>> data = load_diabetes()
    >>> data
    Dataset('diabetes': X (442, 10) float32, y (442,) float32, regression)
    >>> data.feature_names[2], round(float(data.X[0, 2]), 1)
    ('body mass index [kg/m²]', 32.1)
    """
    from sklearn import datasets

    table = datasets.load_diabetes(scaled=False)
    return Dataset(
        name="diabetes",
        X=np.array(table.data, dtype=np.float32),  # (442, 10)
        y=np.array(table.target, dtype=np.float32),  # (442,)
        feature_names=(
            "age [years]",
            "sex (coded 1 or 2)",
            "body mass index [kg/m²]",
            "average blood pressure",
            "s1 total cholesterol",
            "s2 low-density lipoproteins",
            "s3 high-density lipoproteins",
            "s4 total cholesterol / HDL",
            "s5 log of triglycerides (probably)",
            "s6 blood sugar",
        ),
        datasheet=read_datasheet("diabetes"),
    )


def _with_pixel_unit(name: str) -> str:
    """Add the unit of a measurement: Street et al. 1993 count pixels of the digitised image."""
    units = {"radius": "pixels", "perimeter": "pixels", "area": "square pixels", "texture": "grey levels"}
    found = [unit for measure, unit in units.items() if measure in name.split()]
    return f"{name} [{found[0]}]" if found else name
