import numpy as np
import pytest

from course_lib.models import (
    GPT,
    MLP,
    CharRNN,
    CharRNNConfig,
    GPTConfig,
    LeNet,
    LeNetConfig,
    MLPConfig,
    RecurrentConfig,
    RecurrentNetwork,
    Seq2Seq,
    Seq2SeqConfig,
    SignalCNN,
    SignalCNNConfig,
)

KINDS = {
    CharRNN: CharRNNConfig,
    GPT: GPTConfig,
    LeNet: LeNetConfig,
    MLP: MLPConfig,
    RecurrentNetwork: RecurrentConfig,
    Seq2Seq: Seq2SeqConfig,
    SignalCNN: SignalCNNConfig,
}


@pytest.mark.parametrize("model", KINDS)
def test_a_model_without_its_configuration_is_refused(model):
    kind = KINDS[model].__name__
    says = rf"{model.__name__}: config must be of type {kind}\. It is a tuple\. Make one first: .*\({kind}\("
    with pytest.raises(TypeError, match=says):
        model((784, 10), rng=np.random.default_rng(0))
