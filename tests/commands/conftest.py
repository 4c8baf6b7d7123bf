"""A small course of two lessons in a folder of its own, and ways to start it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
ENTRY = """\
[[lesson]]
slug = "{slug}"
title = "{title}"
minutes = 10
needs = {needs}
modules = []
exercises = []
budget_s = 60
budget_mb = 1024
assumes = []
"""


def write_notebook(path: Path, text: str) -> None:
    cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell("print('seen')")]
    path.parent.mkdir(exist_ok=True)
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


@pytest.fixture
def tree(tmp_path) -> Path:
    """The course's own code with a list of two tiny lessons."""
    root = tmp_path / "the course"  # a space, as in many a learner's folder
    unwanted = shutil.ignore_patterns("__pycache__")
    for folder in ("course_lib", "tools"):
        shutil.copytree(ROOT / folder, root / folder, ignore=unwanted)
    for name in ("course.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)
    first = ENTRY.format(slug="00_start", title="Where do I start?", needs="[]")
    second = ENTRY.format(slug="10_second", title="What comes next?", needs='["00_start"]')
    (root / "lessons.toml").write_text(f"# The list of lessons.\n\n{first}\n{second}", encoding="utf-8")
    for slug in ("00_start", "10_second"):
        write_notebook(root / "notebooks" / f"{slug}.ipynb", f"# {slug}")
    return root


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """The environment of a newcomer: no course settings, a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JUPYTER"))}
    return {**kept, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def course(tree, environment) -> Callable[..., subprocess.CompletedProcess]:
    """Run `course ...` in the small course."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "course_lib.cli", *arguments],
            cwd=tree,
            env={**environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
        )

    return run
