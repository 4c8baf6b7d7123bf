"""Start the course: `python course.py lab` opens the lessons, `python course.py test` tests the installation.

The first start installs the course into the folder .venv beside this file (tools/bootstrap says how); later
starts go straight to the `course` command in there. This file also parses on Python 2.7, so that an old
Python is told what is wrong instead of showing a syntax error: no f-strings, no annotations.
"""

import os
import sys


def check_python(version):
    """Say what is wrong with a Python that the course is not tested with.

    Args:
        version: major and minor number, such as sys.version_info
    Returns:
        one sentence, or None for Python 3.11, 3.12 and 3.13
    """
    if (3, 11) <= tuple(version[:2]) <= (3, 13):
        return None
    return (
        "This course needs Python 3.11, 3.12 or 3.13, and this is Python {}.{}: install one of them and "
        "start with it, for example `python3.12 course.py lab`, on Windows `py -3.12 course.py lab`."
    ).format(*version[:2])


def main():
    """Check the Python, then start."""
    complaint = check_python(sys.version_info)
    if complaint:
        sys.stderr.write(complaint + "\n")
        return 1
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
    from tools.bootstrap.start import main as start

    return start(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
