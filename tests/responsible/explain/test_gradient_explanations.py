import numpy as np
import pytest

from course_lib.autograd import ops
from course_lib.autograd.tensor import Tensor
from course_lib.responsible.explain import (
    class_gradient,
    completeness_gap,
    integrated_gradients,
    occlusion,
    saliency,
)

EXPLANATIONS = [saliency, class_gradient, integrated_gradients, occlusion]


@pytest.fixture
def W(rng):
    return rng.normal(size=(5, 3))


def test_the_slopes_of_a_weighted_sum_are_its_weights(W, examples):
    model = lambda x: x @ W  # noqa: E731
    np.testing.assert_allclose(class_gradient(model, examples.X, 1), np.tile(W[:, 1], (6, 1)))
    np.testing.assert_allclose(saliency(model, examples.X, examples.y), np.abs(W[:, examples.y].T))


def test_the_slope_of_a_network_equals_central_differences(net, examples):
    gradient = class_gradient(net, examples.X, examples.y)
    for index in np.ndindex(examples.X.shape):
        step = np.zeros_like(examples.X)
        step[index] = 1e-6
        rows = np.arange(6), examples.y
        slope = net(Tensor(examples.X + step)).data[rows] - net(Tensor(examples.X - step)).data[rows]
        assert gradient[index] == pytest.approx(slope.sum() / 2e-6, abs=1e-7)


@pytest.mark.parametrize("explain", EXPLANATIONS)
def test_without_a_target_the_class_that_the_model_answers_is_explained(net, rng, explain):
    X = 3 * rng.normal(size=(60, 5))
    answers = net(Tensor(X)).data.argmax(axis=1)
    assert len(np.unique(answers)) > 1
    np.testing.assert_array_equal(explain(net, X), explain(net, X, answers))
    assert not np.allclose(explain(net, X), explain(net, X, 0))


@pytest.mark.parametrize("explain", EXPLANATIONS)
@pytest.mark.parametrize("keepdims", [False, True])
def test_a_model_with_one_logit_needs_no_target(examples, explain, keepdims):
    def model(x):
        return (x * np.arange(5.0)).sum(axis=1, keepdims=keepdims)

    expected = np.arange(5.0) * (1 if explain in (saliency, class_gradient) else examples.X)
    np.testing.assert_allclose(explain(model, examples.X), np.broadcast_to(expected, (6, 5)))
    with pytest.raises(ValueError, match=r"one number an example\. Leave out target"):
        explain(model, examples.X, 0)


@pytest.mark.parametrize("explain", EXPLANATIONS)
def test_an_explanation_leaves_the_model_as_it_was(net, examples, expect_untouched, explain):
    expected = explain(net, examples.X)
    compare = expect_untouched(net)
    np.testing.assert_array_equal(explain(net, examples.X), expected)
    compare()


@pytest.mark.parametrize("explain", EXPLANATIONS)
def test_float32_stays_float32(digits, explain):
    X = digits.parts.X_test[:3]
    assert explain(digits.model, X).dtype == np.float32


def test_integrated_gradients_of_a_weighted_sum_are_its_terms(W, examples):
    baseline = np.full(5, 0.25)
    found = integrated_gradients(lambda x: x @ W, examples.X, 2, baseline=baseline, n_steps=1)
    np.testing.assert_allclose(found, (examples.X - 0.25) * W[:, 2], rtol=1e-12)


def test_integrated_gradients_of_a_quadratic_form_equal_the_closed_form(rng, examples):
    A = rng.normal(size=(5, 5))
    A = A + A.T
    baseline = rng.uniform(size=(6, 5))
    found = integrated_gradients(
        lambda x: ((x @ A) * x).sum(axis=1), examples.X, baseline=baseline, n_steps=2
    )
    # The slope 2 A x is linear along the way, so its mean is that of the middle: A (x + x').
    np.testing.assert_allclose(found, (examples.X - baseline) * ((examples.X + baseline) @ A), rtol=1e-10)


