"""How good the answers are, in one number or one small table. What was predicted comes first."""

from course_lib.training.metrics.calibration import (
    ReliabilityBins,
    brier_score,
    expected_calibration_error,
    reliability_bins,
)
from course_lib.training.metrics.classification import accuracy, confusion_matrix, f1, precision, recall
from course_lib.training.metrics.language import perplexity
from course_lib.training.metrics.ranking import RocCurve, auc, roc_curve
from course_lib.training.metrics.regression import mean_absolute_error, mean_squared_error, r2

__all__ = [
    "ReliabilityBins",
    "RocCurve",
    "accuracy",
    "auc",
    "brier_score",
    "confusion_matrix",
    "expected_calibration_error",
    "f1",
    "mean_absolute_error",
    "mean_squared_error",
    "perplexity",
    "precision",
    "r2",
    "recall",
    "reliability_bins",
    "roc_curve",
]
