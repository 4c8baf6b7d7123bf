"""From `python course.py ...` to the installed `course` command."""

import os
import signal
import subprocess
import sys
from types import FrameType

from tools.bootstrap import place
from tools.bootstrap.failures import STOPPED, InstallationError, explain_refusal
from tools.bootstrap.install import install
from tools.bootstrap.progress import Progress

USAGE = """\
usage: python course.py COMMAND [--no-torch | --torch]

  lab      open the lessons in your browser
  test     prove that everything works on this computer
  doctor   compare what is installed with what was tested

The first start needs the internet: it makes the folder .venv beside course.py and installs the course there
(about 3 GB, a few minutes). Later starts need neither. --no-torch leaves PyTorch out (about 1.5 GB); the
choice is remembered until --torch. `python course.py COMMAND --help` says more about a command.
"""


def main(arguments: list[str]) -> int:
    """Start, and turn every failure into one sentence and an exit code."""
    signal.signal(signal.SIGTERM, treat_like_ctrl_c)
    try:
        return start(arguments)
    except InstallationError as error:
        return complain(str(error), 1)
    except OSError as error:
        return complain(explain_refusal(error, str(place.ROOT)), 1)
    except KeyboardInterrupt:
        return complain(STOPPED, 130)


def start(arguments: list[str]) -> int:
    """Install what is missing, then hand the arguments over."""
    others, with_torch = place.take_torch_choice(arguments)
    if not place.is_installed(with_torch):
        if others[:1] in ([], ["-h"], ["--help"]) and others == arguments:
            print(USAGE, end="")
            return 0
        progress = Progress(sys.stdout)
        try:
            install(with_torch, progress)
        finally:
            progress.end()
    return hand_over(others)


def hand_over(arguments: list[str]) -> int:
    """Go on as the installed `course` command; on Windows wait for it and return its exit code."""
    sys.stdout.flush()
    command = [str(place.VENV_COURSE), *arguments]
    if not place.ON_WINDOWS:
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the command has heard it too, and stops in its own way
            continue


def treat_like_ctrl_c(signal_number: int, frame: FrameType | None) -> None:
    """Let a request to end stop the running installation as well."""
    raise KeyboardInterrupt


def complain(sentence: str, code: int) -> int:
    """Print why the course does not start, and return the exit code."""
    print(sentence, file=sys.stderr)
    return code
