import math
from dataclasses import replace

import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.losses import cross_entropy
from course_lib.models.gpt import GPT, GPTConfig
from course_lib.models.key_value_cache import KeyValueCache
from course_lib.optim import Adam

CONFIG = GPTConfig(V=11, T=6, C=8, nh=2, n_blocks=2)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def made(seed=0, **changes):
    """Build a model of float64 with weights large enough to tell tokens and positions apart."""
    gpt = GPT(replace(CONFIG, **changes), rng=np.random.default_rng(seed))
    gpt.cast(np.float64)
    rng = np.random.default_rng(seed + 1)
    gpt.load_state({name: array + rng.normal(0.0, 0.5, array.shape) for name, array in gpt.state().items()})
    return gpt


def texts(rng, B=3, n=6):
    return rng.integers(0, CONFIG.V, (B, n))


def test_logits_loss_and_all_gradients_are_those_of_pytorch(rng):
    torch = pytest.importorskip("torch")
    from course_lib.torch_compare.weights import copy_to_torch, gradients_from_torch

    gpt, ids, y = made(), texts(rng), texts(rng)

    def gelu(x):
        return torch.nn.functional.gelu(x, approximate="tanh")

    def block():
        return torch.nn.TransformerEncoderLayer(
            8, 2, 32, dropout=0.0, activation=gelu, norm_first=True, batch_first=True
        )

    layers = [torch.nn.Embedding(11, 8), torch.nn.Embedding(6, 8), block(), block()]
    layers += [torch.nn.LayerNorm(8), torch.nn.Linear(8, 11)]
    theirs = torch.nn.ModuleList(layers).double()
    copy_to_torch(gpt, theirs)
    tokens, positions, first, second, norm, head = theirs
    hidden = torch.triu(torch.ones(6, 6, dtype=torch.bool), 1)
    x = tokens(torch.tensor(ids)) + positions.weight
    z_theirs = head(norm(second(first(x, src_mask=hidden), src_mask=hidden)))
    loss_theirs = torch.nn.functional.cross_entropy(z_theirs.reshape(-1, 11), torch.tensor(y).reshape(-1))
    loss_theirs.backward()
    z = gpt(ids)
    loss = cross_entropy(z, y)
    loss.backward()
    np.testing.assert_allclose(z.data, z_theirs.detach().numpy(), rtol=1e-9, atol=1e-10)
    assert loss.item() == pytest.approx(loss_theirs.item(), rel=1e-12)
    for name, expected in gradients_from_torch(theirs, gpt).items():
        np.testing.assert_allclose(
            gpt.named_parameters()[name].grad, expected, rtol=1e-9, atol=1e-12, err_msg=name
        )


def test_a_prediction_knows_nothing_of_what_it_is_to_predict(rng):
    gpt, ids = made(), texts(rng)
    changed = ids.copy()
    changed[:, 4:] = (changed[:, 4:] + 1) % CONFIG.V
    before, after = gpt(ids).data, gpt(changed).data
    np.testing.assert_array_equal(after[:, :4], before[:, :4])
    assert not np.isclose(after[:, 4:], before[:, 4:]).any()


def test_at_first_all_tokens_are_about_equally_likely(rng):
    for is_tied in (False, True):
        gpt = GPT(GPTConfig(V=96, T=32, C=64, nh=4, n_blocks=2, is_tied=is_tied), rng=rng)
        ids = rng.integers(0, 96, (8, 33))
        loss = cross_entropy(gpt(ids[:, :-1]), ids[:, 1:]).item()
        assert loss == pytest.approx(math.log(96), abs=0.1)


def test_the_first_weights_have_the_deviations_of_gpt_2(rng):
    gpt = GPT(GPTConfig(V=200, T=100, C=64, nh=4, n_blocks=8), rng=rng)
    for name, array in gpt.state().items():
        last = name.split(".", 2)[-1]
        if array.ndim == 2:
            expected = 0.02 / 4 if last in ("attention.W_o", "feed_forward.second.W") else 0.02
            assert array.std() == pytest.approx(expected, rel=0.05), name
            assert abs(array.mean()) < 0.1 * expected, name
        else:
            assert np.array_equal(array, np.ones(64) if "gamma" in name else np.zeros(array.size)), name
        assert array.dtype == np.float32


