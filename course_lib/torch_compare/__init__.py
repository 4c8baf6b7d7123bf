"""The course's networks beside PyTorch's. PyTorch itself is imported only when a comparison runs."""

from course_lib.torch_compare.device import best_device, device_name, is_torch_installed
from course_lib.torch_compare.neuron import NeuronComparison, compare_neuron, torch_neuron, torch_slopes
from course_lib.torch_compare.timing import time_ratio
from course_lib.torch_compare.weights import copy_from_torch, copy_to_torch, gradients_from_torch

__all__ = [
    "NeuronComparison",
    "best_device",
    "compare_neuron",
    "copy_from_torch",
    "copy_to_torch",
    "device_name",
    "gradients_from_torch",
    "is_torch_installed",
    "time_ratio",
    "torch_neuron",
    "torch_slopes",
]
