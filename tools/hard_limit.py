"""Run a command that may hang, and end it with everything it started when its time is over."""

import contextlib
import subprocess
from pathlib import Path

import psutil

__all__ = ["OutOfTime", "run_within"]


class OutOfTime(RuntimeError):
    """A command did not end within its limit and was stopped from outside."""


def run_within(
    limit_s: float, command: list[str], *, cwd: Path, env: dict[str, str], is_shown: bool = False
) -> subprocess.CompletedProcess:
    """Run ``command`` and stop it, with its children, after ``limit_s`` seconds.

    nbclient can wait for ever for a kernel (its issue 312), so the clock has to be another process.

    Args:
        limit_s: seconds of wall time
        command: program and arguments
        cwd: folder to run in
        env: the whole environment
        is_shown: let the command write to this terminal; otherwise what it writes is returned
    Returns:
        the ended process with its return code and, unless shown, what it wrote in ``stdout``
    Raises:
        OutOfTime: the limit was reached
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdout=None if is_shown else subprocess.PIPE,
        stderr=None if is_shown else subprocess.STDOUT,
    )
    try:
        written, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise OutOfTime(f"stopped from outside after {limit_s:g} s") from None
    finally:
        _end(process)
    return subprocess.CompletedProcess(command, process.returncode, written or "")


def _end(process: subprocess.Popen) -> None:
    """Kill the children first: a kernel leads a group of its own and would outlive its parent."""
    if process.poll() is not None:
        return
    family = psutil.Process(process.pid)
    for member in [*family.children(recursive=True), family]:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    process.communicate()
