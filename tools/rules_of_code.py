"""The rules of a lesson's code cells: length, imports, predictions, marks of nbval, figures."""

import ast
import re
from collections.abc import Iterator

from course_lib.commands.catalogue import Lesson
from tools.pages import alts_of, syntax_tree
from tools.rules_of_prose import SECTION

__all__ = [
    "compared_or_asserted",
    "described_figures",
    "imports_first",
    "predictions",
    "python",
    "short_cells",
]

MOST_LINES = 20  # aim for 12
LEAST_ALT = 40  # characters; fewer name a figure without describing it
NBVAL_COMMENT = re.compile(r"^\s*#+\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)\s*$", re.MULTILINE)

Problems = Iterator[tuple[int, str]]


def python(cells: list, lesson: Lesson) -> Problems:
    """A code cell is plain Python: no magics, which no lesson teaches."""
    for position, cell in _code(cells):
        if syntax_tree(cell) is None:
            yield (
                position,
                "cannot be parsed as Python. Does it use a magic (%...) or a shell command (!...)?",
            )


def short_cells(cells: list, lesson: Lesson) -> Problems:
    """A code cell has one purpose."""
    for position, cell in _code(cells):
        n_lines = len(cell.source.splitlines())
        if n_lines > MOST_LINES:
            yield position, f"has {n_lines} lines; a code cell may have {MOST_LINES}. Split it by purpose."


def imports_first(cells: list, lesson: Lesson) -> Problems:
    """Imports stand in the first code cell, where a learner looks for them."""
    for position, cell in list(_code(cells))[1:]:
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in _nodes(cell)):
            yield position, "imports something. Move the import to the first code cell."


def predictions(cells: list, lesson: Lesson) -> Problems:
    """Every section asks for a prediction and later compares it with what happened."""
    ids = set()
    for start, section in _sections(cells):
        asked = [(position, *asking) for position, cell in section for asking in _asked(cell)]
        if not asked:
            yield (
                start,
                f'asks for no prediction. Add: guess = Prediction("{lesson.number}.1", "...?", [...])',
            )
        for position, name, prediction_id in asked:
            if not prediction_id.startswith(f"{lesson.number}."):
                yield (
                    position,
                    f"the id {prediction_id!r} of the prediction must begin with '{lesson.number}.'.",
                )
            if prediction_id in ids:
                yield position, f"the id {prediction_id!r} was used above. Each prediction needs its own."
            ids.add(prediction_id)
            if not any(later > position and name in _compared(cell) for later, cell in section):
                yield (
                    position,
                    f"the prediction {prediction_id!r} is never compared with what happened. "
                    f'Add in a later cell of the section: {name or "guess"}.outcome("...", because="...")',
                )


def compared_or_asserted(cells: list, lesson: Lesson) -> Problems:
    """A cell whose output nbval does not compare is held by an assert."""
    code = list(_code(cells))
    for (position, cell), following in zip(code, [*code[1:], None], strict=True):
        tags = [tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval-")]
        if NBVAL_COMMENT.search(cell.source) or tags not in ([], ["nbval-ignore-output"]):
            yield position, "of the marks of nbval only the tag nbval-ignore-output may be used."
        nearby = [cell, following[1]] if following else [cell]
        if tags and not any(isinstance(node, ast.Assert) for near in nearby for node in _nodes(near)):
            yield (
                position,
                "its output is not compared. Assert what holds, here or in the next code cell.",
            )


def described_figures(cells: list, lesson: Lesson) -> Problems:
    """Every stored figure has a description, in its output and in the metadata of its cell."""
    for position, cell in _code(cells):
        alts = alts_of(cell.outputs)
        for alt in alts:
            if len(alt) < LEAST_ALT:
                yield (
                    position,
                    f"a figure is described in {len(alt)} characters; {LEAST_ALT} are needed. Draw it "
                    "with show(ax, alt=...): the kind of plot, what it shows, the finding.",
                )
        if cell.metadata.get("alt", []) != alts:
            yield position, "its metadata do not repeat the alt texts: python tools/notebooks.py check --fix"
        kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
        if any(kind.startswith("image/") and kind != "image/png" for kind in kinds):
            yield position, "shows a picture that is not a PNG. Only PNG figures are compared."


def _code(cells: list) -> Iterator[tuple[int, object]]:
    return ((n, cell) for n, cell in enumerate(cells, start=1) if cell.cell_type == "code")


def _nodes(cell) -> list[ast.AST]:
    tree = syntax_tree(cell)
    return [] if tree is None else list(ast.walk(tree))


def _sections(cells: list) -> list[tuple[int, list[tuple[int, object]]]]:
    """Return of each numbered section where it starts, and its code cells with their positions."""
    sections, current = [], []
    for position, cell in enumerate(cells, start=1):
        if cell.cell_type == "code":
            current.append((position, cell))
        elif cell.source.startswith("## "):
            current = []
            if SECTION.match(cell.source):
                sections.append((position, current))
    return sections


def _asked(cell) -> list[tuple[str, str]]:
    """Return the name and the id of each ``name = Prediction("id", ...)``."""
    found = []
    for node in _nodes(cell):
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
            continue
        target, call = node.targets[0], node.value
        if ast.unparse(call.func) == "Prediction" and call.args:
            found.append((ast.unparse(target), str(getattr(call.args[0], "value", ""))))
    return found


def _compared(cell) -> set[str]:
    """Return the names on which ``.outcome(...)`` is called."""
    calls = [node.func for node in _nodes(cell) if isinstance(node, ast.Call)]
    return {ast.unparse(f.value) for f in calls if isinstance(f, ast.Attribute) and f.attr == "outcome"}
