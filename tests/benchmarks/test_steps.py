import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import steps, workloads

ROOT = Path(__file__).parents[2]


def losses_of(library, workload):
    step = library.step_of(workload)
    return [step() for _ in range(3)]


@pytest.mark.parametrize("workload", workloads.WORKLOADS)
def test_course_lib_and_pytorch_take_the_same_steps(workload):
    pytest.importorskip("torch")
    from benchmarks.libraries import course_lib, torch

    np.testing.assert_allclose(losses_of(course_lib, workload), losses_of(torch, workload), rtol=1e-5)


@pytest.mark.slow
def test_one_command_writes_times_table_and_plot(tmp_path):
    pytest.importorskip("torch")
    numbers, plot = tmp_path / "steps.json", tmp_path / "steps.png"
    settings = ["--only", "W5", "W1_sgd", "--rounds", "1", "--libraries", "torch", "course_lib"]
    done = subprocess.run(
        [sys.executable, "benchmarks/steps.py", *settings, "--json", str(numbers), "--plot", str(plot)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    times = json.loads(numbers.read_text(encoding="utf-8"))
    assert {workload: set(libraries) for workload, libraries in times.items()} == {
        "W5": {"torch", "course_lib"},
        "W1_sgd": {"torch", "course_lib"},
    }
    assert all(ms > 0 for libraries in times.values() for ms in libraries.values())
    assert plot.read_bytes().startswith(b"\x89PNG")
    for words in ["ratio to torch", "one thread", "numpy", f"Python {sys.version.split()[0]}"]:
        assert words in done.stdout


class Stand:
    """A worker that only says what its losses were."""

    def __init__(self, losses):
        self.first = {"losses": losses}
        self.is_stopped = False

    def stop(self):
        self.is_stopped = True


def test_a_library_that_learns_something_else_is_refused():
    workers = {"torch": Stand([2.0, 1.0]), "right": Stand([2.00001, 1.0]), "wrong": Stand([2.0, 1.01])}
    wrong, refused = workers["wrong"], {}
    steps._drop_wrong(workers, refused)
    assert list(workers) == ["torch", "right"]
    assert refused == {"wrong": "losses [2.0, 1.01] instead of [2.0, 1.0]"}
    assert wrong.is_stopped


def test_a_library_that_is_missing_says_so_in_a_line():
    with pytest.raises(RuntimeError, match=r"No module named 'benchmarks\.libraries\.nothing'"):
        steps.Worker("nothing", "W5", sys.executable)
