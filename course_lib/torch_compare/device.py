"""Is PyTorch here, and on which device should it run?"""

import importlib.util

__all__ = ["best_device", "is_torch_installed"]


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