@pytest.mark.slow
def test_a_small_model_learns_to_count(rng):
    gpt = GPT(replace(CONFIG, C=16), rng=rng)
    optimiser = Adam(gpt.parameters(), 0.01)
    for _ in range(60):
        start = rng.integers(0, CONFIG.V, (16, 1))
        ids = (start + np.arange(7)) % CONFIG.V  # (16, 1) + (7,) -> (16, 7)
        optimiser.zero_grad()
        loss = cross_entropy(gpt(ids[:, :-1]), ids[:, 1:])
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
    written = gpt.generate(np.array([[4]]), 14, rng=rng, temperature=0)  # further than it sees at once
    assert written.tolist() == [[(4 + step) % CONFIG.V for step in range(15)]]


@pytest.mark.parametrize("is_tied", [False, True])
@pytest.mark.parametrize("n_first", [1, 4, 6, 9])
def test_with_and_without_cache_the_same_tokens_are_written(is_tied, n_first):
    gpt, ids = made(is_tied=is_tied), texts(np.random.default_rng(5), n=n_first)
    settings = {"temperature": 0.9, "top_k": 8, "top_p": 0.95}
    with_cache, without = (
        gpt.generate(ids, 8, rng=np.random.default_rng(2), uses_cache=uses_cache, **settings)
        for uses_cache in (True, False)
    )
    np.testing.assert_array_equal(with_cache, without)
    np.testing.assert_array_equal(with_cache[:, :n_first], ids)
    assert with_cache.shape == (3, n_first + 8)


@pytest.mark.parametrize("parts", [[6], [1] * 6, [3, 1, 2]])
def test_with_caches_the_logits_are_those_of_the_whole_text(rng, parts):
    gpt, ids = made(), texts(rng)
    caches = [KeyValueCache(CONFIG.T) for _ in gpt.blocks]
    ends = np.cumsum(parts)
    pieces = [gpt(ids[:, end - n : end], caches).data for n, end in zip(parts, ends, strict=True)]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), gpt(ids).data, rtol=1e-10, atol=1e-12)


def test_a_cache_saves_all_steps_but_the_new_one(rng):
    seen = {True: [], False: []}

    class Counting(GPT):
        def forward(self, ids, caches=None):
            seen[caches is not None].append(ids.shape[1])
            z = super().forward(ids, caches)
            assert not z.needs_grad
            return z

    gpt = Counting(CONFIG, rng=rng)
    gpt.generate(texts(rng, n=3), 6, rng=rng)
    assert seen == {True: [3, 1, 1, 1], False: [6, 6]}  # then the window slides
    gpt.generate(texts(rng, n=3), 6, rng=rng, uses_cache=False)
    assert seen[False][2:] == [3, 4, 5, 6, 6, 6]


def test_each_token_is_drawn_from_the_logits_of_the_last_step(rng):
    gpt, ids = made(), texts(rng, n=2)
    expected = gpt(ids).data[:, -1].argmax(axis=-1)
    written = gpt.generate(ids, 1, rng=rng, temperature=0)
    np.testing.assert_array_equal(written[:, -1], expected)
    only_one = gpt.generate(ids, 1, rng=rng, top_k=1, temperature=5.0)
    np.testing.assert_array_equal(only_one, written)
    nearly_none = gpt.generate(ids, 1, rng=rng, top_p=1e-9, temperature=5.0)
    np.testing.assert_array_equal(nearly_none, written)
    bold = gpt.generate(np.repeat(ids, 300, axis=0), 1, rng=rng, temperature=1e6)[:, -1]
    assert len(set(bold.tolist())) == CONFIG.V


