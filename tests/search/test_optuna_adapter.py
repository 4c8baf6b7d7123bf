import sys

import numpy as np
import pytest

from course_lib.search import LogUniform, Space, optuna_search


def test_without_optuna_the_error_says_how_to_get_it(monkeypatch, line, rng):
    monkeypatch.setitem(sys.modules, "optuna", None)  # what makes `import optuna` fail
    with pytest.raises(ImportError, match=r"Optuna is not installed. Run `python -m pip install optuna`"):
        optuna_search(lambda settings: settings["x"], line, 3, rng)


def test_it_searches_every_kind_of_range_quietly_and_reproducibly(mixed_space, capfd):
    def objective(settings):
        if settings["activation"] is None:
            raise ValueError("no activation")
        return settings["dropout"] + settings["n_layers"]

    def tried(seed):
        result = optuna_search(objective, mixed_space, 30, np.random.default_rng(seed))
        return result, [trial.settings for trial in result.trials]

    (result, first), (_, again), (_, other) = tried(0), tried(0), tried(1)
    assert first == again
    assert first != other
    assert result.best.value < 1.2
    assert len(result.trials) == 30
    assert any(trial.failure == "ValueError: no activation" for trial in result.trials)
    for settings in first:
        mixed_space.to_unit(settings)  # raises where a value lies outside its range
    assert capfd.readouterr().err == ""


def test_a_logarithmic_range_is_searched_by_its_logarithm(rng):
    result = optuna_search(lambda settings: 0.0, Space({"rate": LogUniform(1e-6, 1.0)}), 10, rng)
    small = [trial.settings["rate"] < 1e-2 for trial in result.trials]
    assert sum(small) >= 3, "of a plain range one in a hundred would be so small"
