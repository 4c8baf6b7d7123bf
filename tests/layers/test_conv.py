import numpy as np
import pytest

from course_lib.layers.conv import Conv1d, Conv2d, ConvReluPool2d
from course_lib.layers.init import he_uniform


@pytest.mark.parametrize(("kind", "n_axes"), [(Conv1d, 1), (Conv2d, 2), (ConvReluPool2d, 2)])
def test_a_new_layer_begins_without_biases_and_with_the_weights_of_he(kind, n_axes):
    layer = kind(2, 4, 3, rng=np.random.default_rng(0))
    W = he_uniform((4, 2) + (3,) * n_axes, np.random.default_rng(0))
    np.testing.assert_array_equal(layer.W.data, W)
    np.testing.assert_array_equal(layer.b.data, np.zeros(4))