def test_integrated_gradients_of_a_cube_improve_with_the_square_of_the_steps():
    X = np.array([[2.0]])
    for n_steps in (1, 5):
        found = integrated_gradients(lambda x: (x * x * x).sum(axis=1), X, n_steps=n_steps)
        # The middles of n steps miss the integral of 3 t² over [0, 1] by 1 / (4 n²).
        assert found[0, 0] == pytest.approx(8 * (1 - 1 / (4 * n_steps**2)), rel=1e-12)


def test_fifty_steps_are_taken_by_default():
    found = integrated_gradients(lambda x: (x * x * x).sum(axis=1), np.array([[1.0]]))
    assert found[0, 0] == pytest.approx(1 - 1 / (4 * 50**2), rel=1e-12)


def test_integrated_gradients_on_digits_add_up_to_the_logit(digits):
    X = digits.parts.X_test[:20]
    found = integrated_gradients(digits.model, X, n_steps=200)
    z = digits.model(Tensor(X)).data
    at_paper = digits.model(Tensor(np.zeros_like(X))).data
    answers = z.argmax(axis=1)
    total = z.max(axis=1) - at_paper[np.arange(20), answers]
    np.testing.assert_allclose(found.sum(axis=1), total, atol=0.02 * np.abs(total).max())
    gap = completeness_gap(digits.model, X, found)
    np.testing.assert_allclose(gap, found.sum(axis=1) - total, atol=1e-4)
    assert np.abs(gap).max() < np.abs(completeness_gap(digits.model, X, X * saliency(digits.model, X))).max()


def test_the_class_of_the_example_is_explained_all_the_way():
    X = np.array([[1.0, 0.6]])  # at the baseline, the second class would be the answer
    baseline = np.array([0.0, 0.5])
    found = integrated_gradients(lambda x: x * np.array([3.0, 1.0]), X, baseline=baseline)
    np.testing.assert_allclose(found, [[3.0, 0.0]])
    gap = completeness_gap(lambda x: x * np.array([3.0, 1.0]), X, found, baseline=baseline)
    np.testing.assert_allclose(gap, [0.0], atol=1e-15)


def test_pictures_keep_their_shape(rng):
    X = rng.normal(size=(2, 1, 4, 3))
    weights = rng.normal(size=(1, 1, 4, 3))

    def model(x):
        return (x * weights).sum(axis=(1, 2, 3))

    found = integrated_gradients(model, X)
    np.testing.assert_allclose(found, X * weights, rtol=1e-10)
    np.testing.assert_allclose(completeness_gap(model, X, found), 0, atol=1e-12)
    np.testing.assert_allclose(saliency(model, X), np.broadcast_to(np.abs(weights), X.shape))


def covered_by_hand(model, X, window, starts, baseline):
    """Average the drops over all covers, place by place."""
    drops, counts = np.zeros((len(X), *X.shape[2:])), np.zeros(X.shape[2:])
    for top in starts[0]:
        for left in starts[1]:
            covered = X.copy()
            covered[:, :, top : top + window[0], left : left + window[1]] = baseline
            drop = model(Tensor(X)).data - model(Tensor(covered)).data
            drops[:, top : top + window[0], left : left + window[1]] += drop[:, None, None]
            counts[top : top + window[0], left : left + window[1]] += 1
    return drops / counts


@pytest.mark.parametrize(
    ("window", "stride", "starts"),
    [
        ((1, 1), 1, (range(5), range(4))),
        ((3, 2), 2, ([0, 2], [0, 2])),
        ((2, 3), 2, ([0, 2, 3], [0, 1])),
        ((5, 4), 1, ([0], [0])),
    ],
)
def test_occlusion_of_pictures_equals_covering_by_hand(rng, window, stride, starts):
    X, weights = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(3, 5, 4))

    def model(x):
        return ops.tanh((x * weights).sum(axis=(1, 2, 3)))

    found = occlusion(model, X, window=window, stride=stride, baseline=0.3)
    np.testing.assert_allclose(found, covered_by_hand(model, X, window, starts, 0.3), rtol=1e-12)
    assert found.shape == (2, 5, 4)


