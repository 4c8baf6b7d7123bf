"""One neuron before there is any automatic differentiation: every slope is written out by hand."""

from course_lib.neuron.activations import relu, relu_slope, sigmoid, sigmoid_slope, tanh, tanh_slope
from course_lib.neuron.descent import Descent, descend
from course_lib.neuron.forward import loss_and_slopes, neuron_forward
from course_lib.neuron.losses import log_loss, log_loss_slope, squared_loss, squared_loss_slope
from course_lib.neuron.weighted_sum import weighted_sum, weighted_sum_slopes

__all__ = [
    "Descent",
    "descend",
    "log_loss",
    "log_loss_slope",
    "loss_and_slopes",
    "neuron_forward",
    "relu",
    "relu_slope",
    "sigmoid",
    "sigmoid_slope",
    "squared_loss",
    "squared_loss_slope",
    "tanh",
    "tanh_slope",
    "weighted_sum",
    "weighted_sum_slopes",
]
