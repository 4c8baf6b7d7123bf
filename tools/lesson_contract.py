"""The shape that every lesson has, so that a learner who knows one finds the way in all.

Front matter, sections that ask for a prediction and come back to it, short prose, short cells, described
figures, a closing cell. Each rule takes the cells of a notebook and its entry in lessons.toml, and yields the
position of a cell with a sentence that says what to do.
"""

from pathlib import Path

from course_lib.commands.catalogue import Lesson
from tools import rules_of_code, rules_of_prose
from tools.pages import place, read

__all__ = ["RULES", "contract_problems"]

RULES = (
    rules_of_prose.front_matter,
    rules_of_prose.headings,
    rules_of_prose.short_prose,
    rules_of_prose.closing_cell,
    rules_of_code.python,
    rules_of_code.short_cells,
    rules_of_code.imports_first,
    rules_of_code.predictions,
    rules_of_code.compared_or_asserted,
    rules_of_code.described_figures,
)


def contract_problems(path: Path, lesson: Lesson) -> list[str]:
    """Return where the notebook at ``path`` breaks the contract of a lesson.

    Args:
        path: the stored notebook; it need not have been run
        lesson: its entry in lessons.toml
    Returns:
        readable problems in the order of the cells; none for a good lesson
    """
    cells = read(path).cells
    if not cells:
        return [f"{place(path)} has no cells. Start with: course new-lesson"]
    found = [problem for rule in RULES for problem in rule(cells, lesson)]
    return [f"{place(path, position)}: {words}" for position, words in sorted(found)]
