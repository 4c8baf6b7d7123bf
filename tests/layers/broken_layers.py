"""Layers with one fault each, to show that the contract test notices."""

import numpy as np

from course_lib.autograd import Tensor, ops
from course_lib.autograd.fused.linear import linear
from course_lib.layers.dropout import Dropout
from course_lib.layers.linear import Linear
from course_lib.layers.norm import BatchNorm1d
from tests.layers.layer_samples import LayerSample

__all__ = ["BROKEN", "linear_sample", "spoilt_sample"]


def linear_sample(kind=Linear) -> LayerSample:
    """Sample a layer that should be a Linear."""
    return LayerSample(
        lambda rng: kind(3, 4, rng=rng),
        [(5, 3)],
        lambda torch: torch.nn.Linear(3, 4),
        parameters={"W": (3, 4), "b": (4,)},
    )


def spoilt_sample(place: int, fault) -> LayerSample:
    """Sample a Linear with a fault in the gradient of x, W or b."""

    class Spoilt(Linear):
        def forward(self, x):
            y = super().forward(x)
            right = y.vjp
            if right is not None:
                y.vjp = lambda g: tuple(fault(dx) if n == place else dx for n, dx in enumerate(right(g)))
            return y

    return linear_sample(Spoilt)


class OffByLittle(Linear):
    def forward(self, x):
        return super().forward(x) + 1e-6


class SideBySideOnly(Linear):
    def forward(self, x):
        is_side_by_side = x.data.flags.c_contiguous
        return super().forward(x) if is_side_by_side else super().forward(2 * x)


class ToFloat64(Linear):
    def forward(self, x):
        return ops.multiply(super().forward(x), np.ones(1))


class BornInFloat64(Linear):
    def __init__(self, n_in, n_out, *, rng):
        super().__init__(n_in, n_out, rng=rng)
        self.cast(np.float64)


class RemembersTheLastInput(Linear):
    """Its gradient looks up the last input when it is needed, so only the last of two uses is right."""

    def forward(self, x):
        self.x = x if isinstance(x, Tensor) else Tensor(x)

        def vjp(g):
            return g @ self.W.data.T, self.x.data.T @ g, g.sum(axis=0)

        return Tensor(x.data @ self.W.data + self.b.data, parents=(x, self.W, self.b), vjp=vjp, op="linear")


class OverlooksArrays(Linear):
    def forward(self, x):
        return super().forward(x) if isinstance(x, Tensor) else super().forward(0 * x)


class Renamed(Linear):
    def __init__(self, n_in, n_out, *, rng):
        super().__init__(n_in, n_out, rng=rng)
        self.weights = self.W
        del self.W

    def forward(self, x):
        return linear(x, self.weights, self.b)


class Hidden(Renamed):
    def __init__(self, n_in, n_out, *, rng):
        super().__init__(n_in, n_out, rng=rng)
        self.weights = {"W": self.weights}  # parameters in a dictionary are not found


class OwnRandomness(Linear):
    def __init__(self, n_in, n_out, *, rng):
        super().__init__(n_in, n_out, rng=np.random.default_rng())


class DropsAsItLikes(Dropout):
    def forward(self, x):
        self.rng = np.random.default_rng()
        return super().forward(x)


class OneSeed(Linear):
    def __init__(self, n_in, n_out, *, rng):
        super().__init__(n_in, n_out, rng=np.random.default_rng(0))


class DropsAlways(Dropout):
    def forward(self, x):
        self.is_training = True
        return super().forward(x)


class DropsNever(Dropout):
    def forward(self, x):
        return 1.0 * x


class LouderInTraining(Linear):
    def forward(self, x):
        return super().forward(x) * (2.0 if self.is_training else 1.0)


class LearnsInUse(BatchNorm1d):
    def forward(self, x):
        y = super().forward(x)
        self.running_mean += 1
        return y


class LosesItsStatistics(BatchNorm1d):
    """Not named as buffers, the running statistics are not part of the state."""

    buffers = ()

    def __init__(self, C, *, rng):
        super().__init__(C)
        self.running_mean += rng.normal(size=C).astype(np.float32)


class KeepsTheArraysOfAState(Linear):
    def load_state(self, state):
        for name, parameter in self.named_parameters().items():
            parameter._data = state[name]


class GivesItsStatisticsAway(BatchNorm1d):
    def state(self):
        return super().state() | {name: getattr(self, name) for name in self.buffers}


class RoundsItsState(Linear):
    def load_state(self, state):
        super().load_state(
            {name: array.astype(np.float16).astype(array.dtype) for name, array in state.items()}
        )


class TakesAnyState(Linear):
    def load_state(self, state):
        for name, parameter in self.named_parameters().items():
            if name in state and state[name].shape == parameter.shape:
                parameter.assign(state[name])


class NamesTheFirstOnly(Linear):
    def load_state(self, state):
        try:
            super().load_state(state)
        except ValueError as problem:
            raise ValueError(str(problem).split(";")[0]) from None


class ChangesBeforeItRefuses(Linear):
    def load_state(self, state):
        self.b.assign(self.b.data + 1)
        super().load_state(state)


def dropout_sample(kind) -> LayerSample:
    return LayerSample(lambda rng: kind(0.5, rng=rng), [(5, 3)], None)


def norm_sample(build) -> LayerSample:
    return LayerSample(build, [(5, 3)], lambda torch: torch.nn.BatchNorm1d(3))


# The check that must notice -> samples of layers with a fault.
BROKEN = {
    "equals_pytorch": [linear_sample(OffByLittle)],
    "ignores_layout": [linear_sample(SideBySideOnly)],
    "keeps_dtype_and_inputs": [linear_sample(ToFloat64), linear_sample(BornInFloat64)],
    "may_be_used_twice": [linear_sample(RemembersTheLastInput)],
    "takes_arrays": [linear_sample(OverlooksArrays)],
    "has_the_stated_parameters": [linear_sample(Renamed), linear_sample(Hidden)],
    "is_reproducible": [linear_sample(OwnRandomness), dropout_sample(DropsAsItLikes)],
    "depends_on_the_seed": [linear_sample(OneSeed)],
    "tells_the_modes_apart": [
        dropout_sample(DropsAlways),
        dropout_sample(DropsNever),
        linear_sample(LouderInTraining),
        norm_sample(lambda rng: LearnsInUse(3)),
    ],
    "comes_back_from_state": [
        linear_sample(KeepsTheArraysOfAState),
        norm_sample(lambda rng: GivesItsStatisticsAway(3)),
        linear_sample(RoundsItsState),
        norm_sample(lambda rng: LosesItsStatistics(3, rng=rng)),
    ],
    "names_what_differs": [
        linear_sample(TakesAnyState),
        linear_sample(NamesTheFirstOnly),
        linear_sample(ChangesBeforeItRefuses),
    ],
    "comes_back_from_pytorch": [linear_sample(RoundsItsState)],
}
