from dataclasses import replace

import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.layers import watching
from course_lib.losses import cross_entropy
from course_lib.models.seq2seq import Seq2Seq, Seq2SeqConfig
from course_lib.optim import Adam

SMALL = Seq2SeqConfig(V_in=9, V_out=7, T=6, C=8, nh=2, n_blocks=2, C_hidden=12)
PADDING, START, END = 0, 1, 2
SOURCE = np.array([[3, 4, 5, 6, 8], [7, 3, 0, 0, 0], [5, 5, 5, 0, 0]])
TARGET = np.array([[1, 3, 4, 6], [1, 5, 2, 0], [1, 6, 6, 2]])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def model(rng):
    model = Seq2Seq(SMALL, rng=rng)
    model.cast(np.float64)
    for parameter in model.parameters():  # biases and scales away from 0 and 1, so that each of them matters
        parameter.assign(parameter.data + 0.1 * rng.normal(size=parameter.shape))
    return model


def test_no_step_sees_what_is_written_after_it(model):
    z = model(SOURCE, TARGET).data
    for t in range(TARGET.shape[1]):
        changed = TARGET.copy()
        changed[:, t] = 4 + (changed[:, t] == 4)
        z_changed = model(SOURCE, changed).data
        np.testing.assert_allclose(z_changed[:, :t], z[:, :t], rtol=1e-12)
        assert not np.allclose(z_changed[:, t:], z[:, t:])


def test_every_step_sees_all_that_was_read(model):
    z = model(SOURCE[:1], TARGET[:1]).data
    for s in range(SOURCE.shape[1]):
        changed = SOURCE[:1].copy()
        changed[0, s] = 7
        difference = np.abs(model(changed, TARGET[:1]).data - z).max(axis=-1)
        assert difference.min() > 1e-9


def test_padding_changes_nothing(model):
    z = model(SOURCE, TARGET).data
    for row, length in [(1, 2), (2, 3)]:
        alone = model(SOURCE[row : row + 1, :length], TARGET[row : row + 1]).data
        np.testing.assert_allclose(alone[0], z[row], rtol=1e-9, atol=1e-12)
    longer = np.pad(SOURCE, [(0, 0), (0, 1)])
    np.testing.assert_allclose(model(longer, TARGET).data, z, rtol=1e-9, atol=1e-12)


def test_encode_returns_a_vector_a_step_and_which_steps_are_real(model):
    context, mask = model.encode(SOURCE)
    assert context.shape == (3, 5, 8)
    assert mask.shape == (3, 1, 5)
    assert np.array_equal(mask[:, 0], SOURCE != PADDING)
    np.testing.assert_array_equal(
        model.decode(TARGET, context, mask).data, model(SOURCE.tolist(), TARGET.tolist()).data
    )


def test_another_id_may_be_the_padding(rng):
    model = Seq2Seq(replace(SMALL, padding=5, start=0, end=6), rng=rng)
    model.cast(np.float64)
    shorter = model(np.array([[3, 4]]), np.array([[0, 1]])).data
    np.testing.assert_allclose(model(np.array([[3, 4, 5]]), np.array([[0, 1]])).data, shorter, rtol=1e-9)
    assert model.encode(np.array([[0, 5]]))[1].tolist() == [[[True, False]]]
    written = model.translate(np.array([[3, 4, 7]]))
    assert not np.isin(written, [0]).any()


class Scripted(Seq2Seq):
    """A model that wants to write what a script says, whatever it has read."""

    def __init__(self, script, config=SMALL):
        super().__init__(config, rng=np.random.default_rng(0))
        self.script = np.asarray(script)
        self.seen = []

    def decode(self, target, context, context_mask):
        assert not self.is_training
        self.seen.append(target.copy())
        z = np.zeros((*target.shape, self.config.V_out))
        B, t = target.shape
        z[:, :, 6] = 1.0  # an earlier step says something else
        z[np.arange(B), -1, self.script[:, t - 1]] = 2.0
        z[:, -1, [PADDING, START]] += 1.5
        return Tensor(z)


