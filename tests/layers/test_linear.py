import numpy as np

from course_lib.layers.linear import Linear


def test_a_new_layer_starts_without_bias_and_with_weights_that_follow_from_the_generator():
    layer = Linear(3, 4, rng=np.random.default_rng(0))
    same = Linear(3, 4, rng=np.random.default_rng(0), init=lambda shape, rng: np.full(shape, rng.random()))
    np.testing.assert_array_equal(layer.b.data, np.zeros(4))
    assert np.unique(layer.W.data).size == 12
    np.testing.assert_array_equal(same.W.data, np.full((3, 4), np.random.default_rng(0).random()))