def test_nothing_is_dropped_while_writing_and_training_goes_on_afterwards(rng):
    gpt, ids = made(dropout=0.5), texts(rng, n=2)
    first, second = (gpt.generate(ids, 4, rng=rng, temperature=0) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert all(part.is_training for part in gpt.named_modules().values())
    assert not np.array_equal(gpt(ids).data, gpt(ids).data)
    gpt.evaluate()
    gpt.generate(ids, 1, rng=rng)
    assert not any(part.is_training for part in gpt.named_modules().values())


def test_training_goes_on_also_after_writing_was_refused(rng):
    gpt = made()
    with pytest.raises(ValueError, match="apply_temperature"):
        gpt.generate(texts(rng), 1, rng=rng, temperature=-1)
    assert gpt.is_training


def test_the_embeddings_and_every_part_are_dropped_in_training(rng):
    gpt, ids = made(dropout=0.5), texts(rng)
    parts = [gpt.dropout, *(block.dropout for block in gpt.blocks)]
    assert [part.p for part in parts] == [0.5] * 3
    for part in parts[1:]:
        part.p = 0.0
    assert not np.array_equal(gpt(ids).data, gpt(ids).data)


def test_a_tied_head_is_the_embedding_itself(rng):
    gpt, ids = made(is_tied=True), texts(rng)
    loose = made(is_tied=False)
    assert gpt.n_parameters() == loose.n_parameters() - 8 * 11 - 11
    state = gpt.state()
    loose.load_state(state | {"head.W": state["embedding.W"].T, "head.b": np.zeros(11)})
    y = texts(rng)
    for model in (gpt, loose):
        cross_entropy(model(ids), y).backward()
    np.testing.assert_allclose(gpt(ids).data, loose(ids).data, rtol=1e-12, atol=1e-13)
    both_uses = loose.embedding.W.grad + loose.head.W.grad.T
    np.testing.assert_allclose(gpt.embedding.W.grad, both_uses, rtol=1e-9, atol=1e-12)


def test_equal_generators_build_equal_models():
    one, same, other = (GPT(CONFIG, rng=np.random.default_rng(seed)).state() for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["head.W"], other["head.W"])


def test_an_empty_batch_and_no_new_tokens_are_no_problem(rng):
    gpt = made()
    assert gpt(np.zeros((0, 3), int)).shape == (0, 3, 11)
    ids = texts(rng, n=2)
    np.testing.assert_array_equal(gpt.generate(ids, 0, rng=rng), ids)


@pytest.mark.parametrize("name", ["V", "T", "C", "nh", "n_blocks"])
@pytest.mark.parametrize("size", [0, 1.5])
def test_sizes_that_are_no_counts_are_refused(name, size):
    with pytest.raises(ValueError, match=rf"GPTConfig: {name} must be a whole number .*It is {size}"):
        replace(CONFIG, **{name: size})


def test_heads_that_do_not_share_the_channels_evenly_are_refused():
    with pytest.raises(ValueError, match="C is 8, nh is 3"):
        replace(CONFIG, nh=3)


def test_ids_that_do_not_fit_are_refused(rng):
    gpt = made()
    with pytest.raises(ValueError, match=r"GPT: ids must have shape \(B, T\).*ids\[None\]"):
        gpt(np.array([1, 2]))
    with pytest.raises(ValueError, match="between 0 and 10"):
        gpt(np.array([[11]]))
    with pytest.raises(TypeError, match="whole numbers"):
        gpt(np.array([[1.0]]))
    with pytest.raises(ValueError, match="steps 0 to 6"):
        gpt(np.zeros((1, 7), int))


@pytest.mark.parametrize(
    ("ids", "n_new", "says"),
    [
        (np.zeros((1, 0), int), 1, "GPT.generate: ids must hold at least one token to begin with"),
        (np.zeros((1, 2), int), -1, r"n_new must be a whole number of at least 0\. It is -1"),
        (np.zeros((1, 2), int), 1.5, r"n_new must be a whole number of at least 0\. It is 1\.5"),
        (np.zeros(2, int), 1, r"GPT\.generate: ids must have shape \(B, n\).*ids\[None\]"),
    ],
)
def test_what_cannot_be_continued_is_refused(ids, n_new, says, rng):
    with pytest.raises(ValueError, match=says):
        made().generate(ids, n_new, rng=rng)


def test_writing_needs_a_generator():
    with pytest.raises(TypeError, match=r"GPT\.generate: rng"):
        made().generate(np.array([[1]]), 0, rng=3)


def test_a_cache_that_is_full_says_so():
    cache = KeyValueCache(3)
    x = Tensor(np.ones((1, 1, 2, 4)))
    cache.extend(x, x)
    with pytest.raises(ValueError, match="room for 3 steps, not for 4"):
        cache.extend(x, x)
    assert cache.n_steps == 2


def test_a_cache_returns_what_it_was_given_and_lets_no_gradient_through():
    rng, cache = np.random.default_rng(0), KeyValueCache(4)
    k, v = rng.normal(size=(2, 1, 2, 3, 4)).astype(np.float32)
    first = cache.extend(Tensor(k[..., :1, :]), Tensor(v[..., :1, :]))
    both = cache.extend(Tensor(k[..., 1:, :]), Tensor(v[..., 1:, :]))
    for got, expected in zip((*first, *both), (k[..., :1, :], v[..., :1, :], k, v), strict=True):
        np.testing.assert_array_equal(got.data, expected)
        assert got.dtype == np.float32
        assert not got.needs_grad
