"""Fooling a model with changes that nobody sees, and training it to withstand them."""

from course_lib.responsible.attacks.adversarial_training import (
    adversarial_step,
    adversarial_training,
    robust_accuracy,
)
from course_lib.responsible.attacks.gradient_attacks import fgsm, pgd

__all__ = ["adversarial_step", "adversarial_training", "fgsm", "pgd", "robust_accuracy"]
