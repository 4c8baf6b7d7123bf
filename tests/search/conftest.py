import numpy as np
import pytest

from course_lib.search import Choice, Integer, LogUniform, Space, Uniform


@pytest.fixture
def mixed_space():
    """One setting of every kind."""
    return Space(
        {
            "dropout": Uniform(0.0, 0.5),
            "learning_rate": LogUniform(1e-4, 1.0),
            "n_layers": Integer(1, 4),
            "n_units": Integer(4, 256, is_log=True),
            "activation": Choice(("relu", "tanh", None)),
        }
    )


@pytest.fixture
def line():
    """One setting from -1 to 1."""
    return Space({"x": Uniform(-1.0, 1.0)})


@pytest.fixture
def rng():
    return np.random.default_rng(0)
