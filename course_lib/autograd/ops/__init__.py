"""The operations, one family a file, each with its gradient beside it."""

from course_lib.autograd.ops.activation import elu, gelu, leaky_relu, relu, sigmoid, silu, tanh
from course_lib.autograd.ops.choice import clip, maximum, minimum, where
from course_lib.autograd.ops.convolution import conv1d, conv2d
from course_lib.autograd.ops.elementwise import (
    absolute,
    add,
    divide,
    exp,
    log,
    multiply,
    negative,
    power,
    sqrt,
    subtract,
)
from course_lib.autograd.ops.gather import embedding
from course_lib.autograd.ops.matmul import matmul
from course_lib.autograd.ops.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from course_lib.autograd.ops.reduce import logsumexp, max, mean, min, sum, variance
from course_lib.autograd.ops.reshape import concatenate, flatten, getitem, pad, reshape, stack, transpose
from course_lib.autograd.ops.softmax import log_softmax, softmax

__all__ = [
    "absolute",
    "add",
    "avg_pool1d",
    "avg_pool2d",
    "clip",
    "concatenate",
    "conv1d",
    "conv2d",
    "divide",
    "elu",
    "embedding",
    "exp",
    "flatten",
    "gelu",
    "getitem",
    "leaky_relu",
    "log",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max",
    "max_pool1d",
    "max_pool2d",
    "maximum",
    "mean",
    "min",
    "minimum",
    "multiply",
    "negative",
    "pad",
    "power",
    "relu",
    "reshape",
    "sigmoid",
    "silu",
    "softmax",
    "sqrt",
    "stack",
    "subtract",
    "sum",
    "tanh",
    "transpose",
    "variance",
    "where",
]
