"""Samples of the activations."""

from course_lib.autograd import ops
from tests.autograd.op_samples import Refused, Sample, away_from_zero
from tests.autograd.samples_choice import rounded
from tests.autograd.samples_elementwise import ONE, WORDS, samples


def large(rng, shape):
    """Small numbers and numbers as large as 300, whose exponentials overflow in float32."""
    return rng.uniform(0.1, 3, shape) * rng.choice([-1, 1, -100, 100], shape)


CALLS = {
    "sigmoid": lambda torch, x: torch.sigmoid(x),
    "tanh": lambda torch, x: torch.tanh(x),
    "relu": lambda torch, x: torch.relu(x),
    "leaky_relu": lambda torch, x: torch.nn.functional.leaky_relu(x),
    "elu": lambda torch, x: torch.nn.functional.elu(x),
    "gelu": lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
    "silu": lambda torch, x: torch.nn.functional.silu(x),
}
SAMPLES = {
    name: samples(ONE, getattr(ops, name), theirs, away_from_zero)
    + samples([[(20,)]], getattr(ops, name), theirs, large)
    for name, theirs in CALLS.items()
}
SAMPLES["leaky_relu"].append(
    Sample(
        [(3, 4)],
        lambda x: ops.leaky_relu(x, slope=0.3),
        lambda torch, x: torch.nn.functional.leaky_relu(x, 0.3),
        away_from_zero,
    )
)
SAMPLES["elu"].append(
    Sample(
        [(3, 4)],
        lambda x: ops.elu(x, alpha=1.5),
        lambda torch, x: torch.nn.functional.elu(x, 1.5),
        away_from_zero,
    )
)
TIES = {name: [Sample([(6, 6)], getattr(ops, name), CALLS[name], rounded)] for name in CALLS}
REFUSED = {name: [Refused(lambda name=name: getattr(ops, name)("ab"), WORDS)] for name in CALLS}
