"""The library is a textbook: whatever is public says what it takes, what it returns and what can go wrong.

The rules, for every module, class, function and method of course_lib without a leading underscore:

- it has a docstring;
- a function with arguments has `Args:` with a line for each;
- a function that returns a value (properties excepted, they read as attributes) has `Returns:`;
- a function that raises, or calls an `expect_...` check, has `Raises:`;
- on floors 0 and 1 a function that stands on its own shows a `>>>` example, and all examples are run.
"""

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "course_lib").rglob("*.py"))

WITH_EXAMPLES = re.compile(r"course_lib/(checks|data|neuron|scalar)\b")  # floors 0 and 1, see test_floors.py

Function = ast.FunctionDef | ast.AsyncFunctionDef


def docstring_problems(source: str, path: str) -> list[str]:
    """Say what a reader of one file of course_lib is not told."""
    tree = ast.parse(source)
    problems = [] if ast.get_docstring(tree) else [f"{path}:1: the module has no docstring."]
    for name, node in _public(tree.body):
        docstring = ast.get_docstring(node)
        if docstring is None:
            wants = [f"{name} has no docstring."]
        else:
            wants = _missing_parts(node, docstring) if isinstance(node, Function) else []
            is_on_its_own = isinstance(node, Function) and "." not in name
            if is_on_its_own and WITH_EXAMPLES.match(path) and ">>>" not in docstring:
                wants.append("show a small example that begins with >>>.")
            wants = [f"{name}: {want}" for want in wants]
        problems += [f"{path}:{node.lineno}: {want}" for want in wants]
    return problems


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{prefix}{node.name}.")


def _missing_parts(function: Function, docstring: str) -> list[str]:
    wants = []
    described = _names_under_args(docstring)
    unsaid = [name for name in _argument_names(function) if name not in described]
    if unsaid:
        wants.append(f"add a line 'name: ...' under 'Args:' for {', '.join(unsaid)}.")
    if _returns_a_value(function) and not _is_property(function) and not _has_section(docstring, "Returns"):
        wants.append("it returns a value: say what under 'Returns:'.")
    if _can_raise(function) and not _has_section(docstring, "Raises"):
        wants.append("it can raise: say what and when under 'Raises:'.")
    return wants


def _argument_names(function: Function) -> list[str]:
    a = function.args
    every = [*a.posonlyargs, *a.args, *filter(None, [a.vararg]), *a.kwonlyargs, *filter(None, [a.kwarg])]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]


def _names_under_args(docstring: str) -> set[str]:
    """Read the names before the colons of the indented lines under `Args:`; `a, b: ...` describes both."""
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", docstring, re.MULTILINE)
    lines = section.group(1).splitlines() if section else []
    heads = [line.split(":")[0] for line in lines if ":" in line]
    return {name.strip(" *`") for head in heads for name in head.split(",")}


def _has_section(docstring: str, title: str) -> bool:
    return re.search(rf"^{title}:", docstring, re.MULTILINE) is not None


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    """Walk through a function, but not into the functions and classes defined inside it."""
    waiting = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _returns_a_value(function: Function) -> bool:
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value))
        for node in _own_nodes(function)
    )


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_property(function: Function) -> bool:
    decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
    return bool(decorators & {"property", "cached_property", "functools.cached_property"})


def _can_raise(function: Function) -> bool:
    for node in _own_nodes(function):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].startswith("expect_"):
            return True
    return False


@pytest.mark.parametrize("path", LIBRARY)
def test_everything_public_is_described(path):
    problems = docstring_problems((ROOT / path).read_text(encoding="utf-8"), path)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("path", [path for path in LIBRARY if WITH_EXAMPLES.match(path)])
def test_the_examples_of_the_lower_floors_show_what_they_print(path):
    module = importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    assert doctest.testmod(module).failed == 0


GOOD = '''"""A module."""

def f(x, *sizes, y=1, **options):
    """Do it.

    Args:
        x: (n,) numbers
        sizes: more
        y, options: settings
    Returns:
        a number
    Raises:
        ValueError: x is bad

    >>> f(1)
    """
    expect_finite(x)
    return x

def _private(x):
    return x

class A:
    """A thing."""

    @property
    def size(self):
        """Number of things."""
        return 1

    def __len__(self):
        return 1
'''


def test_a_described_module_passes():
    assert docstring_problems(GOOD, "course_lib/data/good.py") == []


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ('"""A module."""', "", ":1: the module has no docstring"),
        ("        x: (n,) numbers\n", "", "f: add a line 'name: ...' under 'Args:' for x."),
        ("        sizes: more\n", "", "under 'Args:' for sizes"),
        ("        y, options: settings\n", "", "under 'Args:' for y, options"),
        ("    Args:", "    Takes:", "under 'Args:' for x, sizes, y, options"),
        ("    Returns:", "    Gives:", "f: it returns a value"),
        ("    Raises:", "    Fails:", "f: it can raise"),
        ("    >>> f(1)\n", "", "f: show a small example"),
        ('        """Number of things."""\n', "", "A.size has no docstring"),
        ("def _private", "def public", "public has no docstring"),
        ('    """A thing."""\n', "", "A has no docstring"),
    ],
)
def test_each_planted_fault_is_named(good, bad, expected):
    assert good in GOOD
    problems = docstring_problems(GOOD.replace(good, bad), "course_lib/data/bad.py")
    assert len(problems) == 1
    assert expected in problems[0]


def test_edges_and_higher_floors_need_no_example():
    assert docstring_problems(GOOD.replace("    >>> f(1)\n", ""), "course_lib/layers/linear.py") == []


def test_a_return_inside_an_inner_function_is_not_the_functions_own():
    source = '"""M."""\ndef f():\n    """Do it."""\n    def g():\n        return 1\n    g()\n'
    assert docstring_problems(source, "course_lib/layers/linear.py") == []
