"""Take training steps of one library in a process of its own; ``steps.py`` says when, and listens.

Each line on standard input is a number of steps to take. Each answer is one line of JSON on standard output.
"""

import importlib
import json
import os
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main() -> None:
    """Answer until standard input ends."""
    library, workload = sys.argv[1:]
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy is loaded
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["JAX_PLATFORMS"] = "cpu"
    sys.path.insert(0, str(Path(__file__).parents[1]))
    sys.path.remove(str(Path(__file__).parent))  # libraries/torch.py must not be found as torch
    if library == "course_lib":
        _keep_freed_memory()
    module = importlib.import_module(f"benchmarks.libraries.{library.removesuffix('_default_malloc')}")
    step = module.step_of(workload)
    losses = [step() for _ in range(3)]
    _say({"losses": [losses[0], losses[2]], "version": _version(library)})
    for line in sys.stdin:
        _say({"ms": _fastest(step, int(line)), "peak_mb": _peak_mb()})


def _keep_freed_memory() -> None:
    """Do what ``training.fit`` does at its start."""
    from course_lib.training.memory import keep_freed_memory

    keep_freed_memory()


def _fastest(step, n_steps: int) -> float:
    fastest = float("inf")
    for _ in range(n_steps):
        start = time.perf_counter()
        step()
        fastest = min(fastest, time.perf_counter() - start)
    return 1000 * fastest


def _peak_mb() -> float:
    """Return the largest memory that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _version(library: str) -> str:
    return version(
        {"course_lib": "neural-network-course"}.get(library.removesuffix("_default_malloc"), library)
    )


def _say(answer: dict) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
