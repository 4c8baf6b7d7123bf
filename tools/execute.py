"""Run every cell of a notebook in a fresh kernel and keep what it shows.

The kernel is driven by a second process (this file, run as a module), which the first can stop when it hangs.
"""

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from tools.hard_limit import OutOfTime, run_within
from tools.pages import ROOT, place, read
from tools.peak_memory import PeakMemory

__all__ = ["LIMIT_S", "Execution", "ExecutionError", "execute", "lesson_environment"]

LIMIT_S = 300  # five times the budget of a lesson, for slow machines


class ExecutionError(RuntimeError):
    """A notebook did not run to its end; the message names the cell, its source and its error."""


@dataclass(frozen=True)
class Execution:
    """A notebook that ran to its end.

    Args:
        notebook: the notebook with its fresh outputs, not yet in normal form
        seconds: wall time from the start of the kernel to the end of the last cell
        peak_mb: the most memory that the kernel held, in MB of 2**20 bytes
    """

    notebook: nbformat.NotebookNode
    seconds: float
    peak_mb: float


def execute(path: Path, *, limit_s: float = LIMIT_S, is_shown: bool = False) -> Execution:
    """Run the notebook at ``path`` from top to bottom in a fresh kernel; the file itself is left as it is.

    Args:
        path: the notebook; its folder is the working folder
        limit_s: seconds after which it is stopped from outside
        is_shown: print one line a cell while it runs
    Returns:
        the fresh notebook with its time and memory
    Raises:
        ExecutionError: a cell raised, the kernel died, or the limit was reached
    """
    path = Path(path).resolve()
    with tempfile.TemporaryDirectory(prefix="course-run-", ignore_cleanup_errors=True) as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "tools.execute", str(path), str(result)]
        try:
            ended = run_within(
                limit_s, command, cwd=ROOT, env=lesson_environment(Path(folder)), is_shown=is_shown
            )
        except OutOfTime as error:
            raise ExecutionError(f"{place(path)}: {error}. Does a cell wait for something?") from error
        if not result.exists():
            raise ExecutionError(
                f"{place(path)}: the run ended with code {ended.returncode}.\n{ended.stdout[-2000:]}"
            )
        answer = json.loads(result.read_text(encoding="utf-8"))
    if answer["error"]:
        raise ExecutionError(answer["error"])
    return Execution(nbformat.from_dict(answer["notebook"]), answer["seconds"], answer["peak_mb"])


def lesson_environment(folder: Path) -> dict[str, str]:
    """Return the environment in which a lesson runs: this one, with a work folder of its own."""
    return {**os.environ, "COURSE_WORK": str(folder / "work"), "PYTHONUNBUFFERED": "1"}


def _drive(path: Path) -> dict:
    """Run the cells one after the other and say what came out."""
    notebook = read(path)
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: the kernel warns of its own transport
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.reset_execution_trackers()
    start = time.perf_counter()
    error = ""
    with PeakMemory() as memory, client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index, execution_count=client.code_cells_executed + 1)
            except (CellExecutionError, DeadKernelError) as problem:
                error = _describe(path, index + 1, cell, problem)
                break
            print(f"{place(path, index + 1)} of {len(notebook.cells)}  {time.perf_counter() - start:5.1f} s")
        seconds = time.perf_counter() - start
    return {"notebook": notebook, "seconds": seconds, "peak_mb": memory.peak_mb, "error": error}


def _describe(path: Path, position: int, cell, problem: Exception) -> str:
    if isinstance(problem, CellExecutionError):
        said = f"{problem.ename}: {problem.evalue}"
    else:
        said = "the kernel died. Did the cell take more memory than there is?"
    source = "\n".join(f"    {line}" for line in cell.source.splitlines())
    return f"{place(path, position)} failed:\n{source}\n{said}"


if __name__ == "__main__":
    notebook_path, result_path = map(Path, sys.argv[1:])
    result_path.write_text(json.dumps(_drive(notebook_path)), encoding="utf-8")
