"""All the changed versions of one file, each with one fault."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from tools.mutation.faults import FAULTS_OF_EXPRESSIONS, FAULTS_OF_STATEMENTS, gradients_of

__all__ = ["Mutant", "mutants_of"]

LEFT_ALONE = {"annotation", "returns", "decorator_list"}
# Settings that guard or speed up, and change no result.
SETTINGS = {"strict", "copy", "order", "stacklevel"}


@dataclass(frozen=True)
class Mutant:
    """One file with one fault in it.

    What identifies it, ``name``, says nothing of line numbers: an edit elsewhere in the file changes no name.

    Attributes:
        file: path from the root of the project
        function: where the fault is, such as ``softmax.vjp``; empty outside of functions
        line: of the statement, in the file as it is now
        kind: of fault
        was: the statement, on one line, without the body of an ``if`` or a loop
        becomes: what stands there instead
        nth: counts equal changes of equal statements of one function
        write: returns the whole file with the fault
    """

    file: str
    function: str
    line: int
    kind: str
    was: str
    becomes: str
    nth: int
    write: Callable[[], str] = field(compare=False, repr=False)

    @property
    def name(self) -> tuple[str, str, str, str, int]:
        """What stays the same when other code changes."""
        return self.file, self.function, self.was, self.becomes, self.nth

    def __str__(self) -> str:
        place = f"{self.file}:{self.line} {self.function}"
        return f"{place}: {self.kind}\n    - {self.was}\n    + {self.becomes}"


@dataclass(frozen=True)
class Place:
    """A node of a syntax tree, and how to put another one there.

    Attributes:
        node: what stands there
        holder: the node or list that holds it
        key: name of the field, or place in the list
        function: dotted names of the functions and classes around it
        statement: the place of the statement around it; none for the statement itself
    """

    node: ast.AST
    holder: ast.AST | list
    key: str | int
    function: str
    statement: "Place | None"

    def with_node(self, node: ast.AST, look: Callable[[], str]) -> str:
        """Put another node there, look at it, and put the first one back."""
        self._put(node)
        seen = look()
        self._put(self.node)
        return seen

    def _put(self, node: ast.AST) -> None:
        if isinstance(self.holder, list):
            self.holder[self.key] = node
        else:
            setattr(self.holder, self.key, node)

    def now(self) -> ast.AST:
        """Return what stands there now."""
        return self.holder[self.key] if isinstance(self.holder, list) else getattr(self.holder, self.key)


def mutants_of(file: str, source: str) -> Iterator[Mutant]:
    """Plant every fault in a file, one at a time.

    Args:
        file: path from the root of the project
        source: its text
    Returns:
        the mutants, in the order of the file, none twice
    """
    tree = ast.parse(source)
    gradients = gradients_of(tree)
    seen, count = set(), Counter()
    for place in list(_places(tree, "", None)):
        statement = place.statement or place
        was = _header(statement.now())
        for kind, node in _faulty(place, gradients):
            node = ast.fix_missing_locations(ast.copy_location(node, place.node))
            becomes = place.with_node(node, lambda at=statement: _header(at.now()))
            key = id(statement.node), becomes
            if becomes == was or key in seen:
                continue
            seen.add(key)
            count[place.function, was, becomes] += 1
            nth = count[place.function, was, becomes]
            write = partial(place.with_node, node, partial(ast.unparse, tree))
            yield Mutant(file, place.function, statement.node.lineno, kind, was, becomes, nth, write)


def _faulty(place: Place, gradients: set[int]) -> Iterator[tuple[str, ast.AST]]:
    if place.statement is None:
        for kind, fault in FAULTS_OF_STATEMENTS.items():
            yield from ((kind, node) for node in fault(place.node))
    else:
        for kind, fault in FAULTS_OF_EXPRESSIONS.items():
            yield from ((kind, node) for node in fault(place.node, id(place.node) in gradients))


def _places(node: ast.AST, function: str, statement: Place | None) -> Iterator[Place]:
    """Go through everything that may be changed, from top to bottom."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}" if function else node.name
    for name, value in ast.iter_fields(node):
        if name in LEFT_ALONE or isinstance(node, ast.Raise):
            continue
        each = enumerate(value) if isinstance(value, list) else [(name, value)]
        holder = value if isinstance(value, list) else node
        for key, inner in each:
            if not isinstance(inner, ast.AST) or _is_left_alone(inner) or _is_what_is_left(inner, node):
                continue
            if isinstance(inner, ast.stmt):
                place = Place(inner, holder, key, function, None)
                yield place
                yield from _places(inner, function, place)
                continue
            if isinstance(inner, ast.expr):
                yield Place(inner, holder, key, function, statement)
            yield from _places(inner, function, statement)


def _is_left_alone(node: ast.AST) -> bool:
    """Leave alone what computes nothing: text, imports for type checkers, guards."""
    is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    is_setting = isinstance(node, ast.keyword) and node.arg in SETTINGS
    return is_for_types or is_setting or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _is_what_is_left(node: ast.AST, call: ast.AST) -> bool:
    """Find the -1 of ``reshape(-1)``: NumPy reads every negative length as "what is left"."""
    is_reshape = isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "reshape"
    return is_reshape and ast.unparse(node) == "-1"


def _header(statement: ast.stmt) -> str:
    """Return a statement as one line, without the statements inside it."""
    if not getattr(statement, "body", None) or not isinstance(statement, ast.stmt):
        return ast.unparse(statement)
    bare = copy.copy(statement)
    bare.body = [ast.Pass()]
    for name in ("orelse", "handlers", "finalbody", "decorator_list"):
        if hasattr(bare, name):
            setattr(bare, name, [])
    return ast.unparse(bare).removesuffix("\n    pass") if not isinstance(bare, ast.Try) else "try:"
