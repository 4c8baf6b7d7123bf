import numpy as np
import pytest

from course_lib.layers import watching
from course_lib.layers.recurrent import GRU, LSTM, RNN
from course_lib.losses import cross_entropy
from course_lib.models.char_rnn import CharRNN, CharRNNConfig
from course_lib.models.sampling import sample
from course_lib.optim.adam import Adam

KINDS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def model_of(kind="lstm", seed=0, **settings):
    return CharRNN(CharRNNConfig(V=7, C=3, H=5, kind=kind, **settings), rng=np.random.default_rng(seed))


@each_kind
def test_it_is_embedding_layer_and_head(kind, rng):
    model = model_of(kind, n_layers=2, dropout=0.25)
    model.evaluate()
    assert type(model.layer) is KINDS[kind]
    assert model.layer.dropout.p == 0.25
    ids, lengths = rng.integers(0, 7, (3, 4)), np.array([2, 4, 1])
    h = model.layer(model.embedding(ids), lengths)
    z = model(ids, lengths)
    assert z.shape == (3, 4, 7)
    np.testing.assert_array_equal(z.data, model.head(h).data)
    assert {name.split(".")[0] for name in model.named_parameters()} == {"embedding", "layer", "head"}


def test_it_has_one_lstm_unless_told_otherwise():
    model = CharRNN(CharRNNConfig(V=7, C=3, H=5), rng=np.random.default_rng(0))
    assert type(model.layer) is LSTM
    assert len(model.layer.cells) == 1
    assert model.layer.dropout is None


@each_kind
def test_a_text_may_be_read_in_pieces(kind, rng):
    model, ids = model_of(kind, n_layers=2), rng.integers(0, 7, (2, 6))
    whole, last = model.read(ids)
    first, state = model.read(ids[:, :4])
    second, last_again = model.read(ids[:, 4:], None, state)
    np.testing.assert_allclose(np.concatenate([first.data, second.data], axis=1), whole.data, atol=1e-6)
    np.testing.assert_allclose(last_again.data, last.data, atol=1e-6)


@each_kind
def test_what_it_writes_is_what_reading_everything_anew_would_give(kind, rng):
    model, ids = model_of(kind), rng.integers(0, 7, (3, 2))
    written = model.generate(ids, 8, rng=np.random.default_rng(1))
    anew, draw = ids, np.random.default_rng(1)
    for _ in range(8):
        new = sample(model(anew).data[:, -1], rng=draw)
        anew = np.concatenate([anew, new[:, None]], axis=1)
    assert np.array_equal(written, anew)
    assert written.shape == (3, 10)


@pytest.mark.parametrize("settings", [{"temperature": 0}, {"temperature": 0.3}, {"top_k": 2}, {"top_p": 0.4}])
def test_the_choice_is_as_bold_as_asked_for(settings, rng):
    model = model_of()
    z = model(np.array([[3]])).data[:, -1]
    expected = sample(np.repeat(z, 200, axis=0), rng=np.random.default_rng(2), **settings)
    written = model.generate(np.full((200, 1), 3), 1, rng=np.random.default_rng(2), **settings)
    assert np.array_equal(written[:, 1], expected)
    plain = model.generate(np.full((200, 1), 3), 1, rng=np.random.default_rng(2))
    assert not np.array_equal(written, plain)


def test_writing_leaves_the_mode_and_the_beginning_as_they_were(rng):
    model, ids = model_of(n_layers=2, dropout=0.5), np.array([[1, 2]])
    for is_training in (True, False):
        model.train() if is_training else model.evaluate()
        one, same = (model.generate(ids, 6, rng=np.random.default_rng(3)) for _ in range(2))
        assert np.array_equal(one, same)  # nothing was dropped
        assert model.is_training == model.layer.is_training == is_training
    assert np.array_equal(ids, [[1, 2]])
    assert np.array_equal(model.generate(ids, 0, rng=rng), ids)


def test_the_mode_comes_back_after_an_error():
    model = model_of()
    with pytest.raises(ValueError, match="ids must lie between"):
        model.generate(np.array([[7]]), 1, rng=np.random.default_rng(0))
    assert model.is_training


def test_it_learns_a_word_by_heart():
    model = model_of("lstm")
    word = np.array([[0, 1, 2, 1, 3, 1, 4, 5]])  # after 1 comes 2, 3 or 4: only the state can tell
    optimiser = Adam(model.parameters(), 0.03)
    for _ in range(150):
        for parameter in model.parameters():
            parameter.grad = None
        cross_entropy(model(word[:, :-1]), word[:, 1:]).backward()
        optimiser.step()
    written = model.generate(word[:, :1], 7, rng=np.random.default_rng(0), temperature=0)
    assert np.array_equal(written, word)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"kind": "gpt"}, r"CharRNNConfig: kind must be one of rnn, lstm, gru\. It is 'gpt'"),
        ({"V": 0}, r"CharRNNConfig: V must be a whole number of at least 1\. It is 0"),
        ({"V": 7.0}, r"CharRNNConfig: V must be a whole number of at least 1\. It is 7\.0"),
        ({"C": 0}, "CharRNNConfig: C must be"),
        ({"H": 0}, "CharRNNConfig: H must be"),
        ({"n_layers": 0}, "CharRNNConfig: n_layers must be"),
    ],
)
def test_a_configuration_that_cannot_be_right_is_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        CharRNNConfig(**{"V": 7, "C": 3, "H": 5} | settings)


@pytest.mark.parametrize(
    ("ids", "n_new", "seed", "says"),
    [
        ([1, 2], 1, 0, r"CharRNN\.generate: ids must have shape \(B, n\).*ids\[None\]"),
        (np.zeros((2, 0), int), 1, 0, r"CharRNN\.generate: ids must hold at least one token to begin with"),
        ([[1]], -1, 0, r"n_new must be a whole number of at least 0\. It is -1"),
        ([[7]], 1, 0, r"ids must lie between 0 and 6"),
        ([[0.5]], 1, 0, r"ids must be whole numbers"),
        ([[1]], 1, None, r"CharRNN\.generate: rng must be a NumPy Generator"),
    ],
)
def test_what_cannot_be_continued_is_refused(ids, n_new, seed, says):
    rng = None if seed is None else np.random.default_rng(seed)
    with pytest.raises((ValueError, TypeError), match=says):
        model_of().generate(ids, n_new, rng=rng)


def test_a_single_text_must_be_a_batch_of_one():
    with pytest.raises(ValueError, match=r"CharRNN: ids must have shape \(B, T\).*ids\[None\]"):
        model_of()(np.array([1, 2]))


def test_writing_records_nothing(rng):
    model = model_of()
    with watching(model) as outputs:
        model.generate(np.array([[1]]), 2, rng=rng)
    assert outputs
    assert not any(y.needs_grad for y in outputs.values())
