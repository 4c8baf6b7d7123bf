"""What `fit` refuses, and what it says when numbers stop being finite."""

import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module
from course_lib.losses import cross_entropy, squared_error
from course_lib.optim import SGD
from course_lib.training import EarlyStopping, fit
from tests.training.small_models import Line, Restless, same_state, table, values


def fit_line(**changes):
    X, y = values()
    model = Line()
    settings = {
        "model": model,
        "X": X,
        "y": y,
        "loss": squared_error,
        "optimiser": SGD(model.parameters(), 0.1),
        "n_epochs": 2,
        "batch_size": 4,
        "rng": np.random.default_rng(0),
        "shows_progress": False,
    }
    return fit(**(settings | changes))


X, Y = values()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": X[:0], "y": Y[:0]}, r"fit: X must hold at least one example. It has shape \(0, 2\)"),
        ({"y": Y[:5]}, r"fit: X has 12 rows, y has 5. Both need one row for each example"),
        ({"X": (X, X[:3])}, r"fit: X\[1\] has 3 rows, y has 12"),
        ({"X": ()}, r"fit: X must hold at least one array. It is an empty tuple"),
        ({"batch_size": 0}, r"fit: batch_size must be a whole number from 1 to 12, .* It is 0."),
        ({"batch_size": 13}, r"fit: batch_size must be a whole number from 1 to 12, .* It is 13."),
        ({"n_epochs": 0}, r"fit: n_epochs must be a whole number of at least 1. It is 0."),
        ({"n_epochs": 1.5}, r"fit: n_epochs must be a whole number of at least 1. It is 1.5."),
        ({"n_epochs": True}, r"fit: n_epochs must be a whole number of at least 1. It is True."),
        ({"clip_norm": 0.0}, r"fit: clip_norm must be a positive number. It is 0.0"),
        ({"validation": (X, Y[:5])}, r"fit: validation X has 12 rows, validation y has 5"),
        ({"validation": ((X, X[:3]), Y)}, r"fit: validation X\[1\] has 3 rows, validation y has 12"),
        ({"early_stopping": EarlyStopping()}, r"fit: early stopping watches the validation loss. Pass valid"),
        (
            {"optimiser": SGD(Line().parameters(), 0.1)},
            r"fit: the optimiser moves none of the model's parameters. Make it from model.parameters\(\)",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        fit_line(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": X.tolist()}, r"fit: X must be a NumPy array. It is a list"),
        ({"y": Y.tolist()}, r"fit: y must be a NumPy array. It is a list"),
        ({"model": lambda x: x}, r"fit: model must be of type Module. It is a function"),
        ({"optimiser": "adam"}, r"fit: optimiser must be of type Optimiser. It is a str"),
        (
            {"early_stopping": 5, "validation": (X, Y)},
            r"fit: early_stopping must be of type EarlyStopping or",
        ),
        ({"rng": 0}, r"fit: rng must be a NumPy Generator"),
        ({"checkpoint": 5}, r"fit: checkpoint must be a folder or a Checkpoint. It is of type int"),
        ({"schedule": 0.1}, r"fit: schedule must be a function of the step, or an OnPlateau. It is a float"),
        ({"loss": "mse"}, r"fit: loss must be a function of output and y. It is a str"),
        ({"metrics": ["accuracy"]}, r"fit: metrics must be functions by name"),
        ({"metrics": {"accuracy": 1}}, r"fit: metrics must be functions by name"),
        ({"metrics": {"loss": np.mean}}, r'fit: metrics must be functions by name, .* but not "loss"'),
        ({"validation": X}, r"fit: validation must be a pair, \(X_validation, y_validation\)"),
        ({"validation": (X, Y, Y)}, r"fit: validation must be a pair"),
        ({"loss": lambda z, y: 1.0}, r"fit: loss must return a Tensor of one number. It returned a float"),
        ({"loss": lambda z, y: z}, r"fit: loss must return a Tensor .* It returned a Tensor of shape \(4,\)"),
    ],
)
def test_what_is_of_another_kind_is_refused(changes, message):
    with pytest.raises(TypeError, match=message):
        fit_line(**changes)


def test_a_smallest_training_passes():
    history = fit_line(batch_size=12, n_epochs=np.int64(1), validation=[X, Y])
    assert (history.n_steps, history.n_epochs) == (1, 1)