def test_the_class_of_the_intact_example_is_followed_under_every_cover():
    X = np.array([[1.0, 0.9]])  # covering the first column turns the answer to class 1
    found = occlusion(lambda x: x, X)
    np.testing.assert_allclose(found, [[1.0, 0.0]])
    np.testing.assert_allclose(occlusion(lambda x: x, X, 1), [[0.0, 0.9]])


@pytest.mark.parametrize("explain", EXPLANATIONS)
@pytest.mark.parametrize(
    ("X", "target", "error", "message"),
    [
        (np.ones((2, 3), int), None, TypeError, "X must hold floats"),
        (np.ones((2, 3)), 3, ValueError, "target must lie between 0 and 2. It is 3"),
        (np.ones((2, 3)), -1, ValueError, "target must lie between 0 and 2"),
        (np.ones((2, 3)), np.array([0, 3]), ValueError, "target must lie between 0 and 2"),
        (
            np.ones((2, 3)),
            np.zeros(3, int),
            ValueError,
            r"target must be one class, or one for each of the 2 examples",
        ),
        (np.ones((2, 3)), 1.0, TypeError, "target must be whole numbers. They are of type float64"),
        (
            np.ones((2, 3, 4)),
            None,
            ValueError,
            r"return logits \(B=2, K\) or \(B=2,\). They have shape \(2, 3, 4\)",
        ),
    ],
)
def test_what_cannot_be_explained_gets_a_sentence(explain, X, target, error, message):
    with pytest.raises(error, match=f"{explain.__name__}: (the model must )?{message}"):
        explain(lambda x: x, X, target)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda X: integrated_gradients(lambda x: x, X, n_steps=0),
            "n_steps must be a whole number of at least",
        ),
        (lambda X: integrated_gradients(lambda x: x, X, n_steps=2.5), "n_steps must be a whole number"),
        (
            lambda X: integrated_gradients(lambda x: x, X, baseline=np.zeros(4)),
            r"integrated_gradients: baseline must be a number or broadcast.*It has shape \(4,\)",
        ),
        (lambda X: completeness_gap(lambda x: x, X, X[0]), r"attribution must have the shape of X, \(2, 3\)"),
        (lambda X: completeness_gap(lambda x: x, X, X, baseline=np.zeros(4)), "completeness_gap: baseline"),
        (lambda X: occlusion(lambda x: x, X, window=()), "window must have from 1 to 1 lengths"),
        (lambda X: occlusion(lambda x: x, X, window=(1, 1)), r"from 1 to 1 lengths.*It is \(1, 1\)"),
        (lambda X: occlusion(lambda x: x, X, window=(4,)), r"must fit into the last axes of X, \(3,\)"),
        (lambda X: occlusion(lambda x: x, X, window=(0,)), "must fit into the last axes"),
        (lambda X: occlusion(lambda x: x, X, window=(2,), stride=3), "shortest length of the window, 2"),
        (lambda X: occlusion(lambda x: x, X, stride=0), "stride must be from 1 to.*It is 0"),
        (lambda X: occlusion(lambda x: x, X, stride=1.0), "stride must be from 1 to.*It is 1.0"),
        (lambda X: occlusion(lambda x: x, X, window=2), r"window must be a tuple of whole numbers.*It is 2"),
        (lambda X: occlusion(lambda x: x, X, window=(1.5,)), "window must be a tuple of whole numbers"),
        (lambda X: occlusion(lambda x: x, X[0]), r"occlusion: X must hold one example a row.*X\[None\]"),
        (lambda X: saliency(lambda x: x[:2], X[0]), r"saliency: the model must return.*X\[None\]"),
    ],
)
def test_settings_that_do_not_fit_get_a_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.ones((2, 3)))
