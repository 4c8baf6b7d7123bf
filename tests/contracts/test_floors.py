"""Imports point down only, and what is heavy stays out of the way of `import course_lib`."""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What stands on which floor. A module imports from lower floors and from its own package, never sideways or
# up. `checks` lies below everything: all may import it. What does not exist yet has its place already.
FLOORS = {
    "checks": 0,
    "data": 0,
    "neuron": 1,
    "scalar": 1,
    "autograd": 2,
    "layers": 3,
    "losses": 3,
    "optim": 3,
    "models": 4,
    "training": 5,
    "search": 5,
    "responsible": 5,
}
# The edges talk to the outside: screen, browser, PyTorch, command line. They may import every floor, and no
# floor imports them.
EDGES = {"plotting", "widgets", "torch_compare", "grading", "commands", "cli"}
MAY_PLOT = {"plotting", "widgets", "grading"}
MAY_USE_TORCH = {"torch_compare"}

# Below the edges only NumPy and the standard library are imported. Exceptions, inside functions only:
INSIDE_FUNCTIONS = {
    "data": {"sklearn", "mnist1d"},
    "search": {"optuna"},
    "training": {"safetensors", "tqdm"},
}


@dataclass(frozen=True)
class Import:
    """One imported module or name: `from a.b import c` is the target a.b.c."""

    target: str
    line: int
    is_inside_function: bool

    @property
    def top(self) -> str:
        return self.target.split(".")[0]


def imports_of(source: str, module: str, is_package: bool) -> list[Import]:
    """List all imports of a module, those inside functions and by name (`import_module("torch")`) too."""
    tree = ast.parse(source)
    in_functions = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        for target in _targets(node, module, is_package):
            found.append(Import(target, node.lineno, id(node) in in_functions))
    return found


def _targets(node: ast.AST, module: str, is_package: bool) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:  # one dot is the module's own package
            own = module.split(".")
            above = own[: len(own) - node.level + is_package]
            base = ".".join([*above, base]) if base else ".".join(above)
        return [f"{base}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if function in ("import_module", "__import__"):
            return [str(node.args[0].value)]
    return []


def floor_problems(source: str, path: str) -> list[str]:
    """Say where a file of course_lib (a path such as course_lib/data/split.py) breaks the rules above."""
    parts = Path(path).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    module = ".".join(parts[:-1] if is_package else parts)
    own = module.split(".")[1] if "." in module else ""
    if own and own not in FLOORS and own not in EDGES:
        return [
            f"{path}: course_lib.{own} has no floor. "
            "Add it to FLOORS or EDGES in tests/contracts/test_floors.py."
        ]
    problems = []
    for item in imports_of(source, module, is_package):
        say = _inner_problem(own, item) if item.top == "course_lib" else _outer_problem(own, item)
        if say:
            problems.append(f"{path}:{item.line}: {say}")
    return problems


def _inner_problem(own: str, item: Import) -> str:
    """Check an import from within course_lib."""
    _, *rest = item.target.split(".")
    other = rest[0] if rest else ""
    if other == "plotting" and own not in MAY_PLOT:
        return f"{own or 'course_lib'} imports plotting. Only widgets and grading may use it."
    if own in EDGES or other in ("", own, "checks"):
        return ""
    if other in EDGES:
        return f"{own or 'course_lib'} imports {other}, an edge. Move the code that needs it to the edge."
    if own in FLOORS and other in FLOORS and FLOORS[other] >= FLOORS[own]:
        return (
            f"{own} (floor {FLOORS[own]}) imports {other} (floor {FLOORS[other]}). Imports point down only: "
            "move what both need to a lower floor, or hand it in as an argument."
        )
    return ""


def _outer_problem(own: str, item: Import) -> str:
    """Check an import of another package."""
    if item.top == "torch" and own not in MAY_USE_TORCH:
        return "torch is imported outside torch_compare. Compare with PyTorch there."
    if own in EDGES or item.top == "numpy" or item.top in sys.stdlib_module_names:
        return ""
    if item.top in INSIDE_FUNCTIONS.get(own, set()):
        if item.is_inside_function:
            return ""
        return f"{item.top} is imported at module level. Import it inside the function that needs it."
    return f"{item.top} is imported below the edges, where only NumPy and the standard library are."


LIBRARY = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "course_lib").rglob("*.py"))


