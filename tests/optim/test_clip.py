import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.optim import clip_by_norm, clip_by_value
from tests.optim.problems import gradients, leaves


def parameters_with_gradients(dtype=np.float64):
    rng = np.random.default_rng(0)
    parameters = leaves(rng, dtype)
    for parameter, g in zip(parameters, gradients(rng, dtype), strict=True):
        parameter.grad = g
    return parameters


def common_norm(parameters):
    return np.linalg.norm(np.concatenate([np.ravel(p.grad) for p in parameters if p.grad is not None]))


def test_a_gradient_that_is_too_long_keeps_its_direction_and_gets_the_largest_norm():
    parameters = parameters_with_gradients()
    before = [parameter.grad for parameter in parameters]
    norm = common_norm(parameters)
    assert clip_by_norm(parameters, 2.0) == pytest.approx(norm, rel=1e-12)
    assert common_norm(parameters) == pytest.approx(2.0, rel=1e-12)
    for parameter, g in zip(parameters, before, strict=True):
        np.testing.assert_allclose(parameter.grad, g * (2.0 / norm), rtol=1e-12)


def test_a_gradient_that_is_short_enough_is_not_touched():
    parameters = parameters_with_gradients()
    before = [parameter.grad for parameter in parameters]
    clip_by_norm(parameters, 1.01 * common_norm(parameters))
    assert all(parameter.grad is g for parameter, g in zip(parameters, before, strict=True))


def test_each_single_slope_is_cut_on_both_sides():
    parameter = Tensor(np.zeros(5))
    parameter.grad = np.array([-7.0, -0.5, 0.0, 0.5, 7.0])
    clip_by_value([parameter], 1.0)
    np.testing.assert_array_equal(parameter.grad, [-1.0, -0.5, 0.0, 0.5, 1.0])


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_a_parameter_without_a_gradient_does_not_count_and_stays_without(clip):
    parameters = parameters_with_gradients()
    parameters[0].grad = None
    clip(parameters, 0.1)
    assert parameters[0].grad is None
    assert np.abs(parameters[1].grad).max() <= 0.1


def test_without_any_gradient_the_norm_is_zero():
    assert clip_by_norm([Tensor(np.ones(2))], 1.0) == 0.0


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_float32_stays_float32_and_the_old_gradient_is_not_written_to(clip):
    parameters = parameters_with_gradients(np.float32)
    for parameter in parameters:
        parameter.grad.flags.writeable = False
    clip(parameters, np.float64(0.1))
    assert all(parameter.grad.dtype == np.float32 for parameter in parameters)


def test_the_norm_of_large_float32_gradients_does_not_overflow():
    parameter = Tensor(np.zeros(4, np.float32))
    parameter.grad = np.full(4, 1e30, np.float32)
    assert clip_by_norm([parameter], 1.0) == pytest.approx(2e30, rel=1e-6)
    np.testing.assert_allclose(parameter.grad, 0.5, rtol=1e-6)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan"), float("inf")])
def test_a_limit_that_cannot_be_right_is_refused(clip, limit):
    with pytest.raises(ValueError, match=rf"{clip.__name__}: largest_\w+ must be a positive number"):
        clip(parameters_with_gradients(), limit)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_a_gradient_that_is_not_finite_is_named_by_place_and_shape(clip):
    parameters = parameters_with_gradients()
    parameters[1].grad[2] = np.nan
    with pytest.raises(ValueError, match=rf"{clip.__name__}: .* position 1, of shape \(5,\), holds NaN"):
        clip(parameters, 1.0)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_what_is_no_list_of_parameters_is_refused(clip):
    with pytest.raises(TypeError, match=f"{clip.__name__}: parameters must be a list of Tensors"):
        clip(Tensor(np.ones(2)), 1.0)
    with pytest.raises(ValueError, match=f"{clip.__name__}: there are no parameters"):
        clip([], 1.0)
