"""Where the course and the learner's own files lie."""

import os
from pathlib import Path

import course_lib
from course_lib.commands.problem import CourseProblem

LESSON_LIST = "lessons.toml"


def course_root() -> Path:
    """Find the folder of the course: the one that holds lessons.toml.

    Returns:
        its path
    Raises:
        CourseProblem: the library was installed without its course
    """
    root = Path(course_lib.__file__).resolve().parent.parent
    if not (root / LESSON_LIST).is_file():
        raise CourseProblem(
            f"{LESSON_LIST} is missing in {root}: fetch the whole course and run it from there."
        )
    return root


def work_folder() -> Path:
    """Find the folder of the learner's own files, and make it when it is not there yet.

    The environment variable COURSE_WORK names another folder than work/, for tests.

    Returns:
        its path
    Raises:
        CourseProblem: the folder cannot be made or written
    """
    chosen = os.environ.get("COURSE_WORK")
    folder = Path(chosen).resolve() if chosen else course_root() / "work"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseProblem(f"The work folder {folder} cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CourseProblem(
            f"The work folder {folder} may not be written: give yourself the right to, "
            "or set COURSE_WORK to a folder of your own."
        )
    return folder
