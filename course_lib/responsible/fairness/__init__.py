"""Whom does it fail? Rates by group, and what can be done: weights, thresholds, and coins."""

from course_lib.responsible.fairness.equalised_odds import EqualisedOdds, GroupRule, equalise_odds
from course_lib.responsible.fairness.group_metrics import (
    GroupCounts,
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equalised_odds_difference,
    group_counts,
    rate_difference,
)
from course_lib.responsible.fairness.reweighting import reweighting
from course_lib.responsible.fairness.thresholds import apply_thresholds, choose_thresholds

__all__ = [
    "EqualisedOdds",
    "GroupCounts",
    "GroupRule",
    "apply_thresholds",
    "choose_thresholds",
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "equalise_odds",
    "equalised_odds_difference",
    "group_counts",
    "rate_difference",
    "reweighting",
]
