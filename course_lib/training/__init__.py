"""Training owns time: how a model is trained, watched and measured."""

from course_lib.training.checkpoint import Checkpoint
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.history import History
from course_lib.training.loop import fit
from course_lib.training.measure import measure, of_labels
from course_lib.training.memory import keep_freed_memory
from course_lib.training.progress import progress_bar
from course_lib.training.weights import load_weights, save_weights

__all__ = [
    "Checkpoint",
    "EarlyStopping",
    "History",
    "fit",
    "keep_freed_memory",
    "load_weights",
    "measure",
    "of_labels",
    "progress_bar",
    "save_weights",
]
