"""What all searches share: budget, order, failures, interruption, reproducibility."""

import math

import numpy as np
import pytest

from course_lib.search import Uniform, bayesian_search, grid_search, random_search

SEARCHES = [grid_search, random_search, bayesian_search]


def parabola(settings):
    return (settings["x"] - 0.3) ** 2


@pytest.mark.parametrize("search", SEARCHES)
def test_the_whole_budget_is_spent_and_the_trials_are_in_order(search, line, rng):
    seen = []
    result = search(parabola, line, 9, rng, progress=seen.append)
    assert [trial.number for trial in result.trials] == list(range(9))
    assert tuple(seen) == result.trials
    assert all(trial.value == parabola(trial.settings) for trial in result.trials)
    assert all(trial.seconds >= 0 for trial in result.trials)
    assert not result.was_interrupted


@pytest.mark.parametrize("search", SEARCHES)
def test_the_best_is_the_smallest_value_and_the_curve_falls_to_it(search, line, rng):
    result = search(parabola, line, 9, rng)
    values = [trial.value for trial in result.trials]
    assert result.best.value == min(values)
    assert result.best_so_far.tolist() == [min(values[: k + 1]) for k in range(9)]
    assert repr(result) == f"SearchResult(9 trials, best {min(values):.4g})"


@pytest.mark.parametrize("search", SEARCHES)
def test_the_generator_alone_decides_what_is_tried(search, mixed_space):
    def objective(settings):
        return settings["dropout"] + math.log(settings["learning_rate"]) ** 2

    def tried(seed):
        result = search(objective, mixed_space, 12, np.random.default_rng(seed))
        return [(trial.settings, trial.value) for trial in result.trials]

    assert tried(1) == tried(1)
    assert tried(1) != tried(2)


@pytest.mark.parametrize("search", SEARCHES)
def test_a_try_that_fails_is_recorded_and_the_search_goes_on(search, line, rng):
    outcomes = iter([ZeroDivisionError("in step 3"), math.nan, math.inf, None, "0.5", True])

    def objective(settings):
        outcome = next(outcomes, parabola(settings))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    result = search(objective, line, 9, rng)
    assert [trial.failure for trial in result.trials] == [
        "ZeroDivisionError: in step 3",
        "the objective returned nan",
        "the objective returned inf",
        "the objective returned None",
        "the objective returned '0.5'",
        "the objective returned True",
        *[""] * 3,
    ]
    assert all(math.isnan(trial.value) for trial in result.trials[:6])
    assert np.isnan(result.best_so_far[:6]).all()
    assert not np.isnan(result.best_so_far[6:]).any(), "one success ends the NaN"
    assert result.best.number >= 6
    assert "6 failed" in repr(result)


@pytest.mark.parametrize("search", SEARCHES)
def test_where_every_try_fails_the_first_reason_is_given(search, line, rng):
    result = search(lambda settings: 1 / 0, line, 7, rng)
    assert len(result.trials) == 7
    assert repr(result) == "SearchResult(7 trials, 7 failed)"
    with pytest.raises(ValueError, match=r"none of 7 trials succeeded. The first said: ZeroDivisionError"):
        _ = result.best


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("where", ["objective", "progress"])
def test_ctrl_c_keeps_what_was_tried(search, where, line, rng):
    calls = {"objective": 0, "progress": 0}

    def count(name):
        calls[name] += 1
        if name == where and calls[name] == 6:
            raise KeyboardInterrupt

    def objective(settings):
        count("objective")
        return parabola(settings)

    result = search(objective, line, 9, rng, progress=lambda trial: count("progress"))
    assert result.was_interrupted
    assert len(result.trials) == (5 if where == "objective" else 6)
    assert "interrupted" in repr(result)


def test_ctrl_c_before_the_first_result_leaves_an_empty_result(line, rng):
    def objective(settings):
        raise KeyboardInterrupt

    result = random_search(objective, line, 3, rng)
    assert repr(result) == "SearchResult(0 trials, interrupted)"
    assert len(result.best_so_far) == 0
    with pytest.raises(ValueError, match="none of 0 trials"):
        _ = result.best


@pytest.mark.parametrize("search", SEARCHES)
def test_an_objective_that_changes_its_settings_changes_no_record(search, line, rng):
    result = search(lambda settings: settings.pop("x"), line, 6, rng)
    assert all(trial.settings == {"x": trial.value} for trial in result.trials)


@pytest.mark.parametrize("search", SEARCHES)
def test_what_cannot_be_searched_is_refused(search, line, rng):
    with pytest.raises(TypeError, match="rng must be a NumPy Generator"):
        search(parabola, line, 3, 0)
    with pytest.raises(TypeError, match=r"objective must be a function of settings. It is a int"):
        search(3, line, 3, rng)
    with pytest.raises(TypeError, match=r"space must be a Space. It is a dict. Try Space"):
        search(parabola, {"x": Uniform(0, 1)}, 3, rng)
    for budget in (0, 2.5, True):
        with pytest.raises(ValueError, match="budget must be a whole number of at least 1"):
            search(parabola, line, budget, rng)
