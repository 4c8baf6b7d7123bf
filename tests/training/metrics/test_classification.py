import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from course_lib.autograd.tensor import Tensor
from course_lib.training.metrics import accuracy, confusion_matrix, f1, precision, recall

RNG = np.random.default_rng(0)
TRUE = RNG.integers(4, size=200)
CALLED = np.where(RNG.random(200) < 0.6, TRUE, RNG.integers(4, size=200))
SHARES = [precision, recall, f1]
THEIRS = {
    precision: sklearn_metrics.precision_score,
    recall: sklearn_metrics.recall_score,
    f1: sklearn_metrics.f1_score,
}


def test_accuracy_counts_what_is_right():
    assert accuracy(np.array([0, 2, 1, 1]), np.array([0, 2, 2, 1])) == 0.75
    assert accuracy(CALLED, TRUE) == sklearn_metrics.accuracy_score(TRUE, CALLED)


def test_a_confusion_matrix_has_the_truth_in_its_rows():
    M = confusion_matrix(np.array([1, 1, 0]), np.array([0, 1, 0]))
    assert M.tolist() == [[1, 1], [0, 1]]
    np.testing.assert_array_equal(
        confusion_matrix(CALLED, TRUE), sklearn_metrics.confusion_matrix(TRUE, CALLED)
    )


def test_a_class_that_does_not_occur_keeps_its_row_and_column():
    M = confusion_matrix(np.array([0, 1]), np.array([0, 0]), n_classes=3)
    assert M.tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_small_and_truth_value_labels_are_counted_without_overflow():
    true, called = np.array([0, 19], np.int8), np.array([19, 19], np.int8)  # 19 * 20 + 19 is above 127
    assert confusion_matrix(called, true)[19, 19] == 1
    assert confusion_matrix(np.array([True, False]), np.array([True, True])).tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize("share", SHARES)
def test_shares_equal_those_of_scikit_learn(share):
    assert share(CALLED, TRUE, average="macro") == pytest.approx(
        THEIRS[share](TRUE, CALLED, average="macro"), rel=1e-12
    )
    called, true = CALLED // 2, TRUE // 2
    assert share(called, true) == pytest.approx(THEIRS[share](true, called), rel=1e-12)


def test_shares_by_hand():
    called, true = np.array([1, 1, 1, 0, 0]), np.array([1, 0, 0, 1, 0])
    assert precision(called, true) == pytest.approx(1 / 3)
    assert recall(called, true) == pytest.approx(1 / 2)
    assert f1(called, true) == pytest.approx(2 / 5)


@pytest.mark.parametrize("share", SHARES)
def test_where_there_is_nothing_to_share_the_answer_is_0(share):
    assert share(np.zeros(3, int), np.zeros(3, int)) == 0


@pytest.mark.parametrize("share", SHARES)
def test_macro_leaves_out_classes_that_do_not_occur_at_all(share):
    assert share(np.array([0, 5]), np.array([0, 5]), average="macro") == 1


@pytest.mark.parametrize("function", [accuracy, confusion_matrix, *SHARES])
@pytest.mark.parametrize(
    ("y_hat", "y", "message"),
    [
        (CALLED[:-1], TRUE, r"y_hat must have shape \(n=200,\)"),
        (CALLED[:, None], TRUE, r"y_hat must have shape \(n=200,\)"),
        (CALLED[:0], TRUE[:0], "y must hold at least one label"),
        (CALLED - 9, TRUE, "y_hat must hold labels"),
    ],
)
def test_labels_that_cannot_be_right_are_refused(function, y_hat, y, message):
    y_hat, y = np.minimum(y_hat, 1), np.minimum(y, 1)
    with pytest.raises(ValueError, match=f"{function.__name__}: {message}"):
        function(y_hat, y)


@pytest.mark.parametrize("function", [accuracy, confusion_matrix, *SHARES])
def test_scores_in_place_of_labels_are_refused_with_the_cure(function):
    with pytest.raises(TypeError, match=r"y_hat must hold whole numbers.*argmax"):
        function(np.array([0.2, 0.9]), np.array([0, 1]))
    with pytest.raises(TypeError, match=r"accuracy: y_hat must be a NumPy array\. It is a Tensor"):
        accuracy(Tensor(CALLED), TRUE)
    with pytest.raises(TypeError, match="y must be a NumPy array"):
        function(np.array([0, 1]), [0, 1])


def test_labels_beyond_the_classes_are_named():
    with pytest.raises(ValueError, match=r"y must hold labels from 0 to 2\. It also holds 3"):
        confusion_matrix(CALLED, TRUE, n_classes=3)
    with pytest.raises(ValueError, match=r"precision: y must hold labels from 0 to 1\. It also holds"):
        precision(CALLED, TRUE)


@pytest.mark.parametrize("share", SHARES)
def test_an_unknown_average_is_refused(share):
    with pytest.raises(ValueError, match=r"average must be one of .*'micro'"):
        share(CALLED, TRUE, average="micro")
