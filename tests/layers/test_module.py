import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.layers.module import Module, evaluating, watching


class Scale(Module):
    buffers = ("mean",)

    def __init__(self, C, rng=None):
        self.gamma = Tensor(np.arange(1.0, C + 1))
        self.mean = np.full(C, 0.5)
        self.note = np.zeros(C)  # no buffer
        self.rng = rng

    def forward(self, x):
        return x * self.gamma


class Pair(Module):
    def __init__(self, rng=None):
        self.first = Scale(2, rng)
        self.shift = Tensor([1.0, -1.0])
        self.constant = Tensor([5.0], needs_grad=False)
        self.places = Tensor([1, 2])
        self.size = 2

    def forward(self, x):
        return self.first(x) + self.shift


class Stack(Module):
    """Parts in a list and a tuple, two of them in two places."""

    def __init__(self, rng=None):
        self.last = Scale(1, rng)
        self.blocks = [Pair(rng), "no module", Pair()]
        self.blocks.append(self.last)
        self.pair = (self.blocks[0], Scale(1))

    def forward(self, x):
        return self.blocks[2](self.blocks[0](x))


NAMES = [
    "last.gamma",
    "blocks.0.shift",
    "blocks.0.first.gamma",
    "blocks.2.shift",
    "blocks.2.first.gamma",
    "pair.1.gamma",
]


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"Module needs a method forward\(self, x\)"):
        Module()(1)


def test_calling_is_forward_with_all_inputs():
    class Sum(Module):
        def forward(self, *xs):
            return sum(xs)

    assert Sum()(1, 2, 4) == 7


def test_parts_are_found_in_attributes_and_lists_each_once_under_its_first_name():
    stack = Stack()
    found = stack.named_modules()
    assert list(found) == ["", "last", "blocks.0", "blocks.0.first", "blocks.2", "blocks.2.first", "pair.1"]
    assert found[""] is stack
    assert found["blocks.2.first"] is stack.blocks[2].first


def test_a_module_that_contains_itself_is_found_once():
    pair = Pair()
    pair.first.owner = pair
    assert list(pair.named_modules()) == ["", "first"]


def test_parameters_are_the_tensors_that_need_a_gradient():
    assert list(Stack().named_parameters()) == NAMES
    pair = Pair()
    assert pair.parameters()[0] is pair.shift
    assert pair.parameters()[1] is pair.first.gamma
    assert len(pair.parameters()) == 2
    assert pair.n_parameters() == 4


def test_a_shared_parameter_comes_once():
    pair = Pair()
    pair.shift = pair.first.gamma
    assert list(pair.named_parameters()) == ["shift"]
    assert pair.n_parameters() == 2


def test_each_generator_is_found_once():
    rng, other = np.random.default_rng(0), np.random.default_rng(1)
    stack = Stack(rng)
    stack.rng = other
    assert [id(found) for found in stack.generators()] == [id(other), id(rng)]
    assert Stack().generators() == []


def test_training_and_use_reach_every_part():
    stack = Stack()
    assert all(part.is_training for part in stack.named_modules().values())
    stack.evaluate()
    assert not any(part.is_training for part in stack.named_modules().values())
    stack.blocks[0].train()
    assert stack.blocks[0].first.is_training
    assert not stack.is_training
    assert Scale(1).is_training  # other modules keep their own mode


def test_cast_changes_parameters_and_buffers_and_nothing_else():
    stack = Stack()
    stack.blocks[0].shift = stack.last.gamma  # shared, and still shared afterwards
    before = stack.state()
    stack.cast(np.float32)
    after = stack.state()
    assert after.keys() == before.keys()
    for name, array in after.items():
        assert array.dtype == np.float32
        assert np.array_equal(array, before[name])
    assert stack.blocks[0].shift is stack.last.gamma
    assert all(parameter.needs_grad and not parameter.op for parameter in stack.parameters())
    assert stack.last.note.dtype == np.float64
    assert stack.blocks[0].constant.dtype == np.float64
    assert stack.blocks[0].places.dtype == np.int64


def test_a_state_holds_copies_of_parameters_and_buffers():
    pair = Pair()
    state = pair.state()
    assert list(state) == ["shift", "first.gamma", "first.mean"]
    assert np.array_equal(state["first.gamma"], [1, 2])
    for array in state.values():
        array[...] = 9
    assert np.array_equal(pair.first.gamma.data, [1, 2])
    assert np.array_equal(pair.first.mean, [0.5, 0.5])


def test_a_loaded_state_is_copied_into_the_parameters_that_are_there():
    pair, other = Pair(), Pair()
    other.shift.assign(np.array([7.0, 8.0]))
    other.first.mean += 1
    shift, mean, state = pair.shift, pair.first.mean, other.state()
    pair.load_state(state)
    assert pair.shift is shift
    assert pair.first.mean is mean
    assert np.array_equal(shift.data, [7, 8])
    assert np.array_equal(mean, [1.5, 1.5])
    for array in state.values():
        array[...] = 0
    assert np.array_equal(mean, [1.5, 1.5])
    assert np.array_equal(shift.data, [7, 8])


