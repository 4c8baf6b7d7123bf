"""The same weights in PyTorch: copied there, copied back, and PyTorch's gradients under our names."""

from __future__ import annotations

import numpy as np

from course_lib.layers.module import Module
from course_lib.torch_compare.twins import find_twins

__all__ = ["copy_from_torch", "copy_to_torch", "gradients_from_torch"]


def copy_to_torch(layer: Module, module) -> None:
    """Give a PyTorch module the parameters and running statistics of a layer or model of the course.

    The parts that hold weights must come in the same order in both, see ``find_twins``.

    Args:
        layer: where the weights come from
        module: a ``torch.nn.Module`` of the same build; it stays on its device
    Raises:
        ModuleNotFoundError: PyTorch is not installed
        ValueError: the two are not built alike, or their dtypes differ; every difference is named, and
            nothing has been changed
    """
    import torch

    twins = find_twins(layer, module, where="copy_to_torch")
    with torch.no_grad():  # copying is no part of what will be differentiated
        for twin in twins:
            twin.tensor.copy_(torch.from_numpy(twin.turned(twin.array)))


def copy_from_torch(module, layer: Module) -> None:
    """Give a layer or model of the course the parameters and running statistics of a PyTorch module.

    Args:
        module: a ``torch.nn.Module``, on any device
        layer: of the same build
    Raises:
        ValueError: the two are not built alike, or their dtypes differ; every difference is named, and
            nothing has been changed
    """
    twins = find_twins(layer, module, where="copy_from_torch")
    layer.load_state(layer.state() | {twin.name: twin.turned(_array(twin.tensor)) for twin in twins})


def gradients_from_torch(module, layer: Module) -> dict[str, np.ndarray | None]:
    """Read the gradients that PyTorch found, under the names and in the shapes of the course.

    Args:
        module: a ``torch.nn.Module`` after ``backward``, on any device
        layer: of the same build
    Returns:
        the gradient of each parameter, by its name in ``layer.named_parameters()``; None where none arrived
    Raises:
        ValueError: the two are not built alike, or their dtypes differ; every difference is named
    """
    gradients, parameters = {}, layer.named_parameters()
    for twin in find_twins(layer, module, where="gradients_from_torch"):
        if twin.name in parameters:
            gradient = twin.tensor.grad
            gradients[twin.name] = None if gradient is None else twin.turned(_array(gradient))
    return gradients


def _array(tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()
