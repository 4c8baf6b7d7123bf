import math

import numpy as np
import pytest
from scipy import stats

from course_lib.search import Choice, Integer, LogUniform, Space, Uniform, bayesian_search, random_search

PLANE = Space({"x": Uniform(-5.0, 10.0), "y": Uniform(0.0, 15.0)})


def branin(settings):
    """A standard test function with three equal minima of 0.397887 (Dixon & Szegö 1978)."""
    x, y = settings["x"], settings["y"]
    valley = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


@pytest.mark.slow
def test_it_beats_chance_on_ten_seeds_with_equal_budgets():
    ours, chance = [], []
    for seed in range(10):
        ours.append(bayesian_search(branin, PLANE, 20, np.random.default_rng(seed)))
        chance.append(random_search(branin, PLANE, 20, np.random.default_rng(seed)))
    assert {len(result.trials) for result in ours + chance} == {20}
    regret = np.array([[a.best.value, b.best.value] for a, b in zip(ours, chance, strict=True)]) - 0.397887
    assert stats.wilcoxon(*np.log(regret).T, alternative="less").pvalue < 0.01
    assert np.median(regret[:, 0]) < 0.1


def test_it_begins_as_chance_does_with_the_same_generator():
    ours = bayesian_search(branin, PLANE, 6, np.random.default_rng(3), n_start=5)
    chance = random_search(branin, PLANE, 6, np.random.default_rng(3))
    settings = [[trial.settings for trial in result.trials] for result in (ours, chance)]
    assert settings[0][:5] == settings[1][:5]
    assert settings[0][5] != settings[1][5]


def test_it_finds_the_option_and_the_whole_number_that_matter(rng):
    space = Space(
        {"rate": LogUniform(1e-5, 1.0), "n_layers": Integer(1, 8), "kind": Choice(("a", "b", "c", "d"))}
    )

    def objective(settings):
        off = (math.log10(settings["rate"]) + 3) ** 2 + 0.5 * abs(settings["n_layers"] - 5)
        return off + (0 if settings["kind"] == "c" else 3)

    best = bayesian_search(objective, space, 24, rng).best
    assert best.settings["kind"] == "c"
    assert abs(best.settings["n_layers"] - 5) <= 1
    assert abs(math.log10(best.settings["rate"]) + 3) < 0.5


def test_it_tries_nothing_twice_until_all_has_been_tried(rng):
    space = Space({"n": Integer(1, 10), "kind": Choice(("a", "b"))})
    result = bayesian_search(lambda settings: settings["n"], space, 24, rng, n_start=1)
    tried = [tuple(trial.settings.values()) for trial in result.trials]
    assert len(set(tried[:20])) == 20
    assert len(tried) == 24


def test_it_keeps_away_from_where_tries_fail(line):
    def objective(settings):
        if settings["x"] < 0:
            raise FloatingPointError("diverged")
        return settings["x"]

    trials = bayesian_search(objective, line, 16, np.random.default_rng(5)).trials
    failed = np.array([bool(trial.failure) for trial in trials])
    assert failed[:4].any()
    assert failed[8:].mean() < 0.4  # by chance it would be a half; the best tries lie at the very edge


def test_an_exploded_value_does_not_hide_the_rest(line):
    def objective(settings):
        return 1e12 if settings["x"] > 0.5 else (settings["x"] + 0.4) ** 2

    results = [bayesian_search(objective, line, 14, np.random.default_rng(seed)) for seed in range(3)]
    assert max(result.best.value for result in results) < 1e-3


def test_it_is_not_fooled_by_noise():
    noise = np.random.default_rng(1)
    result = bayesian_search(
        lambda settings: (settings["x"] - 0.2) ** 2 + 0.05 * noise.normal(),
        Space({"x": Uniform(-1.0, 1.0)}),
        20,
        np.random.default_rng(0),
    )
    last = [trial.settings["x"] for trial in result.trials[10:]]
    assert abs(np.median(last) - 0.2) < 0.25


def test_a_constant_objective_is_survived(line, rng):
    assert len(bayesian_search(lambda settings: 1.0, line, 8, rng).trials) == 8


@pytest.mark.parametrize("n_start", [0, 2.5, True])
def test_the_start_is_counted_in_whole_numbers(n_start, line, rng):
    with pytest.raises(ValueError, match="n_start must be a whole number of at least 1"):
        bayesian_search(branin, line, 3, rng, n_start=n_start)
