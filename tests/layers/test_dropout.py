import math

import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.layers.dropout import Dropout


def dropped(p, shape, seed=0, dtype=np.float64):
    """Return an input of ones, what dropout makes of it, and the layer."""
    layer = Dropout(p, rng=np.random.default_rng(seed))
    x = Tensor(np.ones(shape, dtype))
    return x, layer(x), layer


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_the_share_p_is_dropped_and_the_rest_makes_up_for_it(p):
    n = 40_000
    _, y, _ = dropped(p, n)
    assert set(np.round(y.data, 12)) == {0.0, round(1 / (1 - p), 12)}
    share = np.mean(y.data == 0)
    assert abs(share - p) < 5 * math.sqrt(p * (1 - p) / n)  # five standard errors


def test_the_gradient_goes_where_the_number_went():
    x, y, _ = dropped(0.5, (20, 30))
    g = np.random.default_rng(1).normal(size=(20, 30))
    y.backward(g)
    np.testing.assert_allclose(x.grad, g * y.data, rtol=1e-15)


def test_each_call_drops_anew_and_the_generator_alone_decides():
    x, y, layer = dropped(0.5, (20, 30))
    assert not np.array_equal(layer(x).data, y.data)
    assert np.array_equal(dropped(0.5, (20, 30))[1].data, y.data)
    assert not np.array_equal(dropped(0.5, (20, 30), seed=1)[1].data, y.data)


def test_the_same_is_dropped_in_float32_and_the_dtype_stays():
    _, y, _ = dropped(0.5, (20, 30))
    _, y_32, _ = dropped(0.5, (20, 30), dtype=np.float32)
    assert y_32.dtype == np.float32
    assert y.dtype == np.float64
    assert np.array_equal(y_32.data, y.data)


def test_rows_and_columns_are_dropped_independently():
    is_kept = dropped(0.5, (200, 200))[1].data > 0
    for axis in (0, 1):
        deviation = is_kept.mean(axis=axis).std()
        assert 0.8 < deviation / math.sqrt(0.25 / 200) < 1.2


def test_in_use_everything_passes_and_nothing_is_drawn():
    x, _, layer = dropped(0.9, (4, 5))
    layer.evaluate()
    state = layer.rng.bit_generator.state
    assert layer(x) is x
    assert layer.rng.bit_generator.state == state
    layer.train()
    assert np.any(layer(x).data == 0)


def test_without_dropping_the_generator_is_left_alone():
    x, y, layer = dropped(0.0, (4, 5))
    assert y is x
    assert layer.rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


def test_what_is_dropped_is_what_draws_less_than_p():
    class Stairs(np.random.Generator):
        def random(self, shape, dtype):
            return np.arange(4, dtype=dtype) / 4

    layer = Dropout(0.5, rng=Stairs(np.random.PCG64(0)))
    assert layer(Tensor(np.ones(4))).data.tolist() == [
        0.0,
        0.0,
        2.0,
        2.0,
    ]  # 0, 1/4, 1/2, 3/4 are equally likely


def test_half_is_dropped_unless_said_otherwise():
    assert Dropout(rng=np.random.default_rng(0)).p == 0.5


def test_an_array_may_come_in_and_the_model_finds_the_generator():
    layer = Dropout(0.5, rng=np.random.default_rng(0))
    assert not layer(np.ones(3)).needs_grad
    assert layer.generators() == [layer.rng]