def test_a_state_of_another_build_is_refused_by_naming_every_difference():
    pair = Pair()
    before = pair.state()
    state = {"shift": np.ones(2), "first.gamma": np.ones((3, 2)), "last": np.ones(1), "more": np.ones(1)}
    with pytest.raises(ValueError, match="these weights are of another build") as refusal:
        pair.load_state(state)
    assert str(refusal.value) == (
        "Pair.load_state: these weights are of another build. first.gamma is of float64 and shape "
        "(3, 2), not of float64 and shape (2,); "
        "first.mean is missing; last is unknown here; more is unknown here."
    )
    assert all(np.array_equal(pair.state()[name], before[name]) for name in before)


def test_a_buffer_of_another_shape_is_named_even_where_it_would_broadcast():
    pair = Pair()
    with pytest.raises(ValueError, match=r"first\.mean is of float64 and shape \(1,\), not"):
        pair.load_state(pair.state() | {"first.mean": np.ones(1)})


def test_watching_notes_the_last_output_of_each_part_in_the_order_in_which_they_finished():
    stack, x = Stack(), Tensor([1.0, 1.0])
    with watching(stack) as outputs:
        stack(x)
        y = stack.blocks[0](x)
        assert outputs["blocks.0"] is y
    names = ["blocks.2.first", "blocks.2", "", "blocks.0.first", "blocks.0"]
    assert list(outputs) == names
    assert np.array_equal(outputs[""].data, [3.0, 1.0])
    assert np.array_equal(outputs["blocks.0.first"].data, [1, 2])
    stack(x)
    assert list(outputs) == names, "nothing is noted afterwards"


def test_watching_ends_where_an_error_ends_it():
    stack = Stack()
    outputs = {}

    def fails_while_watched():
        with watching(stack) as noted:
            outputs["noted"] = noted
            stack(Tensor(np.ones((4, 3))))

    with pytest.raises(ValueError, match="do not fit together"):
        fails_while_watched()
    stack(Tensor([1.0, 1.0]))
    assert outputs["noted"] == {}


def test_two_who_watch_at_once_both_see_what_passes():
    stack, x = Stack(), Tensor([1.0, 1.0])
    with watching(stack) as outer:
        with watching(stack) as inner:
            stack(x)
        assert list(inner) == list(outer) != []
        stack(x)
        assert outer[""] is not inner[""]
    assert stack._watchers == ()


def test_what_lies_in_lists_and_dictionaries_is_found_by_its_way_there():
    nest = Module()
    nest.parts = [[Pair()], {"second": Pair()}]
    nest.scales = {"a": Tensor([1.0]), "b": (Tensor([2.0]), 3.0, "text")}
    assert list(nest.named_modules()) == [
        "",
        "parts.0.0",
        "parts.0.0.first",
        "parts.1.second",
        "parts.1.second.first",
    ]
    names = ["scales.a", "scales.b.0", "parts.0.0.shift", "parts.0.0.first.gamma"]
    assert [name for name in nest.named_parameters() if "second" not in name] == names
    nest.cast(np.float32)
    assert {parameter.dtype for parameter in nest.parameters()} == {np.dtype(np.float32)}


def test_a_result_or_an_input_that_a_module_keeps_is_no_parameter():
    keeper = Module()
    keeper.w = Tensor([1.0])
    keeper.y, keeper.x = keeper.w * 2.0, Tensor([1.0], needs_grad=False)
    assert list(keeper.named_parameters()) == ["w"]


def test_parameters_cannot_be_cast_to_whole_numbers():
    with pytest.raises(TypeError, match=r"cast: parameters must be floats. The dtype is int64"):
        Pair().cast(np.int64)


def test_weights_of_another_dtype_are_refused_by_name_and_lists_are_taken_as_arrays():
    pair = Pair()
    with pytest.raises(
        ValueError, match=r"shift is of float32 and shape \(2,\), not of float64 and shape \(2,\)"
    ):
        pair.load_state(pair.state() | {"shift": np.ones(2, np.float32)})
    pair.load_state(pair.state() | {"shift": [8.0, 9.0]})
    assert np.array_equal(pair.shift.data, [8, 9])


def test_evaluating_sets_every_part_back_to_its_own_mode_also_after_an_error():
    pair = Pair()
    pair.first.is_training = False

    def fails():
        with evaluating(pair):
            modes.extend([pair.is_training, pair.first.is_training])
            raise KeyError

    modes = []
    with pytest.raises(KeyError):
        fails()
    assert modes == [False, False]
    assert (pair.is_training, pair.first.is_training) == (True, False)


def test_evaluating_leaves_a_plain_function_alone():
    with evaluating(abs):
        pass
