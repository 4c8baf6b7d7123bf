"""Nothing is used in a lesson before it was taught: no name, no method, no argument.

Taught means: it stood in code font in the prose above, here or in a lesson that this one needs. What a
lesson defines itself, and what lessons.toml says the learner knows already (``assumes``), needs no
teaching. An import only fetches a name: the name must be taught where it is first used.
"""

import ast
import re
from collections.abc import Sequence
from pathlib import Path

from course_lib.commands.catalogue import Lesson
from tools.pages import place, read, syntax_tree

__all__ = ["teaching_order_problems"]

CODE_FONT = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
WORD = re.compile(r"[^\W\d]\w*")


def teaching_order_problems(lesson: Lesson, lessons: Sequence[Lesson], folder: Path) -> list[str]:
    """Return what the notebook of ``lesson`` uses too early.

    Args:
        lesson: the lesson to read
        lessons: the whole list, in which its needs are found
        folder: where the notebooks lie
    Returns:
        readable problems, each name once, at its first use
    """
    path = folder / lesson.file_name
    known = _known_before(lesson, lessons, folder)
    own, reported, found = set(), set(), []
    for position, cell in enumerate(read(path).cells, start=1):
        if cell.cell_type == "markdown":
            known |= words_in_code_font(cell.source)
        elif cell.cell_type == "code" and (tree := syntax_tree(cell)):
            own |= _defined(tree)
            early = [use for use in _used(tree) if use[0] not in known | own | reported]
            reported |= {name for name, _ in early}
            found += [
                f"{place(path, position)}: the {kind} `{name}` is used before it is taught. Explain it "
                "above in code font; if it is plain Python, add it to assumes in lessons.toml."
                for name, kind in dict.fromkeys(early)
            ]
    return found


def words_in_code_font(markdown: str) -> set[str]:
    """Return the words inside the code spans and code blocks of ``markdown``.

    >>> sorted(words_in_code_font("The mean of each column: `X.mean(axis=0)`."))
    ['X', 'axis', 'mean']
    """
    return {word for span in CODE_FONT.findall(markdown) for word in WORD.findall(span)}


def _known_before(lesson: Lesson, lessons: Sequence[Lesson], folder: Path) -> set[str]:
    """Return what the lesson may assume, and what the lessons that it needs have taught, theirs included."""
    known = set(lesson.assumes)
    for earlier in lessons:
        if earlier.slug in lesson.needs:
            known |= _known_before(earlier, lessons, folder)
            for cell in read(folder / earlier.file_name).cells:
                known |= words_in_code_font(cell.source) if cell.cell_type == "markdown" else set()
    return known


def _defined(tree: ast.AST) -> set[str]:
    """Return the names that a cell makes itself: variables, functions, arguments, attributes."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


def _used(tree: ast.AST) -> list[tuple[str, str]]:
    """Return each name, method or attribute, and argument that a cell uses, with its kind."""
    used = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.append((node.id, "name"))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            used.append((node.attr, "attribute"))
        elif isinstance(node, ast.keyword) and node.arg:
            used.append((node.arg, "argument"))
    return used
