"""Small notebooks in which the tests plant their faults."""

from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.commands.catalogue import Lesson
from tools.execute import execute
from tools.normal_form import normal_form, text_of

ENTRY = Lesson(
    slug="10_one_neuron",
    title="What can one neuron decide?",
    minutes=30,
    needs=("00_start_here",),
    modules=("course_lib/checks.py",),
    exercises=(),
    budget_s=60,
    budget_mb=1024,
    assumes=("print",),
)

# A whole lesson in seven cells; those that begin with a hash and a space, or with bold, are prose.
LESSON = (
    """# 10 · What can one neuron decide?

Where does it draw its line?

**You will be able to** move the line.

**Minutes** 30

**Needs** [00](00_start_here.ipynb)

**Library files** [checks](../course_lib/checks.py)""",
    "import numpy as np\n\nfrom course_lib.widgets import Prediction",
    "## 1 · The bias moves the line\n\nSay what you expect.",
    'guess = Prediction("10.1", "Which way?", ["left", "right"])\nguess',
    "**What you will see** is one number.",
    'bias = np.ones(1)\nguess.outcome("left", because="the sign")',
    """## What to keep

**Three things to keep**
1. one
2. two
3. three

**Pitfalls** none

**Exercise** later

**Next** 11

**Sources** a book""",
)


def store(path: Path, *sources: str) -> Path:
    """Write a notebook in normal form that has not been run."""
    cells = [
        new_markdown_cell(text) if text.startswith(("# ", "## ", "**")) else new_code_cell(text)
        for text in sources
    ]
    path.write_text(text_of(normal_form(new_notebook(cells=cells))), encoding="utf-8")
    return path


def store_run(path: Path, *sources: str) -> Path:
    """Write a notebook in normal form with the outputs of a run."""
    done = execute(store(path, *sources), limit_s=120)
    path.write_text(text_of(normal_form(done.notebook)), encoding="utf-8")
    return path


def change(path: Path, old: str, new: str) -> Path:
    """Replace text of the stored file, which must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in the notebook: the fault was not planted"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path
