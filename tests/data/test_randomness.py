import numpy as np
import pytest

from course_lib.data.randomness import expect_generator


def test_a_generator_passes():
    expect_generator(np.random.default_rng(0), where="f: rng")


def test_a_seed_is_an_error_that_shows_how_to_use_that_seed():
    with pytest.raises(TypeError, match=r"f: rng must be a NumPy Generator.*int.*default_rng\(42\)"):
        expect_generator(42, where="f: rng")


def test_the_global_random_module_is_an_error():
    with pytest.raises(TypeError, match=r"Its type is module. Make one: rng = np.random.default_rng\(0\)"):
        expect_generator(np.random, where="f: rng")
