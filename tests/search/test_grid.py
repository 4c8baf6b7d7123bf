import pytest

from course_lib.search import Choice, Integer, LogUniform, Space, Uniform, grid_search
from course_lib.search.grid import grid_of


def test_a_grid_holds_every_combination_of_evenly_spread_values():
    space = Space({"rate": LogUniform(0.01, 1.0), "option": Choice(("a", "b"))})
    grid = grid_of(space, 6)
    assert [settings["option"] for settings in grid] == ["a", "b"] * 3
    assert [settings["rate"] for settings in grid][::2] == pytest.approx([0.01, 0.1, 1.0])


@pytest.mark.parametrize(("budget", "size"), [(1, 1), (2, 2), (7, 6), (8, 8), (24, 24), (26, 25)])
def test_the_grid_is_as_fine_as_the_budget_allows(budget, size):
    space = Space({"x": Uniform(0, 1), "y": Uniform(0, 1)})
    assert len(grid_of(space, budget)) == size


def test_one_value_is_the_middle():
    assert grid_of(Space({"x": Uniform(0, 1)}), 1) == [{"x": 0.5}]


def test_a_setting_with_few_values_leaves_the_budget_to_the_others():
    space = Space({"n_layers": Integer(1, 2), "x": Uniform(0, 1)})
    grid = grid_of(space, 20)
    assert len(grid) == 20
    assert {settings["n_layers"] for settings in grid} == {1, 2}


def test_no_combination_is_tried_twice_and_the_order_is_shuffled(rng):
    space = Space({"x": Uniform(0, 1), "y": Uniform(0, 1)})
    result = grid_search(lambda settings: settings["x"], space, 25, rng)
    tried = [tuple(trial.settings.values()) for trial in result.trials]
    assert sorted(tried) == [tuple(settings.values()) for settings in grid_of(space, 25)]
    assert tried != sorted(tried)


def test_a_budget_below_the_options_is_refused_with_what_is_needed(rng):
    space = Space({"a": Choice((1, 2, 3)), "b": Choice((1, 2))})
    with pytest.raises(ValueError, match=r"every option once needs 6 trials. The budget is 5"):
        grid_search(lambda settings: 0.0, space, 5, rng)


def test_a_grid_shows_few_values_of_each_setting_where_chance_shows_many(rng):
    space = Space({"x": Uniform(0, 1), "y": Uniform(0, 1)})
    assert len({settings["x"] for settings in grid_of(space, 16)}) == 4
    assert len({space.sample(rng)["x"] for _ in range(16)}) == 16
