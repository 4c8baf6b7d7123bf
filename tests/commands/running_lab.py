"""A `course lab` that runs during a test."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

START_LIMIT_S = 90


class RunningLab:
    """Start `course lab --no-browser` and read what it says up to its address.

    Args:
        folder: where it is started: the folder that holds course_lib
        environment: of the process
        arguments: further words for `course lab`
    """

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course_lib.cli", "lab", "--no-browser", *arguments],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said, self.page = "", ""
        started = time.monotonic()
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"http://\S+", line):
                self.page = found.group()
            if line.startswith("Ctrl-C"):
                break
        self.start_s = time.monotonic() - started

    def stop(self, number: int = signal.SIGINT) -> int:
        """Press Ctrl-C, and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            rest, _ = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            rest, _ = self.process.communicate()
        self.said += rest
        return self.process.returncode
