"""Every layer, found by itself, is right: against PyTorch, against measured slopes, in every situation.

The samples are in tests/layers/samples_<family>.py; layer_samples.py there says how to add one.
"""

import importlib
import importlib.util
import inspect
import pkgutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from course_lib import layers
from course_lib.layers.module import Module
from tests.layers import broken_layers, layer_proof, layer_state
from tests.layers.layer_samples import LayerSample

MISSING = SimpleNamespace(SAMPLES={}, REFUSED={})


def layers_of(module) -> list[str]:
    """Name the public layers of a module."""
    public = {name: getattr(module, name) for name in module.__all__}
    return [name for name, kind in public.items() if inspect.isclass(kind) and issubclass(kind, Module)]


def table_of(family: str):
    """Import the samples of a family; where there are none yet, a test names what is missing."""
    name = f"tests.layers.samples_{family}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else MISSING


MODULES = {
    info.name: importlib.import_module(f"course_lib.layers.{info.name}")
    for info in pkgutil.iter_modules(layers.__path__)
    if info.name != "module"  # holds what all layers have in common
}
FAMILIES = [family for family, module in MODULES.items() if layers_of(module)]
TABLES = {family: table_of(family) for family in FAMILIES}
NAMES = {name: family for family in FAMILIES for name in layers_of(MODULES[family])}
SAMPLES = {name: TABLES[family].SAMPLES.get(name, []) for name, family in NAMES.items()}

every_layer = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def shapes_of(sample: LayerSample) -> list[tuple[int, ...]]:
    """Return the shapes of what goes in, or of what comes out where only whole numbers go in."""
    return sample.shapes or [sample.call(sample.build(np.random.default_rng(0))).shape]


def gaps(names: list[str], samples: dict[str, list[LayerSample]], refused: dict) -> list[str]:
    """Say what the tables of a family lack."""
    problems = []
    for name in names:
        own = samples.get(name, [])
        shapes = [shape for sample in own for shape in shapes_of(sample)]
        modes = {mode for sample in own for mode in sample.modes}
        if not own:
            problems.append(f"{name} has no entry in SAMPLES")
        elif not any(0 in shape for shape in shapes):
            problems.append(f"{name} has no sample with an empty axis")
        elif not any(1 in shape for shape in shapes):
            problems.append(f"{name} has no sample with an axis of size 1")
        elif modes != {"train", "evaluate"}:
            problems.append(f"{name} is not called in both modes")
        elif all(sample.parameters is None for sample in own):
            problems.append(f"{name} has no sample that states its parameters")
        if not refused.get(name):
            problems.append(f"{name} has no entry in REFUSED")
    return problems + [f"{name} is no layer" for name in sorted({*samples, *refused} - set(names))]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_layer_has_samples_of_every_kind(family):
    table = TABLES[family]
    assert not gaps(layers_of(MODULES[family]), table.SAMPLES, table.REFUSED)


@every_layer
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-5)])
def test_value_and_gradients_equal_those_of_pytorch(name, dtype, tolerance, torch):
    for sample in SAMPLES[name]:
        if sample.theirs:
            layer_proof.equals_pytorch(sample, torch, dtype, tolerance)


@every_layer
def test_gradients_equal_measured_slopes(name):
    for sample in SAMPLES[name]:
        layer_proof.equals_slopes(sample)


@every_layer
def test_the_layout_in_memory_does_not_matter(name):
    for sample in SAMPLES[name]:
        layer_proof.ignores_layout(sample)


@every_layer
def test_an_input_and_a_layer_may_be_used_twice(name):
    for sample in SAMPLES[name]:
        layer_proof.may_be_used_twice(sample)


@every_layer
def test_the_dtype_is_kept_and_no_input_is_changed(name):
    for sample in SAMPLES[name]:
        layer_proof.keeps_dtype_and_inputs(sample)


@every_layer
def test_a_layer_may_be_called_with_arrays(name):
    for sample in SAMPLES[name]:
        layer_proof.takes_arrays(sample)


@every_layer
def test_parameters_have_the_stated_names_and_shapes(name):
    for sample in SAMPLES[name]:
        layer_state.has_the_stated_parameters(sample)


