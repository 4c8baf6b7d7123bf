import numpy as np
import pytest

from course_lib.models.seq2seq import Seq2Seq, Seq2SeqConfig
from course_lib.torch_compare.weights import copy_to_torch, gradients_from_torch

CONFIG = Seq2SeqConfig(V_in=9, V_out=7, T=6, C=8, nh=2, n_blocks=2, C_hidden=12)
SOURCE = np.array([[3, 4, 5, 6, 8], [7, 3, 0, 0, 0], [5, 5, 5, 0, 0]])
TARGET = np.array([[1, 3, 4, 6], [1, 5, 2, 0], [1, 6, 6, 2]])


def twin(torch):
    """Build the same model from PyTorch's parts, in the order of ours."""
    nn = torch.nn

    class Twin(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding_in = nn.Embedding(CONFIG.V_in, CONFIG.C)
            self.embedding_out = nn.Embedding(CONFIG.V_out, CONFIG.C)
            self.encoder = nn.TransformerEncoder(
                block(torch, nn.TransformerEncoderLayer),
                CONFIG.n_blocks,
                norm=nn.LayerNorm(CONFIG.C),
                enable_nested_tensor=False,
            )
            self.decoder = nn.TransformerDecoder(
                block(torch, nn.TransformerDecoderLayer), CONFIG.n_blocks, norm=nn.LayerNorm(CONFIG.C)
            )
            self.head = nn.Linear(CONFIG.C, CONFIG.V_out)

        def forward(self, source, target):
            is_padding = source == CONFIG.padding
            x = self.embedding_in(source) + waves(torch, source.shape[1])
            context = self.encoder(x, src_key_padding_mask=is_padding)
            y = self.embedding_out(target) + waves(torch, target.shape[1])
            is_ahead = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).triu(1)
            return self.head(self.decoder(y, context, tgt_mask=is_ahead, memory_key_padding_mask=is_padding))

    return Twin().double()


def block(torch, kind):
    return kind(
        CONFIG.C,
        CONFIG.nh,
        CONFIG.C_hidden,
        dropout=0.0,
        activation=lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
        batch_first=True,
        norm_first=True,
    )


def waves(torch, T):
    angles = torch.arange(T)[:, None] / 10_000 ** (torch.arange(0, CONFIG.C, 2).double() / CONFIG.C)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).reshape(T, CONFIG.C)


def test_logits_and_all_gradients_are_those_of_pytorchs_transformer():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    model = Seq2Seq(CONFIG, rng=rng)
    model.cast(np.float64)
    for parameter in model.parameters():  # biases and scales away from 0 and 1, so that each of them matters
        parameter.assign(parameter.data + 0.1 * rng.normal(size=parameter.shape))
    theirs = twin(torch)
    copy_to_torch(model, theirs)
    z_theirs = theirs(torch.tensor(SOURCE), torch.tensor(TARGET))
    g = rng.normal(size=z_theirs.shape)
    z_theirs.backward(torch.tensor(g))
    z = model(SOURCE, TARGET)
    z.backward(g)
    np.testing.assert_allclose(z.data, z_theirs.detach().numpy(), rtol=1e-9, atol=1e-9)
    expected = gradients_from_torch(theirs, model)
    assert set(expected) == set(model.named_parameters())
    for name, parameter in model.named_parameters().items():
        np.testing.assert_allclose(parameter.grad, expected[name], rtol=1e-7, atol=1e-9, err_msg=name)
