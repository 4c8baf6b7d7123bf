"""Plots of the course: each takes arrays and ``ax`` and returns ``ax``."""

from course_lib.plotting.axes import COLOURS, MARKERS, new_axes, new_row
from course_lib.plotting.classes import plot_classes, plot_decision_line
from course_lib.plotting.lines import plot_curve, plot_repeats
from course_lib.plotting.page import png_bytes, show
from course_lib.plotting.pictures import plot_picture

__all__ = [
    "COLOURS",
    "MARKERS",
    "new_axes",
    "new_row",
    "plot_classes",
    "plot_curve",
    "plot_decision_line",
    "plot_picture",
    "plot_repeats",
    "png_bytes",
    "show",
]