@pytest.mark.parametrize("path", LIBRARY)
def test_imports_point_down_only_and_heavy_ones_stay_at_the_edges(path):
    problems = floor_problems((ROOT / path).read_text(encoding="utf-8"), path)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("course_lib/__init__.py", "from course_lib.data import split"),
        ("course_lib/data/split.py", "import numpy as np\nfrom course_lib.checks import expect_shape"),
        ("course_lib/data/digits.py", "def load():\n    from sklearn import datasets"),
        ("course_lib/data/digits.py", "from . import dataset\nfrom .dataset import Dataset"),
        ("course_lib/data/__init__.py", "from .split import split\nfrom ..checks import expect_shape"),
        ("course_lib/training/loop.py", "from course_lib.optim import sgd\nfrom course_lib import layers"),
        ("course_lib/widgets/slider.py", "import ipywidgets\nfrom course_lib.plotting import plot_line"),
        ("course_lib/torch_compare/neuron.py", "import torch\nfrom course_lib.neuron import sigmoid"),
        ("course_lib/cli.py", "from course_lib.commands import lab"),
    ],
)
def test_what_the_rules_allow_passes(path, source):
    assert floor_problems(source, path) == []


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        (
            "course_lib/data/split.py",
            "from course_lib.neuron import sigmoid",
            "data (floor 0) imports neuron (floor 1)",
        ),
        ("course_lib/data/split.py", "from course_lib import neuron", "data (floor 0) imports neuron"),
        ("course_lib/data/split.py", "from ..neuron import sigmoid", "data (floor 0) imports neuron"),
        ("course_lib/data/__init__.py", "from .. import neuron", "data (floor 0) imports neuron"),
        ("course_lib/checks.py", "import course_lib.data.split", "checks (floor 0) imports data (floor 0)"),
        (
            "course_lib/neuron/slopes.py",
            "def f():\n    from course_lib.autograd import tensor",
            "course_lib/neuron/slopes.py:2",
        ),
        ("course_lib/neuron/slopes.py", "from course_lib.scalar import value", "Imports point down only"),
        ("course_lib/neuron/slopes.py", "from course_lib.cli import main", "imports cli, an edge"),
        ("course_lib/__init__.py", "from course_lib import widgets", "course_lib imports widgets, an edge"),
        ("course_lib/__init__.py", "from .plotting import show", "course_lib imports plotting"),
        (
            "course_lib/training/loop.py",
            "from course_lib.plotting import show",
            "Only widgets and grading may use it",
        ),
        (
            "course_lib/torch_compare/time.py",
            "from course_lib.plotting import show",
            "torch_compare imports plotting",
        ),
        (
            "course_lib/neuron/losses.py",
            "import matplotlib.pyplot as plt",
            "matplotlib is imported below the edges",
        ),
        (
            "course_lib/neuron/losses.py",
            "def f():\n    import IPython",
            "IPython is imported below the edges",
        ),
        (
            "course_lib/neuron/losses.py",
            "def f():\n    from sklearn import svm",
            "sklearn is imported below the edges",
        ),
        ("course_lib/data/digits.py", "from sklearn import datasets", "sklearn is imported at module level"),
        ("course_lib/data/digits.py", "class A:\n    import sklearn", "sklearn is imported at module level"),
        (
            "course_lib/widgets/slider.py",
            "def f():\n    import torch",
            "torch is imported outside torch_compare",
        ),
        (
            "course_lib/neuron/losses.py",
            "from importlib import import_module\nimport_module('torch')",
            ":2: torch is",
        ),
        ("course_lib/utils.py", "", "course_lib.utils has no floor. Add it to FLOORS or EDGES"),
        ("course_lib/helpers/text.py", "", "course_lib.helpers has no floor"),
    ],
)
def test_each_planted_fault_is_named(path, source, expected):
    problems = floor_problems(source, path)
    assert len(problems) == 1
    assert expected in problems[0]
