"""Every lesson shows the same text and figures on other processors.

OpenBLAS has kernels for many processors, which round in different orders. It can be told to use those of an
older one; the last digits of a product then differ as they would on that machine.
"""

import os
import platform
import subprocess
import sys
from functools import cache

import pytest
from small_notebooks import store_run

from tools.validate import validate

CORE_TYPES = ["Haswell", "Nehalem"]
ARCHITECTURE = (
    "import numpy, threadpoolctl\n"
    "print(*{pool.get('architecture', '') for pool in threadpoolctl.threadpool_info() "
    "if pool['internal_api'] == 'openblas'})"
)


@cache
def openblas_architecture(core_type: str = "") -> str:
    """Return for which processor NumPy computes in a new process; nothing if it has no OpenBLAS."""
    env = {**os.environ, **({"OPENBLAS_CORETYPE": core_type} if core_type else {})}
    command = [sys.executable, "-c", ARCHITECTURE]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.strip()


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        platform.machine() not in ("x86_64", "AMD64") or not openblas_architecture(),
        reason="other processors can be imitated only on x86-64 and with OpenBLAS",
    ),
]


@pytest.mark.parametrize("core_type", CORE_TYPES)
def test_the_kernel_type_really_changes(core_type):
    assert openblas_architecture(core_type) == core_type


@pytest.mark.parametrize("core_type", CORE_TYPES)
def test_the_lesson_holds_on_another_processor(lesson, run_of, core_type):
    run = run_of(lesson, core_type)
    problems = run.text_problems + run.figure_problems()
    assert not problems, f"on {core_type}:\n" + "\n\n".join(problems)


def test_a_lesson_that_prints_the_last_digits_is_found(tmp_path, monkeypatch):
    stored_on, run_on = CORE_TYPES
    monkeypatch.setenv("OPENBLAS_CORETYPE", stored_on)
    path = store_run(
        tmp_path / "digits.ipynb",
        "import numpy as np",
        "X = np.random.default_rng(0).normal(size=(500, 500))\n(X @ X).tobytes().hex()[:2000]",
    )
    (problem,) = validate(path, core_type=run_on).text_problems
    assert "digits.ipynb, cell 2: " in problem
