"""Which array of a layer or model is which tensor of a PyTorch module.

PyTorch keeps the weights of a linear layer as (n_out, n_in), the course as (n_in, n_out): x W is then written
as it is computed. In the tables ``.T`` marks a matrix that is turned on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from course_lib.layers.module import Module

__all__ = ["Twin", "find_twins"]

WEIGHT_AND_BIAS = {"W": "weight", "b": "bias"}
NORM = {"gamma": "weight", "beta": "bias"}
BATCH_NORM = NORM | {"running_mean": "running_mean", "running_variance": "running_var"}
CELL = {  # the cells are l0, l0_reverse, l1, l1_reverse and so on there
    "W_x": "weight_ih_{cell}.T",
    "W_h": "weight_hh_{cell}.T",
    "b_x": "bias_ih_{cell}",
    "b_h": "bias_hh_{cell}",
}
ATTENTION = {
    "W_qkv": "in_proj_weight.T",
    "b_qkv": "in_proj_bias",
    "W_o": "out_proj.weight.T",
    "b_o": "out_proj.bias",
}
# The kind of layer here -> the kind there, and the names here -> the names there.
KINDS = {
    "Linear": ("Linear", {"W": "weight.T", "b": "bias"}),
    "Conv1d": ("Conv1d", WEIGHT_AND_BIAS),
    "Conv2d": ("Conv2d", WEIGHT_AND_BIAS),
    "ConvReluPool2d": ("Conv2d", WEIGHT_AND_BIAS),
    "BatchNorm1d": ("BatchNorm1d", BATCH_NORM),
    "BatchNorm2d": ("BatchNorm2d", BATCH_NORM),
    "LayerNorm": ("LayerNorm", NORM),
    "Embedding": ("Embedding", {"W": "weight"}),
    "LearnedPositions": ("Embedding", {"W": "weight"}),
    "RNN": ("RNN", CELL),
    "LSTM": ("LSTM", CELL),
    "GRU": ("GRU", CELL),
    "MultiHeadAttention": ("MultiheadAttention", ATTENTION),
}
# Blocks list their parts in different orders here and there. In this order they belong together.
PARTS = {
    "EncoderBlock": ["attention", "norm_1", "feed_forward.first", "feed_forward.second", "norm_2"],
    "TransformerEncoderLayer": ["self_attn", "norm1", "linear1", "linear2", "norm2"],
    "DecoderBlock": [
        "attention",
        "norm_1",
        "cross_attention",
        "norm_cross",
        "feed_forward.first",
        "feed_forward.second",
        "norm_2",
    ],
    "TransformerDecoderLayer": [
        "self_attn",
        "norm1",
        "multihead_attn",
        "norm2",
        "linear1",
        "linear2",
        "norm3",
    ],
}


@dataclass(frozen=True)
class Twin:
    """One array here and the tensor there that holds the same numbers.

    Attributes:
        name: of the array, from the model on: ``layers.0.W``
        array: its numbers; None where the layer has no such parameter
        name_there: of the tensor, from PyTorch's module on: ``0.weight``
        tensor: a ``torch.Tensor``; None where the module has no such parameter
        is_turned: whether rows here are columns there
    """

    name: str
    array: np.ndarray | None
    name_there: str
    tensor: object
    is_turned: bool

    def turned(self, array: np.ndarray) -> np.ndarray:
        """Lay an array of one side out as the other has it: a matrix that is turned twice is as before.

        Args:
            array: of the shape here or there
        Returns:
            the same numbers in the other shape
        """
        return array.T if self.is_turned else array

    def difference(self) -> str:
        """Say what keeps the two apart.

        Returns:
            words, empty where nothing does
        """
        name_there = f"{self.name_there}.T" if self.is_turned else self.name_there
        if self.tensor is None:
            return f"{self.name} has no twin there"
        if self.array is None:
            return f"{name_there} has no twin here"
        shape = tuple(self.tensor.shape)[:: -1 if self.is_turned else 1]
        if self.array.shape != shape:
            return f"{self.name} has shape {self.array.shape}, {name_there} has shape {shape}"
        dtype = str(self.tensor.dtype).removeprefix("torch.")
        if self.array.dtype != dtype:
            return f"{self.name} is of {self.array.dtype}, {name_there} is of {dtype}"
        return ""


@dataclass(frozen=True)
class _Piece:
    """A part of one side that the table knows."""

    name: str
    kind: str
    part: object  # a Module, or a torch.nn.Module

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})" if self.name else self.kind

    def joined(self, name: str) -> str:
        """Write the name of something in this part as the whole model knows it."""
        return f"{self.name}.{name}" if self.name else name


def find_twins(layer: Module, module, *, where: str) -> list[Twin]:
    """Pair every parameter and running statistic of both sides.

    Models are walked through part by part. The parts that hold weights must come in the same order in both;
    how they are grouped, and what stands between them without weights, does not matter.

    Args:
        layer: a layer or model of the course
        module: a ``torch.nn.Module`` of the same build
        where: the function to name in the error
    Returns:
        the pairs, in the order of the parts
    Raises:
        ValueError: the two are not built alike, or their dtypes differ; every difference is named
    """
    arrays, tensors = layer.state(), module.state_dict(keep_vars=True)
    kinds_there = {kind_there for kind_there, _ in KINDS.values()}
    twins, problems = [], []
    for piece, piece_there in zip_longest(_pieces(layer, set(KINDS)), _pieces(module, kinds_there)):
        if piece and piece_there and KINDS[piece.kind][0] == piece_there.kind:
            twins += _twins_in(piece, piece_there, arrays, tensors)
        else:
            problems.append(f"{piece or 'nothing'} here meets {piece_there or 'nothing'} there")
    if not problems:  # names and shapes mean something only where the parts belong together
        unpaired = layer.named_parameters().keys() - {twin.name for twin in twins}
        unpaired_there = dict(module.named_parameters()).keys() - {twin.name_there for twin in twins}
        problems = [twin.difference() for twin in twins if twin.difference()]
        problems += [f"{name} has no twin there" for name in sorted(unpaired)]
        problems += [f"{name} has no twin here" for name in sorted(unpaired_there)]
    if problems:
        both = f"{type(layer).__name__} here and {type(module).__name__} of PyTorch"
        raise ValueError(f"{where}: {both} are not built alike. " + "; ".join(problems) + ".")
    return twins


def _pieces(model, kinds: set[str]) -> list[_Piece]:
    """Find the parts whose kind the table knows, in the order in which they belong together."""
    modules, order = dict(model.named_modules()), {}
    for name, module in modules.items():
        parts = PARTS.get(_kind(module, set(PARTS)), [])
        prefix = f"{name}." if name else ""
        order |= dict.fromkeys([name, *(prefix + part for part in parts if prefix + part in modules)])
    pieces, inside, seen = [], (), set()
    for name in order:
        kind = _kind(modules[name], kinds)
        if not kind or (inside and name.startswith(inside)):
            continue  # what is inside a part that the table knows is named there
        inside = (*inside, f"{name}." if name else "")
        own = {id(parameter) for parameter in modules[name].parameters()}
        if own - seen or not own:  # a layer whose weights all belong to an earlier one has nothing to copy
            pieces.append(_Piece(name, kind, modules[name]))
        seen |= own
    return pieces


def _kind(module, kinds: set[str]) -> str:
    return next((known.__name__ for known in type(module).__mro__ if known.__name__ in kinds), "")


def _twins_in(piece: _Piece, piece_there: _Piece, arrays: dict, tensors: dict) -> list[Twin]:
    twins = []
    for name, name_there in _names(piece).items():
        name_there, is_turned = piece_there.joined(name_there.removesuffix(".T")), name_there.endswith(".T")
        name = piece.joined(name)
        if (
            name in arrays or name_there in tensors
        ):  # where both are built without bias, there is none to pair
            twins.append(Twin(name, arrays.get(name), name_there, tensors.get(name_there), is_turned))
    return twins


def _names(piece: _Piece) -> dict[str, str]:
    """Return the names of a part here and there; those of a recurrent layer cell by cell."""
    _, names = KINDS[piece.kind]
    if names is not CELL:
        return names
    n_directions = 2 if piece.part.is_bidirectional else 1
    return {
        f"cells.{number}.{name}": name_there.format(
            cell=f"l{number // n_directions}{'_reverse' * (number % n_directions)}"
        )
        for number in range(len(piece.part.cells))
        for name, name_there in CELL.items()
    }
