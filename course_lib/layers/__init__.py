"""Layers: parameters and how they are wired. The calculus is in ``course_lib.autograd``."""
