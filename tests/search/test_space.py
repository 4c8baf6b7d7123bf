import numpy as np
import pytest
from scipy import stats

from course_lib.search import Choice, Integer, LogUniform, Space, Uniform


def drawn(parameter, n=4000):
    rng, space = np.random.default_rng(0), Space({"x": parameter})
    return np.array([space.sample(rng)["x"] for _ in range(n)])


def test_each_range_is_drawn_evenly_on_its_own_scale():
    assert stats.kstest(drawn(Uniform(-2, 3)), stats.uniform(-2, 5).cdf).pvalue > 0.01
    assert stats.kstest(np.log10(drawn(LogUniform(1e-4, 1))), stats.uniform(-4, 4).cdf).pvalue > 0.01
    for values in (drawn(Integer(3, 7)), drawn(Choice(tuple("abcde")))):
        assert stats.chisquare(np.unique(values, return_counts=True)[1]).pvalue > 0.01


def test_whole_numbers_on_a_logarithmic_scale_are_drawn_by_factors():
    values = drawn(Integer(4, 256, is_log=True))
    assert (values.min(), values.max()) == (4, 256)
    expected = np.log(31.5 / 3.5) / np.log(256.5 / 3.5)
    assert np.mean(values < 32) == pytest.approx(expected, abs=0.03)


def test_settings_go_to_the_cube_and_back(mixed_space, rng):
    for _ in range(200):
        settings = mixed_space.sample(rng)
        u = mixed_space.to_unit(settings)
        assert u.shape == (7,)
        assert u.min() >= 0
        assert u.max() <= 1
        again = mixed_space.from_unit(u)
        assert again.keys() == settings.keys()
        for name, value in settings.items():
            assert again[name] == (pytest.approx(value, rel=1e-12) if isinstance(value, float) else value)


@pytest.mark.parametrize(("u", "end"), [(0.0, "low"), (1.0, "high")])
@pytest.mark.parametrize(
    "parameter", [Uniform(0.1, 0.3), LogUniform(1e-3, 0.3), Integer(2, 9), Integer(2, 9, is_log=True)]
)
def test_the_ends_of_the_unit_interval_are_the_ends_of_the_range(parameter, u, end):
    assert parameter.from_unit(np.array([u])) == getattr(parameter, end)


def test_half_way_is_the_mean_or_the_geometric_mean():
    half = np.array([0.5])
    assert Uniform(0, 4).from_unit(half) == 2
    assert LogUniform(0.01, 1).from_unit(half) == pytest.approx(0.1)
    assert LogUniform(0.01, 1).to_unit(0.1) == pytest.approx(0.5)


def test_options_are_equally_far_from_each_other():
    choice = Choice(("a", "b", "c"))
    points = [choice.to_unit(option) for option in choice.options]
    distances = {round(np.linalg.norm(points[i] - points[j]), 12) for i in range(3) for j in range(i)}
    assert len(distances) == 1


def test_values_have_the_plain_types_that_a_network_takes(mixed_space, rng):
    settings = mixed_space.sample(rng)
    assert [type(settings[name]) for name in ("dropout", "n_layers", "n_units")] == [float, int, int]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uniform(1, 1), "Uniform: the ends must be numbers with low < high. They are 1 and 1"),
        (lambda: Uniform(0, np.inf), "Uniform: the ends"),
        (lambda: Uniform("0", 1), "Uniform: the ends"),
        (lambda: LogUniform(0, 1), "LogUniform: a logarithmic range begins above 0"),
        (lambda: Integer(1, 2.5), "Integer: the ends must be whole numbers. One is 2.5"),
        (lambda: Integer(0, 8, is_log=True), "Integer: a logarithmic range begins above 0"),
        (lambda: Choice(("a",)), "Choice: there must be two options or more, all different"),
        (lambda: Choice(("a", "b", "a")), "Choice: there must be two options or more, all different"),
        (lambda: Space({}), "Space: there must be at least one parameter"),
        (lambda: Uniform(0, 1).to_unit(2), "Uniform: expected a number from 0 to 1. It is 2"),
        (lambda: LogUniform(1, 2).to_unit(0.5), "LogUniform: expected a number from 1 to 2"),
        (lambda: Integer(1, 3).to_unit(1.5), "Integer: expected a whole number"),
        (lambda: Integer(1, 3).to_unit(4), "Integer: expected a number from 1 to 3"),
        (lambda: Choice(("a", "b")).to_unit("c"), "Choice: 'c' is not one of"),
    ],
)
def test_ranges_that_cannot_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Space([Uniform(0, 1)]), "parameters must be a dict"),
        (lambda: Space({"x": (0, 1)}), "'x' must be Uniform, LogUniform, Integer or Choice. It is a tuple"),
        (lambda: Choice("relu"), "options must be a tuple"),
        (lambda: Space({"x": Uniform(0, 1)}).sample(7), "rng must be a NumPy Generator"),
    ],
)
def test_the_wrong_kind_of_thing_is_refused(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_points_outside_the_cube_and_foreign_names_are_refused(mixed_space, line):
    with pytest.raises(ValueError, match=r"u must have shape \(n_coordinates=7,\)"):
        mixed_space.from_unit(np.zeros(5))
    for u in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="u must lie between 0 and 1"):
            line.from_unit(np.array([u]))
    with pytest.raises(ValueError, match=r"settings must name \['x'\]. They name \['y'\]"):
        line.to_unit({"y": 0})
