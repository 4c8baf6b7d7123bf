"""Which files are mutated, and which tests judge each of them."""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

__all__ = ["ROOT", "Target", "targets"]

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = ["course_lib/autograd/ops", "course_lib/autograd/fused", "course_lib/layers", "course_lib/optim"]
SINGLE = [
    "autograd/backward.py",
    "autograd/recording.py",
    "autograd/tensor.py",
    "autograd/windows.py",
    "losses.py",
]

# The contract tests judge every file of a folder, each by the names that it defines.
CONTRACTS = {
    "course_lib/autograd/ops": "tests/contracts/test_ops.py",
    "course_lib/layers": "tests/contracts/test_layers.py",
}
# These start a Python of their own, which imports the library without the fault.
IN_A_PROCESS_OF_ITS_OWN = {"test_a_chain_of_100_000_operations_is_walked_and_freed_without_recursion"}
OPTIMISERS = ["tests/optim/test_against_pytorch.py", "tests/optim/test_optimiser.py"]
# Tests beside those that bear the name of the file.
FURTHER = {
    "course_lib/autograd/ops/reduce.py": ["tests/autograd/test_elementwise.py"],
    "course_lib/autograd/ops/activation.py": ["tests/autograd/test_elementwise.py"],
    "course_lib/autograd/ops/choice.py": ["tests/autograd/test_elementwise.py"],
    "course_lib/autograd/fused/cross_entropy.py": ["tests/autograd/test_fused_losses.py"],
    "course_lib/autograd/fused/hinge.py": ["tests/autograd/test_fused_losses.py"],
    "course_lib/autograd/fused/rnn.py": ["tests/autograd/test_fused_recurrent.py"],
    "course_lib/autograd/fused/lstm.py": ["tests/autograd/test_fused_recurrent.py"],
    "course_lib/autograd/fused/gru.py": ["tests/autograd/test_fused_recurrent.py"],
    "course_lib/autograd/fused/strips.py": ["tests/autograd/test_fused_convolution.py"],
    "course_lib/optim/sgd.py": OPTIMISERS,
    "course_lib/optim/adagrad.py": OPTIMISERS,
    "course_lib/optim/rmsprop.py": OPTIMISERS,
    "course_lib/optim/adam.py": OPTIMISERS,
    "course_lib/optim/optimiser.py": OPTIMISERS,
    "course_lib/optim/vector.py": OPTIMISERS,
    "course_lib/optim/parameters.py": ["tests/optim/test_clip.py", "tests/optim/test_optimiser.py"],
    "course_lib/layers/steps.py": ["tests/layers/test_recurrent.py"],
    "course_lib/autograd/recording.py": ["tests/autograd/test_tensor.py"],
    "course_lib/autograd/windows.py": [
        "tests/autograd/test_convolution.py",
        "tests/autograd/test_pooling.py",
        "tests/contracts/test_ops.py",
    ],
}


@dataclass(frozen=True)
class Target:
    """A file to mutate.

    Attributes:
        file: path from the root of the project
        tests: files with tests that judge it, paths from the root
        root: the root of the project
    """

    file: str
    tests: tuple[str, ...]
    root: Path = ROOT

    @cached_property
    def source(self) -> str:
        """The text of the file."""
        return (self.root / self.file).read_text(encoding="utf-8")

    @property
    def module(self) -> str:
        """The name by which the file is imported."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def public(self) -> set[str]:
        """What the file defines, by name."""
        return {getattr(node, "name", "") for node in ast.parse(self.source).body} - {""}

    def is_judged_by(self, test: str, name: str, parameters: dict) -> bool:
        """Say whether a test looks at this file.

        Args:
            test: path of the test's file, from the root
            name: of the test's function
            parameters: of the test
        Returns:
            whether it does: of a contract test, what is about one of the names that the file defines
        """
        if test not in self.tests or name in IN_A_PROCESS_OF_ITS_OWN:
            return False
        if test not in CONTRACTS.values():
            return True
        names = self.public if CONTRACTS.get(str(Path(self.file).parent)) == test else _WINDOWED
        return parameters.get("name") in names and "fault" not in parameters


_WINDOWED = {"conv1d", "conv2d", "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d"}


def targets(only: list[str] | None = None) -> list[Target]:
    """List the files to mutate.

    Args:
        only: paths of files or folders from the root; all where left out
    Returns:
        the files that define something, in order
    Raises:
        ValueError: a path names nothing that is mutated
    """
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.py"))]
    files += [ROOT / "course_lib" / name for name in SINGLE]
    names = [
        path.relative_to(ROOT).as_posix() for path in files if path.name != "__init__.py" and path.exists()
    ]
    every = [Target(name, _tests_of(name)) for name in names]
    if not only:
        return every
    wanted = [path.rstrip("/") for path in only]
    for path in wanted:
        if not any(target.file == path or target.file.startswith(f"{path}/") for target in every):
            raise ValueError(f"{path} is not among the files that are mutated.")
    return [t for t in every if any(t.file == path or t.file.startswith(f"{path}/") for path in wanted)]


def _tests_of(file: str) -> tuple[str, ...]:
    """Find what is named like the file where tests mirror its folder, and what the tables above add."""
    *folder, name = Path(file).with_suffix("").parts[1:]
    named = f"fused_{name}" if folder[-1:] == ["fused"] else name
    found = sorted((ROOT / Path("tests", *folder[:1])).glob(f"test_{named}*.py"))
    found += [ROOT / further for further in FURTHER.get(file, [])]
    if contract := CONTRACTS.get(str(Path(file).parent)):
        found.append(ROOT / contract)
    return tuple(dict.fromkeys(path.relative_to(ROOT).as_posix() for path in found if path.exists()))
