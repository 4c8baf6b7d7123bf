"""What a learner can touch in a lesson: predictions, sliders, a drawing pad, and the library's own source.

Every widget also has a static form, for GitHub, for print and for the checks of the notebooks.
"""

from course_lib.widgets.draw_digit import DrawDigit
from course_lib.widgets.explore import Explore, Slider
from course_lib.widgets.prediction import Prediction
from course_lib.widgets.show_source import show_source

__all__ = ["DrawDigit", "Explore", "Prediction", "Slider", "show_source"]
