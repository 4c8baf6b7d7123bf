"""Run a stored lesson once more with nbval and say where the page no longer tells the truth."""

import copy
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from tools.execute import LIMIT_S, ExecutionError, lesson_environment
from tools.figures import figure_problems
from tools.hard_limit import OutOfTime, run_within
from tools.network_off import network_off_prefix
from tools.pages import ROOT, place, read

__all__ = ["Run", "validate"]

NBVAL = ["-m", "pytest", "-c", str(ROOT / "tools" / "nbval.ini")]
NBVAL_HEADING = re.compile(r"\A\s*Notebook cell execution failed\s+Cell \d+: ")  # it counts code cells from 0


@dataclass(frozen=True)
class Run:
    """What one fresh run of a stored lesson computed, and what nbval says to it.

    Args:
        path: the stored notebook
        fresh: the same notebook with the outputs of this run
        text_problems: cells that failed, or whose text differs from the stored text
        seconds: wall time from the start of the kernel to its end
        peak_mb: the most memory that the kernel held, in MB of 2**20 bytes
        is_offline: the run had no network
    """

    path: Path
    fresh: nbformat.NotebookNode
    text_problems: list[str]
    seconds: float
    peak_mb: float
    is_offline: bool

    def figure_problems(self) -> list[str]:
        """Return where a stored figure differs from the fresh one, or is missing."""
        return figure_problems(self.path, read(self.path), self.fresh)

    def budget_problems(self, budget_s: float, budget_mb: float) -> list[str]:
        """Return where the run took more than ``budget_s`` seconds or ``budget_mb`` MB."""
        found = []
        if self.seconds > budget_s:
            found.append(
                f"{place(self.path)}: ran for {self.seconds:.1f} s; its budget is {budget_s:g} s. "
                "Train for fewer steps, or ship the history and say how it was made."
            )
        if self.peak_mb > budget_mb:
            found.append(
                f"{place(self.path)}: took {self.peak_mb:.0f} MB; its budget is {budget_mb:g} MB. "
                "Look for an array that holds every example times every step."
            )
        return found

    def error_problems(self) -> list[str]:
        """Return which cells raised an error that they do not announce, failed asserts left out."""
        return [
            f"{place(self.path, position)}: {output.ename}: {output.evalue}"
            for position, cell in enumerate(self.fresh.cells, start=1)
            for output in cell.get("outputs", [])
            if output.output_type == "error"
            and output.ename != "AssertionError"
            and "raises-exception" not in cell.metadata.get("tags", [])
        ]


def validate(path: Path, *, core_type: str = "", is_offline: bool = False, limit_s: float = LIMIT_S) -> Run:
    """Run the notebook at ``path`` with nbval in a fresh kernel; the file itself is left as it is.

    Args:
        path: the notebook; its folder is the working folder
        core_type: the processor that OpenBLAS takes this machine for, ``"Nehalem"``; empty: as it is
        is_offline: take the network away, which `network_off_prefix` must permit
        limit_s: seconds after which the run is stopped from outside
    Returns:
        what was computed, and what nbval says to it
    Raises:
        ExecutionError: the run could not be started, or reached its limit
    """
    path = Path(path).resolve()
    with tempfile.TemporaryDirectory(prefix="course-run-", ignore_cleanup_errors=True) as folder:
        record = Path(folder) / "record.json"
        prefix = network_off_prefix() if is_offline else ()
        command = [*prefix, sys.executable, *NBVAL, f"--record-to={record}", str(path)]
        env = lesson_environment(Path(folder))
        env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # halves the start
        if core_type:
            env["OPENBLAS_CORETYPE"] = core_type
        try:
            ended = run_within(limit_s, command, cwd=ROOT, env=env)
        except OutOfTime as error:
            raise ExecutionError(f"{place(path)}: {error}. Does a cell wait for something?") from error
        if not record.exists():
            raise ExecutionError(
                f"{place(path)}: nbval ended with code {ended.returncode}.\n{ended.stdout[-2000:]}"
            )
        answer = json.loads(record.read_text(encoding="utf-8"))
    fresh, text_problems = _with_outputs(path, answer["cells"])
    return Run(path, fresh, text_problems, answer["seconds"], answer["peak_mb"], is_offline)


def _with_outputs(path: Path, records: list[dict]) -> tuple[nbformat.NotebookNode, list[str]]:
    """Put the outputs that nbval saw into a copy of the notebook, and number its cells as these tools do."""
    fresh = copy.deepcopy(read(path))
    positions = [n for n, cell in enumerate(fresh.cells, start=1) if cell.cell_type == "code"]
    problems = []
    for record in records:
        position = positions[record["code"]]
        fresh.cells[position - 1].outputs = [nbformat.from_dict(output) for output in record["outputs"]]
        if record["problem"]:
            said = NBVAL_HEADING.sub("", record["problem"]).strip()
            problems.append(f"{place(path, position)}: {said}")
    return fresh, problems
