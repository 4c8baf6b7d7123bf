"""Show the library's own text in a lesson, so that a lesson never holds a second copy of it."""

import inspect
from pathlib import Path

from IPython.display import Markdown

import course_lib

__all__ = ["show_source"]

LIBRARY = Path(course_lib.__file__).resolve().parent


def show_source(obj) -> Markdown:
    """Show the source of a function, class or module of the course, with a link to its file.

    Args:
        obj: something imported from ``course_lib``
    Returns:
        the source as the last line of a cell shows it
    Raises:
        TypeError: ``obj`` has no source, or its source is not in ``course_lib``
    """
    name = getattr(obj, "__name__", type(obj).__name__)
    try:
        path = Path(inspect.getsourcefile(obj) or "").resolve()
        source = inspect.getsource(obj)
    except (TypeError, OSError):
        raise TypeError(
            f"show_source: {name} has no Python source to show. "
            "Give it a function or class of course_lib, without calling it."
        ) from None
    if not path.is_relative_to(LIBRARY):
        raise TypeError(
            f"show_source: {name} is not part of course_lib. It comes from {path.name}. "
            "What was written in this notebook can be read in its own cell."
        )
    file = path.relative_to(LIBRARY.parent).as_posix()
    fence = "````" if "```" in source else "```"
    return Markdown(f"`{name}` in [{file}](../{file})\n\n{fence}python\n{source.rstrip()}\n{fence}")
