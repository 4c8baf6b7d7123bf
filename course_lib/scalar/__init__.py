"""Automatic differentiation of single numbers, small enough to read in one sitting."""

from course_lib.scalar.value import Value

__all__ = ["Value"]