def test_part_of_the_parameters_may_be_learned():
    model = Restless(np.random.default_rng(0))
    X, y = table()
    before = model.state()
    fit_line(model=model, X=X, y=y, loss=cross_entropy, optimiser=SGD(model.head.parameters(), 0.1))
    changed = {name for name, value in model.state().items() if (value != before[name]).any()}
    assert changed == {"head.W", "head.b", "hidden.1.running_mean"}


def test_a_label_out_of_range_is_told_with_the_epoch_and_the_step():
    X, y = table()
    y = y.copy()
    y[3] = 3
    model = Restless(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"cross_entropy") as error:
        fit_line(model=model, X=X, y=y, loss=cross_entropy, optimiser=SGD(model.parameters(), 0.1))
    order = np.random.default_rng(0).permutation(len(y)).tolist()
    assert error.value.__notes__ == [f"In fit: epoch 1, step {order.index(3) // 4 + 1}."]


class Wild(Module):
    """Two layers; the second one overflows once its weights have grown."""

    def __init__(self):
        self.first = Line()
        self.second = Square()

    def forward(self, x):
        return self.second(self.first(x))


class Square(Module):
    def forward(self, x):
        return x * x * x * x


def test_a_loss_that_overflows_is_told_with_the_step_and_the_first_layer_and_the_step_is_not_taken():
    model = Wild()
    optimiser = SGD(model.parameters(), 100.0)
    seen = []

    def loss(y_hat, y):
        seen.append(model.first.W.data)
        return squared_error(y_hat, y)

    with pytest.raises(ValueError, match=r"fit: the loss is (inf|nan) in epoch \d+, step \d+") as error:
        fit_line(model=model, optimiser=optimiser, loss=loss, n_epochs=9, batch_size=4)
    said = str(error.value)
    n_steps = len(seen)
    assert f"in epoch {(n_steps - 1) // 3 + 1}, step {n_steps}. The step was not taken." in said
    assert "The first output that is not finite is that of layer second (Square)" in said
    np.testing.assert_array_equal(model.first.W.data, seen[-1])


@pytest.mark.parametrize("strange", [np.nan, np.inf])
def test_nan_in_the_data_is_told_with_its_row(strange):
    strange_X = X.copy()
    strange_X[5, 1] = strange
    step = np.random.default_rng(0).permutation(12).tolist().index(5) // 4 + 1
    with pytest.raises(ValueError, match=rf"in epoch 1, step {step}. .* X itself holds NaN .* in row 5"):
        fit_line(X=strange_X)


def test_a_validation_loss_that_is_not_finite_is_told():
    strange_X = X.copy()
    strange_X[5, 1] = np.nan
    message = r"fit: the validation loss after epoch 1 is nan. validation X itself holds NaN .*, in row 5"
    with pytest.raises(ValueError, match=message):
        fit_line(validation=(strange_X, Y))


class OnlyInUse(Module):
    """Overflows in evaluation mode alone."""

    def __init__(self):
        self.line = Line()

    def forward(self, x):
        return self.line(x) * (1.0 if self.is_training else np.inf)


def test_a_layer_that_fails_in_evaluation_mode_is_found_there():
    model = OnlyInUse()
    message = (
        r"fit: the validation loss .* first output that is not finite is that of the model itself \(OnlyInUse"
    )
    with pytest.raises(ValueError, match=message):
        fit_line(model=model, optimiser=SGD(model.parameters(), 0.1), validation=(X, Y))


class Root(Module):
    """|x|^0.5: its slope at 0 is infinite although its value is not."""

    def __init__(self):
        self.line = Line()
        self.line.W.assign([0.0, 0.0])

    def forward(self, x):
        return self.line(x) ** 0.5


def test_a_gradient_that_is_not_finite_is_told_with_the_name_of_its_parameter():
    model = Root()
    optimiser = SGD(model.parameters(), 0.1)
    for clip_norm in (None, 1.0):
        with pytest.raises(ValueError, match=r"the gradient of the parameter at position 0") as error:
            fit_line(model=model, optimiser=optimiser, clip_norm=clip_norm, y=Y + 9)
        assert error.value.__notes__ == ["In fit: epoch 1, step 1. The gradient of line.W is not finite."]
        assert same_state(model, Root())


def test_an_error_of_the_callers_own_stays_what_it_is():
    def loss(z, y):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        fit_line(loss=loss)


def test_a_metric_that_fails_is_told_with_its_epoch():
    def metric(z, y):
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing") as error:
        fit_line(metrics={"mine": metric}, loss=lambda z, y: (z - Tensor(y)).mean())
    assert error.value.__notes__ == ["In fit: after step 3."]
