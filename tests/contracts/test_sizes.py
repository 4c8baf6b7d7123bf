"""One idea a file, one thought a function: at most 300 lines and 40."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 40  # without its docstring: long explanations are welcome

FOLDERS = ("course_lib", "tools", "tests")
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [
        ROOT / "course.py",
        *(found for folder in FOLDERS for found in (ROOT / folder).rglob("*.py")),
    ]
    if path.is_file()
)


def length_without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines from `def` to the end, functions inside included, its own docstring left out."""
    length = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        length -= docstring.end_lineno - docstring.lineno + 1
    return length


def size_problems(source: str, path: str) -> list[str]:
    """Name the file if it is too long, and each function that is."""
    problems = []
    n_lines = len(source.splitlines())
    if n_lines > MOST_LINES_OF_A_FILE:
        problems.append(
            f"{path} has {n_lines} lines, more than {MOST_LINES_OF_A_FILE}. Give its second idea a file."
        )
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = length_without_docstring(node)
            if length > MOST_LINES_OF_A_FUNCTION:
                problems.append(
                    f"{path}:{node.lineno}: {node.name} has {length} lines without its docstring, more than "
                    f"{MOST_LINES_OF_A_FUNCTION}. Give a part of it a name of its own."
                )
    return problems


@pytest.mark.parametrize("path", FILES)
def test_files_and_functions_are_short(path):
    problems = size_problems((ROOT / path).read_text(encoding="utf-8"), path)
    assert not problems, "\n" + "\n".join(problems)


def function_of(n_lines: int, docstring_lines: int = 0) -> str:
    """Write a function of so many lines, plus a docstring."""
    docstring = ['    """' + "\n" * (docstring_lines - 1) + '    """'] if docstring_lines else []
    return "\n".join(["def f():", *docstring, *["    x = 1"] * (n_lines - 1)]) + "\n"


@pytest.mark.parametrize("source", ["x = 1\n" * 300, function_of(40), function_of(40, docstring_lines=30)])
def test_what_is_just_short_enough_passes(source):
    assert size_problems(source, "f.py") == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1\n" * 301, "f.py has 301 lines, more than 300"),
        (function_of(41), "f.py:1: f has 41 lines without its docstring, more than 40"),
        ("async " + function_of(41, docstring_lines=30), "f has 41 lines"),
        (
            "class A:\n" + "\n".join("    " + line for line in function_of(41).splitlines()),
            "f.py:2: f has 41 lines",
        ),
    ],
)
def test_each_planted_fault_is_named(source, expected):
    problems = size_problems(source, "f.py")
    assert len(problems) == 1
    assert expected in problems[0]
