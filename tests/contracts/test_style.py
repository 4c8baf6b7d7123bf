"""The whole tree, notebooks included, is linted and formatted by the one configuration of ruff."""

import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

ROOT = Path(__file__).parents[2]


def ruff(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "ruff", *words, "--no-cache"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


def test_the_tree_has_no_lint():
    done = ruff("check", "--output-format", "concise")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tree_is_formatted():
    done = ruff("format", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path):
    """A folder with the configuration of the course and nothing else."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "notebooks").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("import os\n", "F401"),
        ('"""A module."""\n\n\ndef no_docstring():\n    return 1\n', "D103"),
        ('"""A module."""\n\nx = undefined\n', "F821"),
        (f'"""A module."""\n\nx = "{"x" * 120}"\n', "E501"),
    ],
)
def test_lint_in_a_module_is_found(tree, source, rule):
    (tree / "module.py").write_text(source, encoding="utf-8")
    done = ruff("check", "--output-format", "concise", cwd=tree)
    assert done.returncode == 1
    assert rule in done.stdout


def test_capital_and_greek_letters_are_the_notation(tree):
    source = (
        '"""A module."""\n\n\ndef loss(W, X, σ):\n    """Return the loss of σ(W X)."""\n    return σ(W @ X)\n'
    )
    (tree / "module.py").write_text(source, encoding="utf-8")
    assert ruff("check", cwd=tree).returncode == 0


@pytest.mark.parametrize(
    ("source", "command", "said"),
    [("x = undefined", "check", "F821"), ("x=1", "format --check", "lesson.ipynb")],
)
def test_a_fault_in_a_notebook_is_found(tree, source, command, said):
    notebook = new_notebook(cells=[new_code_cell(source)], metadata={"language_info": {"name": "python"}})
    (tree / "notebooks" / "lesson.ipynb").write_text(writes(notebook), encoding="utf-8")
    done = ruff(*command.split(), cwd=tree)
    assert done.returncode == 1
    assert said in done.stdout
