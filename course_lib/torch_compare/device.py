"""Is PyTorch here, and on which device should it run?"""

import importlib.util

__all__ = ["best_device", "device_name", "is_torch_installed"]


def is_torch_installed() -> bool:
    """Say whether PyTorch can be imported, without importing it.

    Returns:
        True when it is installed
    """
    return importlib.util.find_spec("torch") is not None


def best_device() -> str:
    """Choose the fastest device PyTorch can use here: an NVIDIA or AMD GPU, an Apple GPU, or the CPU.

    Returns:
        "cuda", "mps" or "cpu"
    Raises:
        ModuleNotFoundError: PyTorch is not installed
    """
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"


def device_name() -> str:
    """Name the device that ``best_device`` chooses, in words.

    Returns:
        the maker's name of an NVIDIA or AMD GPU, "the Apple GPU", or "the CPU"
    Raises:
        ModuleNotFoundError: PyTorch is not installed
    """
    import torch

    device = best_device()
    if device == "cuda":
        return torch.cuda.get_device_name()
    return "the Apple GPU" if device == "mps" else "the CPU"
