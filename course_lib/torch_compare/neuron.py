"""The same neuron in PyTorch: same weights, same data, same answers, same slopes."""

from dataclasses import dataclass

import numpy as np

from course_lib.neuron import loss_and_slopes, neuron_forward
from course_lib.torch_compare.device import best_device, is_torch_installed
from course_lib.torch_compare.timing import time_ratio

__all__ = ["NeuronComparison", "compare_neuron", "torch_neuron", "torch_slopes"]


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
            f"slopes by {self.slopes:.1e}.\n"
            f"NumPy takes {self.time_ratio:.2f} times as long as PyTorch (on a CPU: one thread each)."
        )


def torch_neuron(w, b, device="cpu"):
    """Build the neuron's weighted sum from PyTorch's own part, with our weights in it.

    Args:
        w: (n_in,)  the weights to copy in
        b: the bias to copy in
        device: "cpu", "cuda" or "mps"
    Returns:
        a layer that turns a tensor (B, n_in) into the sums (B, 1)
    Raises:
        ModuleNotFoundError: PyTorch is not installed
    """
    import torch

    layer = torch.nn.Linear(len(w), 1, device=device)
    with torch.no_grad():  # copying is no part of what will be differentiated
        layer.weight[0] = torch.tensor(w)
        layer.bias[0] = b
    return layer


def torch_slopes(layer, inputs, labels):
    """Let PyTorch answer, and find the slopes of the log loss by itself.

    Args:
        layer: made by ``torch_neuron``
        inputs: tensor (B, n_in)  one row per example
        labels: tensor (B,)  0 or 1, as decimal numbers
    Returns:
        answers (B,), dw (n_in,) and db as tensors
    """
    import torch

    layer.zero_grad()  # forget the slopes of the last call
    z = layer(inputs)[:, 0]  # (B, n_in) -> (B, 1) -> (B,)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, labels)  # the log loss, from the sums
    loss.backward()  # all slopes at once
    return torch.sigmoid(z), layer.weight.grad[0], layer.bias.grad[0]


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
        TypeError: an argument is not an array
        ValueError: the shapes do not belong together, or a label is not 0 or 1
    """
    if not is_torch_installed():
        print("PyTorch is not installed, so this section is skipped. To add it: python course.py --torch lab")
        return None
    import torch

    X, w, b = X.astype(np.float32), w.astype(np.float32), float(b)
    _, dw, db = loss_and_slopes(X, y, w, b)
    device = best_device()
    layer = torch_neuron(w, b, device)
    inputs, labels = torch.tensor(X, device=device), torch.tensor(y, dtype=torch.float32, device=device)
    y_hat, *slopes = _on_cpu(torch_slopes(layer, inputs, labels))
    ours, theirs = np.append(dw, db), np.append(*slopes)  # (n_in + 1,)

    def our_step():
        return loss_and_slopes(X, y, w, b)

    def their_step():
        return _on_cpu(torch_slopes(layer, inputs, labels))

    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for each other on a busy machine would be timed too
    try:
        ratio = time_ratio(our_step, their_step)
    finally:
        torch.set_num_threads(n_threads)
    return NeuronComparison(
        device=device,
        answers=float(np.abs(neuron_forward(X, w, b) - y_hat).max()),
        slopes=float(np.abs(ours - theirs).max() / np.abs(theirs).max()),
        time_ratio=ratio,
    )


def _on_cpu(tensors):
    return [tensor.detach().cpu().numpy() for tensor in tensors]
