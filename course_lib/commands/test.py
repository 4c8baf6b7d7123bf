"""prove that the course works on this computer

Runs the tests of the course. Any other argument goes to pytest: `python course.py test -k neuron -x`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

from course_lib.commands.chromium import provide_chromium
from course_lib.commands.paths import course_root

NO_TESTS_FOUND = 5  # pytest's exit code


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course test`.

    Args:
        parser: gets the descriptions
    """
    parser.add_argument(
        "--quick", action="store_true", help="under 3 minutes: no lessons, no browser, no installations"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run pytest in the course's folder, with an empty work folder, and sum up.

    Args:
        arguments: as described by add_arguments
    Returns:
        pytest's exit code
    """
    words = ["-m", "not slow", *arguments.others] if arguments.quick else arguments.others
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="course_work_", ignore_cleanup_errors=True) as work:
        environment = {**os.environ, "COURSE_WORK": work}
        is_browser_wanted = not arguments.quick and "--collect-only" not in words
        note = provide_chromium() if is_browser_wanted else ""
        code = subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=course_root(), env=environment, check=False
        ).returncode
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print("\n".join(filter(None, [note, f"{_verdict(code)} ({minutes} min {seconds} s)"])), flush=True)
    return code


def _verdict(code: int) -> str:
    if code == 0:
        return "The course works on this computer."
    if code == NO_TESTS_FOUND:
        return "No test was chosen by these arguments."
    return f"Something does not work (pytest's exit code {code}): the first failure above says what."
