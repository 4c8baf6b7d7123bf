"""Models: whole networks, each with one configuration and its wiring."""

from course_lib.models.char_rnn import CharRNN, CharRNNConfig
from course_lib.models.cnn import LeNet, LeNetConfig, SignalCNN, SignalCNNConfig
from course_lib.models.gpt import GPT, GPTConfig
from course_lib.models.mlp import MLP, MLPConfig
from course_lib.models.recurrent import RecurrentConfig, RecurrentNetwork
from course_lib.models.sampling import apply_temperature, keep_top_k, keep_top_p, sample
from course_lib.models.seq2seq import Seq2Seq, Seq2SeqConfig

__all__ = [
    "GPT",
    "MLP",
    "CharRNN",
    "CharRNNConfig",
    "GPTConfig",
    "LeNet",
    "LeNetConfig",
    "MLPConfig",
    "RecurrentConfig",
    "RecurrentNetwork",
    "Seq2Seq",
    "Seq2SeqConfig",
    "SignalCNN",
    "SignalCNNConfig",
    "apply_temperature",
    "keep_top_k",
    "keep_top_p",
    "sample",
]
