"""What a model gives away of the people it learned from, and how to learn without giving it away."""

from course_lib.responsible.privacy.accountant import (
    Accountant,
    epsilon_of_rdp,
    find_noise_multiplier,
    rdp_of_step,
)
from course_lib.responsible.privacy.dp_sgd import (
    clip_each,
    dp_sgd,
    dp_sgd_step,
    per_example_gradients,
    poisson_sample,
)
from course_lib.responsible.privacy.membership_inference import (
    MembershipAttack,
    example_losses,
    membership_attack,
)

__all__ = [
    "Accountant",
    "MembershipAttack",
    "clip_each",
    "dp_sgd",
    "dp_sgd_step",
    "epsilon_of_rdp",
    "example_losses",
    "find_noise_multiplier",
    "membership_attack",
    "per_example_gradients",
    "poisson_sample",
    "rdp_of_step",
]
