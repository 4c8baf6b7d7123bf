"""`import course_lib` brings NumPy and the standard library, and costs hardly more than NumPy itself."""

import json
import subprocess
import sys

import pytest

# What a learner's first cells import. The rules in test_floors.py cover the rest of the library.
LIGHT = ["course_lib", "course_lib.checks", "course_lib.data", "course_lib.neuron"]
ALLOWED = {"numpy", "course_lib"}

# The goal is 0.12 s on a machine where NumPy alone takes 0.09 s. The ratio holds on slow machines too.
LARGEST_RATIO = 1.3
ROUNDS = 5  # the fastest one counts: whatever else the machine does only ever adds time

LIST_IMPORTED = """
import json, sys
before = set(sys.modules)
import {module}
print(json.dumps(sorted({{name.split(".")[0] for name in set(sys.modules) - before}})))
"""
TIME_IMPORTS = """
import json, time
start = time.perf_counter()
import numpy
between = time.perf_counter()
import {module}
print(json.dumps([between - start, time.perf_counter() - start]))
"""


def run_fresh(code: str):
    """Run code in a fresh Python and return what it prints as JSON."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def heavy_among(imported: list[str]) -> list[str]:
    """Keep the packages that are neither ours, nor NumPy, nor part of Python."""
    return sorted(set(imported) - ALLOWED - set(sys.stdlib_module_names))


def seconds_to_import(modules: list[str], rounds: int) -> dict[str, tuple[float, float]]:
    """Time NumPy alone and NumPy with each module, always in a fresh Python; keep the best ratios."""
    pairs = {module: [] for module in modules}
    for _ in range(rounds):
        for module in modules:
            pairs[module].append(run_fresh(TIME_IMPORTS.format(module=module)))
    return {module: min(times, key=lambda pair: pair[1] / pair[0]) for module, times in pairs.items()}


def cost_problems(seconds: dict[str, tuple[float, float]]) -> list[str]:
    """Name the modules that take too long beside NumPy."""
    return [
        f"import {module} takes {total:.3f} s, {total / numpy_alone:.2f} times as long as NumPy alone. "
        f"At most {LARGEST_RATIO} is allowed: python -X importtime -c 'import {module}' shows why."
        for module, (numpy_alone, total) in seconds.items()
        if total > LARGEST_RATIO * numpy_alone
    ]


@pytest.mark.parametrize("module", LIGHT)
def test_importing_brings_numpy_and_the_standard_library_only(module):
    heavy = heavy_among(run_fresh(LIST_IMPORTED.format(module=module)))
    assert not heavy, f"import {module} also imports {heavy}: move them inside functions, or to an edge"


def test_importing_costs_hardly_more_than_numpy(capsys):
    seconds = seconds_to_import(LIGHT, ROUNDS)
    with capsys.disabled():
        for module, (numpy_alone, total) in seconds.items():
            print(f"\n{module} with NumPy: {total:.3f} s (NumPy alone {numpy_alone:.3f} s)", end="")
    problems = cost_problems(seconds)
    assert not problems, "\n".join(problems)


def test_a_planted_heavy_import_is_found():
    imported = run_fresh(LIST_IMPORTED.format(module="matplotlib, course_lib"))
    assert "matplotlib" in heavy_among(imported)


def test_a_planted_slow_import_is_named():
    problems = cost_problems(seconds_to_import(["course_lib", "matplotlib.pyplot"], rounds=1))
    assert len(problems) == 1
    assert "times as long as NumPy alone" in problems[0]
    assert "importtime -c 'import matplotlib.pyplot'" in problems[0]
