"""The first draft of a lesson: a notebook with the shape of one, to be filled with its subject."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.commands.catalogue import Lesson

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FRONT_MATTER = """\
# {number} · {title}

{title} Say in two sentences why a learner wants to know, and what the lesson does to find out.

**You will be able to** write here what a learner can do afterwards, with a verb that can be tested.

**Minutes** {minutes}

**Needs** {needs}

**Library files** {modules}"""
SECTION = """\
## 1 · Name the first idea

Say what the idea is, in fewer than 150 words. Then ask for a guess: `Prediction` shows the question, and the
button keeps the learner's answer."""
EXPERIMENT = """\
Let the next cell try it out, and compare: `guess.outcome` shows the guess beside what happened, and `because`
says why."""
CLOSING = """\
## What to keep

**Three things to keep**

1. The first thing.
2. The second thing.
3. The third thing.

**Pitfalls** Name a mistake, and how a learner recognises it.

**Exercise** Name the exercise, or a question to take along.

**Next** Name the lesson that comes next.

**Sources** Author and year, *title*, chapter."""


def draft_text(lesson: Lesson) -> str:
    """Write a notebook that runs and has the structure of a lesson.

    Args:
        lesson: its entry in lessons.toml
    Returns:
        the text of the file
    """
    needs = ", ".join(f"[{slug[:2]}]({slug}.ipynb)" for slug in lesson.needs) or "nothing"
    modules = ", ".join(f"[`{module}`](../{module})" for module in lesson.modules) or "nothing yet"
    number, title, minutes = lesson.number, lesson.title, lesson.minutes
    front = FRONT_MATTER.format(number=number, title=title, minutes=minutes, needs=needs, modules=modules)
    guess = f'guess = Prediction("{number}.1", "What will happen?", ["this", "that"])\nguess'
    cells = [
        new_markdown_cell(front),
        new_code_cell("from course_lib.widgets import Prediction", execution_count=1),
        new_markdown_cell(SECTION),
        new_code_cell(guess, execution_count=2),
        new_markdown_cell(EXPERIMENT),
        new_code_cell('guess.outcome("this", because="Give the reason.")', execution_count=3),
        new_markdown_cell(CLOSING),
    ]
    return nbformat.v4.writes(new_notebook(cells=cells, metadata=METADATA)).rstrip("\n") + "\n"