def test_each_sequence_stops_at_its_end_and_waits_for_the_others():
    script = [[3, 4, END, 5, 5], [5, END, 4, 4, 4], [3, 3, 3, END, 6]]
    model = Scripted(script)
    written = model.translate(SOURCE)
    assert written.tolist() == [[3, 4, END, 0], [5, END, 0, 0], [3, 3, 3, END]]
    assert [seen.shape for seen in model.seen] == [(3, 1), (3, 2), (3, 3), (3, 4)]
    assert model.seen[-1].tolist() == [[1, 3, 4, END], [1, 5, END, 0], [1, 3, 3, 3]]


def test_what_never_ends_is_cut():
    script = np.full((3, 10), 4)
    assert Scripted(script).translate(SOURCE).tolist() == [[4] * 6] * 3
    assert Scripted(script).translate(SOURCE, 2).tolist() == [[4, 4]] * 3
    assert Scripted(script).translate(SOURCE, 0).shape == (3, 0)


def test_neither_start_nor_padding_is_ever_written():
    script = [[START, PADDING, 3, END]] * 3
    written = Scripted(script).translate(SOURCE, 4)
    assert not np.isin(written[:, :3], [START, PADDING]).any()
    assert written[:, 2].tolist() == [3, 3, 3]


def test_no_sequences_are_translated_to_none(model):
    assert model.translate(np.zeros((0, 4), int)).shape == (0, 0)
    assert model(np.zeros((0, 4), int), np.zeros((0, 2), int)).shape == (0, 2, 7)


def test_translating_drops_nothing_records_nothing_and_leaves_the_mode_as_it_was(rng):
    model = Seq2Seq(replace(SMALL, dropout=0.5), rng=rng)
    before = rng.bit_generator.state
    with watching(model) as outputs:
        first = model.translate(SOURCE)
    assert not any(y.needs_grad for y in outputs.values())
    assert np.array_equal(model.translate(SOURCE), first)
    assert rng.bit_generator.state == before
    assert all(part.is_training for part in model.named_modules().values())
    model.evaluate()
    model.translate(SOURCE)
    assert not any(part.is_training for part in model.named_modules().values())


def test_an_error_leaves_the_mode_as_it_was(model):
    with pytest.raises(ValueError, match="ids must lie between"):
        model.translate(np.array([[99]]))
    assert model.is_training


def test_in_training_parts_are_dropped_and_the_generator_decides():
    def logits(seed):
        model = Seq2Seq(replace(SMALL, dropout=0.3), rng=np.random.default_rng(seed))
        return model(SOURCE, TARGET).data, model

    z, model = logits(0)
    assert np.array_equal(logits(0)[0], z)
    assert not np.allclose(logits(1)[0], z)
    assert not np.allclose(model(SOURCE, TARGET).data, z)
    assert z.dtype == np.float32
    parts = [part for part in model.named_modules().values() if type(part).__name__ == "Dropout"]
    assert {part.p for part in parts} == {0.3}
    assert len(parts) == 4


def test_the_sizes_are_those_of_the_configuration(model):
    shapes = {name: parameter.shape for name, parameter in model.named_parameters().items()}
    assert shapes["embedding_in.W"] == (9, 8)
    assert shapes["embedding_out.W"] == (7, 8)
    assert shapes["encoder.1.feed_forward.first.W"] == (8, 12)
    assert shapes["decoder.1.feed_forward.first.W"] == (8, 12)
    assert shapes["decoder.1.cross_attention.W_qkv"] == (8, 24)
    assert shapes["head.W"] == (8, 7)
    assert "encoder.2.norm_1.gamma" not in shapes
    assert model.encoder[0].attention.nh == model.decoder[0].attention.nh == 2
    usual = Seq2Seq(Seq2SeqConfig(V_in=9, V_out=7, T=6), rng=np.random.default_rng(0))
    assert usual.encoder[1].feed_forward.first.W.shape == (64, 256)
    assert len(usual.encoder) == len(usual.decoder) == 2
    assert usual.encoder[0].attention.nh == 4
    assert usual.encoder[0].dropout.p == 0.0