@every_layer
def test_the_seed_decides_what_is_drawn(name):
    for sample in SAMPLES[name]:
        layer_state.is_reproducible(sample)
    if "rng" in inspect.signature(getattr(MODULES[NAMES[name]], name)).parameters:
        layer_state.depends_on_the_seed(SAMPLES[name])


@every_layer
def test_training_differs_from_use_where_it_should(name):
    layer_state.tells_the_modes_apart(SAMPLES[name])


@every_layer
def test_a_state_is_taken_over_bit_by_bit_and_a_wrong_one_is_refused(name):
    for sample in SAMPLES[name]:
        layer_state.comes_back_from_state(sample)
        layer_state.names_what_differs(sample)


@every_layer
def test_weights_go_to_pytorch_and_come_back(name, torch):
    for sample in SAMPLES[name]:
        if sample.theirs:
            layer_state.comes_back_from_pytorch(sample, torch)


@every_layer
def test_what_cannot_be_right_is_refused_with_a_sentence(name):
    for refused in TABLES[NAMES[name]].REFUSED.get(name, []):
        with pytest.raises((ValueError, TypeError), match=refused.says):
            refused.call()


def scaled(gradient):
    return 1.5 * gradient


def sign_flipped(gradient):
    return -gradient


def one_term_dropped(gradient):
    return np.where(np.arange(gradient.size).reshape(gradient.shape) == 0, 0, gradient)


def along_the_wrong_axis(gradient):
    return np.flip(gradient).copy()


def is_caught(check, *arguments) -> bool:
    try:
        check(*arguments)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("fault", [scaled, sign_flipped, one_term_dropped, along_the_wrong_axis])
@pytest.mark.parametrize("place", [0, 1, 2], ids=["x", "W", "b"])
def test_a_planted_fault_in_a_gradient_is_caught(place, fault, torch):
    spoilt = broken_layers.spoilt_sample(place, fault)
    assert is_caught(layer_proof.equals_slopes, spoilt)
    assert is_caught(layer_proof.equals_pytorch, spoilt, torch)


@pytest.mark.parametrize("check", broken_layers.BROKEN)
def test_each_check_lets_a_good_layer_pass_and_catches_a_broken_one(check, torch):
    check_of = getattr(layer_proof, check, None) or getattr(layer_state, check)
    takes_list = check in ("depends_on_the_seed", "tells_the_modes_apart")
    more = (torch,) if "pytorch" in check else ()
    for sample in broken_layers.BROKEN[check]:
        assert is_caught(check_of, [sample] if takes_list else sample, *more), sample
    check_of([broken_layers.linear_sample()] if takes_list else broken_layers.linear_sample(), *more)


def test_every_check_has_a_planted_fault():
    calls = {*layer_proof.__all__, *layer_state.__all__} - {"has_two_modes", "made", "set_mode"}
    assert calls == {*broken_layers.BROKEN, "equals_slopes"}


def test_gaps_in_the_tables_are_named():
    own, refused = SAMPLES["Linear"], {"Linear": [1]}
    assert gaps(["Linear"], {"Linear": own}, refused) == []
    assert gaps(["Linear", "New"], {"Linear": own}, refused) == [
        "New has no entry in SAMPLES",
        "New has no entry in REFUSED",
    ]
    for left_out, said in [(0, "empty axis"), (1, "axis of size 1")]:
        few = [sample for sample in own if not any(left_out in shape for shape in sample.shapes)]
        assert said in gaps(["Linear"], {"Linear": few}, refused)[0]
    in_use = [replace(sample, modes=("evaluate",)) for sample in own]
    assert gaps(["Linear"], {"Linear": in_use}, refused) == ["Linear is not called in both modes"]
    silent = [replace(sample, parameters=None) for sample in own]
    assert gaps(["Linear"], {"Linear": silent}, refused) == [
        "Linear has no sample that states its parameters"
    ]
    assert gaps([], {"Linear": own}, {}) == ["Linear is no layer"]
    assert table_of("no_such_family") is MISSING
