"""The same neuron in PyTorch: same weights, same data, same answers, same slopes."""

from dataclasses import dataclass

import numpy as np

from course_lib.neuron import loss_and_slopes, neuron_forward
from course_lib.torch_compare.device import best_device, is_torch_installed
from course_lib.torch_compare.timing import time_ratio

__all__ = ["NeuronComparison", "compare_neuron", "torch_neuron"]


@dataclass(frozen=True)
class NeuronComparison:
    """How far our neuron and PyTorch's are apart, and how long ours takes.

    Attributes:
        device: where PyTorch ran
        answers: largest difference of an answer
        slopes: largest difference of a slope, relative to the largest slope
        time_ratio: our time for loss and slopes over PyTorch's
    """

    device: str
    answers: float
    slopes: float
    time_ratio: float

    def agrees(self, tolerance: float = 1e-5) -> bool:
        """Say whether answers and slopes are equal up to rounding.

        Args:
            tolerance: the largest difference to accept
        Returns:
            True when both differences are below it
        """
        return max(self.answers, self.slopes) < tolerance

    def __repr__(self) -> str:
        """Report the comparison in words."""
        return (
            f"PyTorch on {self.device}: answers differ by at most {self.answers:.1e}, "
            f"slopes by {self.slopes:.1e}.\nNumPy takes {self.time_ratio:.2f} times as long as PyTorch."
        )


def torch_neuron(X, y, w, b, device="cpu"):
    """Answer, and find the slopes of the log loss, with PyTorch's own parts.

    Args:
        X: (B, n_in)  one row per example
        y: (B,)  labels, 0 or 1
        w: (n_in,)  the weights to copy in
        b: the bias to copy in
        device: "cpu", "cuda" or "mps"
    Returns:
        step: a function without arguments that returns answers (B,), dw (n_in,) and db as tensors
    Raises:
        ModuleNotFoundError: PyTorch is not installed
    """
    import torch

    neuron = torch.nn.Linear(len(w), 1).to(device)
    with torch.no_grad():  # copy our weights; this is no part of what is differentiated
        neuron.weight[0] = torch.tensor(w, dtype=torch.float32)
        neuron.bias[0] = b
    inputs = torch.tensor(X, dtype=torch.float32, device=device)
    labels = torch.tensor(y, dtype=torch.float32, device=device)

    def step():
        neuron.zero_grad()
        z = neuron(inputs)[:, 0]  # (B, n_in) -> (B, 1) -> (B,)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, labels)
        loss.backward()  # PyTorch works the slopes out by itself
        return torch.sigmoid(z), neuron.weight.grad[0], neuron.bias.grad[0]

    return step


def compare_neuron(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> NeuronComparison | None:
    """Compare one neuron's answers and slopes with PyTorch's, on the best device there is.

    Args:
        X: (B, n_in)  one row per example
        y: (B,)  labels, 0 or 1
        w: (n_in,)  the weights
        b: the bias
    Returns:
        the comparison; None, after one line that says so, where PyTorch is not installed
    Raises:
        ValueError: the shapes do not belong together
    """
    if not is_torch_installed():
        print("PyTorch is not installed, so this section is skipped. To add it: python course.py --torch lab")
        return None
    X, w, b = X.astype(np.float32), w.astype(np.float32), float(b)
    device = best_device()
    step = torch_neuron(X, y, w, b, device)
    y_hat, *slopes = (tensor.detach().cpu().numpy() for tensor in step())
    _, dw, db = loss_and_slopes(X, y, w, b)
    ours, theirs = np.append(dw, db), np.append(*slopes)  # (n_in + 1,)
    return NeuronComparison(
        device=device,
        answers=float(np.abs(neuron_forward(X, w, b) - y_hat).max()),
        slopes=float(np.abs(ours - theirs).max() / np.abs(theirs).max()),
        time_ratio=time_ratio(lambda: loss_and_slopes(X, y, w, b), lambda: [t.cpu() for t in step()]),
    )
