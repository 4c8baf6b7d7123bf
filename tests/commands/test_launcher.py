"""course.py itself: what it says to a Python that is too old or too new."""

import ast
import contextlib
import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COURSE_PY = ROOT / "course.py"
OLD = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10")


def too_modern(source: str) -> list[str]:
    """Name what Python 2.7 cannot parse, as far as a newer parser can tell."""
    found = []
    for node in ast.walk(ast.parse(source, feature_version=(3, 4))):
        if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.Nonlocal):
            found.append(type(node).__name__)
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.args, *node.args.kwonlyargs]
            if node.returns or node.args.kwonlyargs or any(argument.annotation for argument in arguments):
                found.append(f"signature of {node.name}")
        if isinstance(node, ast.Raise) and node.cause:
            found.append("raise ... from")
    if not source.isascii():
        found.append("a letter outside ASCII")
    return found


def old_pythons() -> list[Path]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [path for old in OLD for path in versions.glob(f"{old}.*/bin/python")]
    return sorted(found)


@pytest.fixture(scope="module")
def launcher():
    spec = importlib.util.spec_from_file_location("course_launcher", COURSE_PY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_can_parse_the_launcher():
    assert too_modern(COURSE_PY.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["x = f'{1}'", "x: int = 1", "def f(a: int): pass", "x = 'é'"])
def test_a_line_that_an_old_python_cannot_parse_is_found(line):
    with contextlib.suppress(SyntaxError):  # the parser itself may refuse it for Python 3.4
        assert too_modern(line)


@pytest.mark.parametrize("version", [(3, 11, 7), (3, 12, 1), (3, 13, 0)])
def test_the_tested_pythons_are_welcome(launcher, version):
    assert launcher.check_python(version) is None


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_any_other_python_gets_one_sentence_with_its_version(launcher, version):
    sentence = launcher.check_python(version)
    assert f"this is Python {version[0]}.{version[1]}:" in sentence
    assert "3.11, 3.12 or 3.13" in sentence
    assert "\n" not in sentence


@pytest.mark.skipif(not old_pythons(), reason="no old Python is installed here")
def test_real_old_pythons_say_so_without_a_traceback():
    for python in old_pythons():
        done = subprocess.run([python, COURSE_PY, "lab"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 1, python
        assert done.stderr.startswith("This course needs Python 3.11, 3.12 or 3.13"), python
        assert done.stderr.count("\n") == 1, python
