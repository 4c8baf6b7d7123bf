"""Why did it decide so? What an answer reacts to, what it is owed to, and what it would be without."""

from course_lib.responsible.explain.integrated_gradients import completeness_gap, integrated_gradients
from course_lib.responsible.explain.occlusion import occlusion
from course_lib.responsible.explain.permutation_importance import (
    PermutationImportance,
    permutation_importance,
)
from course_lib.responsible.explain.saliency import class_gradient, saliency
from course_lib.responsible.explain.shapley import ShapleyEstimate, exact_shapley, sampled_shapley

__all__ = [
    "PermutationImportance",
    "ShapleyEstimate",
    "class_gradient",
    "completeness_gap",
    "exact_shapley",
    "integrated_gradients",
    "occlusion",
    "permutation_importance",
    "saliency",
    "sampled_shapley",
]
