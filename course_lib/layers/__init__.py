"""Layers: parameters and how they are wired. The calculus is in ``course_lib.autograd``."""

from course_lib.layers import init
from course_lib.layers.activation import ELU, GELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Tanh
from course_lib.layers.attention import MultiHeadAttention, causal_mask, padding_mask
from course_lib.layers.conv import Conv1d, Conv2d, ConvReluPool2d
from course_lib.layers.dropout import Dropout
from course_lib.layers.embedding import Embedding
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module, evaluating, watching
from course_lib.layers.norm import BatchNorm1d, BatchNorm2d, LayerNorm
from course_lib.layers.pool import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from course_lib.layers.positions import LearnedPositions, SinusoidalPositions, rotate, sinusoids
from course_lib.layers.recurrent import GRU, LSTM, RNN
from course_lib.layers.sequential import Sequential
from course_lib.layers.transformer import DecoderBlock, EncoderBlock, FeedForward

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "ConvReluPool2d",
    "DecoderBlock",
    "Dropout",
    "Embedding",
    "EncoderBlock",
    "FeedForward",
    "LayerNorm",
    "LeakyReLU",
    "LearnedPositions",
    "Linear",
    "LogSoftmax",
    "MaxPool1d",
    "MaxPool2d",
    "Module",
    "MultiHeadAttention",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SinusoidalPositions",
    "Softmax",
    "Tanh",
    "causal_mask",
    "evaluating",
    "init",
    "padding_mask",
    "rotate",
    "sinusoids",
    "watching",
]
