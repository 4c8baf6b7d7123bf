"""How far an installation is: read out of the output of pip or uv, and shown."""

import re
import shutil
import time
from typing import TextIO

LINE_EVERY_S = 15  # without a terminal, progress is one line in this many seconds


def read_progress(output: str, n_constraints: int) -> tuple[int, int, bool]:
    """Read out of the output of pip or uv how far it is.

    Args:
        output: everything it wrote so far
        n_constraints: a guess at the number of packages, for the time before it is known
    Returns:
        how many packages are found so far, how many to expect, and whether that number is known
    """
    n_found = len(set(re.findall(r"^\s*Collecting ([\w.-]+)", output, re.MULTILINE)))
    collected = re.search(r"^Installing collected packages: (.+)$", output, re.MULTILINE)
    if collected:
        return n_found, len(collected.group(1).split(",")), True
    resolved = re.search(r"^Resolved (\d+) packages", output, re.MULTILINE)
    return n_found, int(resolved.group(1)) if resolved else n_constraints, resolved is not None


class Progress:
    """One line that is written over in a terminal, an occasional line anywhere else."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.is_terminal = stream.isatty()
        self.step = 0
        self.shown_at_s = 0.0

    def show(self, step: int, text: str) -> None:
        """Show the number of the step, and how far it is."""
        line = f"Step {step} of 3: {text}"
        if self.is_terminal:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write("\r" + line[:width].ljust(width))
        elif step != self.step or time.monotonic() - self.shown_at_s > LINE_EVERY_S:
            self.stream.write(line + "\n")
            self.shown_at_s = time.monotonic()
        self.step = step
        self.stream.flush()

    def end(self) -> None:
        """Leave the line that was written over."""
        if self.is_terminal and self.step:
            self.stream.write("\n")
            self.stream.flush()
