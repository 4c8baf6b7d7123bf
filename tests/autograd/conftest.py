"""What the tests of autograd share."""

import numpy as np
import pytest


@pytest.fixture
def rng():
    """Draw the same numbers in every run, whatever ran before."""
    return np.random.default_rng(0)
