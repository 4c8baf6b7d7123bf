"""What `course.py` does before the course is installed, with the standard library alone."""
