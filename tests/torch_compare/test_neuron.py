import numpy as np
import pytest

from course_lib import torch_compare
from course_lib.torch_compare import best_device, compare_neuron, device_name, is_torch_installed, time_ratio

RNG = np.random.default_rng(0)
X, W, B, Y = RNG.normal(size=(50, 4)), RNG.normal(size=4), 0.3, RNG.integers(0, 2, 50)
needs_torch = pytest.mark.skipif(not is_torch_installed(), reason="PyTorch is not installed")


@needs_torch
def test_our_neuron_and_pytorchs_agree_on_answers_and_slopes():
    comparison = compare_neuron(X, Y, W, B)
    assert comparison.agrees(1e-5)
    assert comparison.time_ratio > 0
    assert "slopes by" in repr(comparison)


@needs_torch
def test_a_wrong_shape_gets_the_sentence_of_the_course_not_that_of_pytorch():
    with pytest.raises(ValueError, match=r"w must have shape \(n_in=4,\)"):
        compare_neuron(X, Y, W[:3], B)


@needs_torch
def test_a_wrong_slope_is_noticed(monkeypatch):
    right = torch_compare.neuron.loss_and_slopes

    def wrong(X, y, w, b):
        value, dw, db = right(X, y, w, b)
        return value, 1.001 * dw, db

    monkeypatch.setattr(torch_compare.neuron, "loss_and_slopes", wrong)
    assert not compare_neuron(X, Y, W, B).agrees(1e-5)


@needs_torch
@pytest.mark.parametrize(
    ("has_cuda", "has_mps", "device", "name"),
    [
        (True, True, "cuda", "NVIDIA T4"),
        (False, True, "mps", "the Apple GPU"),
        (False, False, "cpu", "the CPU"),
    ],
)
def test_the_device_is_cuda_before_mps_before_cpu(monkeypatch, has_cuda, has_mps, device, name):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: has_mps)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA T4")
    assert best_device() == device
    assert device_name() == name


def test_without_pytorch_one_line_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch_compare.neuron, "is_torch_installed", lambda: False)
    assert compare_neuron(X, Y, W, B) is None
    (line,) = capsys.readouterr().out.splitlines()
    assert "PyTorch is not installed" in line


def test_the_time_ratio_is_that_of_the_fastest_rounds(monkeypatch):
    clock = iter([0, 3, 10, 12, 20, 22, 30, 34])  # ours: 3 s, then 2 s; theirs: 2 s, then 4 s
    monkeypatch.setattr(torch_compare.timing.time, "perf_counter", lambda: next(clock))
    assert time_ratio(lambda: None, lambda: 0, n_rounds=2) == 1.0
