"""Choosing the numbers that training cannot learn: by grid, by chance, or by a model of what was tried."""

from course_lib.search.bayesian import bayesian_search
from course_lib.search.expected_improvement import expected_improvement
from course_lib.search.gaussian_process import GaussianProcess, fit_gaussian_process, matern52
from course_lib.search.grid import grid_search
from course_lib.search.optuna_adapter import optuna_search
from course_lib.search.random_search import random_search
from course_lib.search.ranges import Choice, Integer, LogUniform, Uniform
from course_lib.search.space import Space
from course_lib.search.trials import SearchResult, Trial

__all__ = [
    "Choice",
    "GaussianProcess",
    "Integer",
    "LogUniform",
    "SearchResult",
    "Space",
    "Trial",
    "Uniform",
    "bayesian_search",
    "expected_improvement",
    "fit_gaussian_process",
    "grid_search",
    "matern52",
    "optuna_search",
    "random_search",
]
