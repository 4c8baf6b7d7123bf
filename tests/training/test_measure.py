import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.losses import cross_entropy, squared_error
from course_lib.training import measure, of_labels
from course_lib.training.measure import answers, inputs_of
from course_lib.training.metrics import accuracy, f1
from tests.training.small_models import Line, Restless, Sum, same_state, table, values


def restless():
    return Restless(np.random.default_rng(0))


def test_the_size_of_the_batches_makes_no_difference():
    X, y = table()
    metrics = {"f1": of_labels(lambda y_hat, y: f1(y_hat, y, average="macro"))}
    whole, cut = (
        measure(restless(), X, y, loss=cross_entropy, metrics=metrics, batch_size=batch_size)
        for batch_size in (23, 5)
    )
    assert whole.keys() == cut.keys() == {"loss", "f1"}
    for name in whole:
        assert whole[name] == pytest.approx(cut[name], rel=1e-6)


def test_the_loss_is_that_of_the_outputs_in_evaluation_mode():
    X, y = table()
    model = restless()
    model.evaluate()
    expected = cross_entropy(model(Tensor(X)), y).item()
    model.train()
    assert measure(model, X, y, loss=cross_entropy)["loss"] == pytest.approx(expected, rel=1e-6)


def test_a_model_that_is_measured_does_not_change_and_draws_nothing():
    X, y = table()
    model = restless()
    model.hidden[0].is_training = False  # a part may be in a mode of its own
    before = model.generators()[0].bit_generator.state
    assert isinstance(measure(model, X, y, loss=cross_entropy)["loss"], float)
    assert same_state(model, restless())
    assert model.generators()[0].bit_generator.state == before
    assert [part.is_training for part in model.named_modules().values()] == [True, False, True, True]


def test_the_modes_come_back_after_an_error():
    model = restless()
    with pytest.raises(ValueError, match="shape"):
        answers(model, np.ones((4, 9), np.float32), batch_size=2)
    assert model.is_training


def test_nothing_is_recorded_for_a_gradient():
    noted = []
    model = Line()

    def loss(y_hat, y):
        noted.append((y_hat * model.W.sum()).needs_grad)
        return y_hat.mean()

    X, y = values()
    measure(model, X, y, loss=loss)
    assert noted == [False]
    outputs = []
    model.forward = lambda x: outputs.append((x * model.W).sum(axis=1)) or outputs[-1]
    answers(model, X, batch_size=5)
    assert [output.needs_grad for output in outputs] == [False] * 3


def test_the_rows_come_back_in_their_order():
    X, _ = values()
    np.testing.assert_allclose(answers(Line(), X, batch_size=5), X.sum(axis=1) / 2)


def test_a_metric_gets_the_outputs_and_the_truth_as_arrays():
    X, y = values()
    seen = []
    numbers = measure(Line(), X, y, metrics={"first": lambda z, y: seen.append((z, y)) or 7})
    assert numbers == {"first": 7.0}
    np.testing.assert_allclose(seen[0][0], X.sum(axis=1) / 2)
    np.testing.assert_array_equal(seen[0][1], y)


def test_floats_become_inputs_without_a_gradient_and_whole_numbers_stay_arrays():
    X = np.arange(6.0).reshape(3, 2)
    (x,) = inputs_of(X, np.array([2, 0]))
    assert isinstance(x, Tensor)
    assert not x.needs_grad
    np.testing.assert_array_equal(x.data, X[[2, 0]])
    x, ids, mask = inputs_of((X, X.astype(int), X > 2), np.array([1]))
    assert isinstance(x, Tensor)
    assert (type(ids), ids.tolist()) == (np.ndarray, [[2, 3]])
    assert (type(mask), mask.tolist()) == (np.ndarray, [[False, True]])


def test_a_model_with_several_inputs_gets_all_of_them():
    x, counts = np.array([1.0, 2.0, 3.0]), np.array([1, 2, 3])
    np.testing.assert_array_equal(answers(Sum(), (x, counts), batch_size=2), [0.5, 2.0, 4.5])


def test_labels_are_read_from_logits():
    share = of_labels(accuracy)
    assert share(np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), np.array([1, 0, 0, 1])) == 0.75
    assert share(np.array([-1.0, 0.0, 0.5, 2.0]), np.array([0, 0, 1, 0])) == 0.75
    z = np.zeros((2, 3, 4))
    z[..., 2] = 1.0
    assert share(z, np.array([[2, 2, 2], [2, 2, 0]])) == pytest.approx(5 / 6)
    assert share(np.array([[0.5], [-0.5]]), np.array([[1], [1]])) == 0.5
    assert share(np.array([[0.5], [-0.5]]), np.array([1, 1])) == 0.5  # one logit leaves no argmax to choose


X, Y = values()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": X[:0], "y": Y[:0]}, r"measure: X must hold at least one example\. It has shape \(0, 2\)"),
        ({"y": Y[:5]}, r"measure: X has 12 rows, y has 5"),
        ({"X": (X, X[:3])}, r"measure: X\[1\] has 3 rows, y has 12"),
        ({"X": X.tolist()}, r"measure: X must be a NumPy array\. It is a list"),
        ({"batch_size": 0}, r"measure: batch_size must be a whole number of at least 1\. It is 0"),
        ({"batch_size": 2.5}, r"measure: batch_size must be a whole number of at least 1\. It is 2\.5"),
        (
            {"metrics": {"rows": lambda z, y: z}},
            r"measure: metric 'rows' must return one number\. It returned an array of shape \(12,\)",
        ),
        (
            {"metrics": {"mse": squared_error}},
            r"measure: metric 'mse' must return one number\. It returned a Tensor",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(changes, message):
    settings = {"X": X, "y": Y} | changes
    with pytest.raises((TypeError, ValueError), match=message):
        measure(Line(), **settings)
