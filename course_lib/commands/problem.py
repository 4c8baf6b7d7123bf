"""The one kind of failure that the `course` command reports."""


class CourseProblem(Exception):
    """A failure that one clear sentence explains: what, where, and the likely fix."""
