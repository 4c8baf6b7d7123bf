"""The course's networks beside PyTorch's. PyTorch itself is imported only when a comparison runs."""

from course_lib.torch_compare.device import best_device, device_name, is_torch_installed
from course_lib.torch_compare.neuron import NeuronComparison, compare_neuron, torch_neuron, torch_slopes
from course_lib.torch_compare.timing import time_ratio

__all__ = [
    "NeuronComparison",
    "best_device",
    "compare_neuron",
    "device_name",
    "is_torch_installed",
    "time_ratio",
    "torch_neuron",
    "torch_slopes",
]