def test_before_training_all_answers_are_about_equally_likely():
    model = Seq2Seq(Seq2SeqConfig(V_in=30, V_out=20, T=8), rng=np.random.default_rng(0))
    loss = cross_entropy(model(np.full((50, 8), 3), np.full((50, 8), 4)), np.arange(400).reshape(50, 8) % 20)
    assert loss.item() < 1.5 * np.log(20)


@pytest.mark.slow
def test_it_learns_to_write_a_sequence_backwards():
    rng = np.random.default_rng(0)
    model = Seq2Seq(Seq2SeqConfig(V_in=8, V_out=8, T=5, C=32, nh=4, n_blocks=1), rng=rng)
    optimiser = Adam(model.parameters(), 0.006)
    for _ in range(100):
        source, target = backwards(rng, 32)
        loss = cross_entropy(model(source, target[:, :-1]), target[:, 1:], ignore_index=PADDING)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    source, target = backwards(rng, 200)
    written = model.translate(source)
    is_right = (written == target[:, 1 : 1 + written.shape[1]]).all(axis=1)
    assert is_right.mean() > 0.85


def backwards(rng, B):
    """Draw sequences of 1 to 3 ids, and write each backwards between start and end."""
    source, target = np.full((B, 3), PADDING), np.full((B, 6), PADDING)
    for row, length in enumerate(rng.integers(1, 4, B)):
        ids = rng.integers(3, 8, length)
        source[row, :length] = ids
        target[row, : length + 2] = [START, *ids[::-1], END]
    return source, target


@pytest.mark.parametrize(
    ("special", "said"),
    [
        ({"start": 0}, "They are 0, 0 and 2"),
        ({"end": 1}, "They are 0, 1 and 1"),
        ({"end": 0}, "They are 0, 1 and 0"),
        ({"end": 7}, "below V_out=7"),
        ({"padding": -1}, "They are -1, 1 and 2"),
    ],
)
def test_ids_that_mean_something_are_three_different_ones(special, said):
    with pytest.raises(ValueError, match=rf"Seq2SeqConfig: padding, start and end must be three .*{said}"):
        replace(SMALL, **special)


@pytest.mark.parametrize("name", ["V_in", "V_out", "T", "C", "nh", "n_blocks"])
def test_sizes_that_cannot_be_are_refused(name):
    with pytest.raises(ValueError, match=rf"Seq2SeqConfig: {name} must be a whole number .* It is 0"):
        replace(SMALL, **{name: 0})


@pytest.mark.parametrize("n_steps", [-1, 7, 1.5])
def test_a_number_of_steps_that_cannot_be_written_is_refused(model, n_steps):
    says = rf"Seq2Seq\.translate: n_steps must be a whole number from 0 to T=6\. It is {n_steps}"
    with pytest.raises(ValueError, match=says):
        model.translate(SOURCE, n_steps)


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        (SOURCE[0], TARGET, r"Seq2Seq: source must have shape \(B, S\)"),
        (SOURCE, TARGET[0], r"Seq2Seq: target must have shape \(B=3, T\)"),
        (SOURCE, TARGET[:2], r"Seq2Seq: target must have shape \(B=3, T\)\. It has shape \(2, 4\)"),
        (np.full((3, 7), 4), TARGET, r"x has steps 0 to 6, but there are positions for steps 0 to 5"),
        (np.full((3, 2), 9), TARGET, r"ids must lie between 0 and 8"),
        (SOURCE, np.full((3, 2), 7), r"ids must lie between 0 and 6"),
    ],
)
def test_what_does_not_fit_is_refused(model, source, target, says):
    with pytest.raises(ValueError, match=says):
        model(source, target)
