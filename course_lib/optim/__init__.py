"""From gradients to new parameters: optimisers, schedules of the learning rate, and clipping."""

from course_lib.optim.adagrad import Adagrad
from course_lib.optim.adam import Adam, AdamW
from course_lib.optim.clip import clip_by_norm, clip_by_value
from course_lib.optim.optimiser import Optimiser
from course_lib.optim.rmsprop import RMSProp
from course_lib.optim.schedule import Constant, Cosine, OneCycle, OnPlateau, StepDecay, WarmUp
from course_lib.optim.sgd import SGD

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Constant",
    "Cosine",
    "OnPlateau",
    "OneCycle",
    "Optimiser",
    "RMSProp",
    "StepDecay",
    "WarmUp",
    "clip_by_norm",
    "clip_by_value",
]
