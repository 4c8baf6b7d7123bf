from pathlib import Path

import numpy as np
import pytest

from course_lib.training import load_weights, save_weights
from course_lib.training.weights import from_safetensors, to_safetensors
from tests.training.small_models import Line, Restless, same_state


def restless(seed=0, n_hidden=5):
    return Restless(np.random.default_rng(seed), n_hidden=n_hidden)


def test_weights_and_buffers_come_back_bit_for_bit(tmp_path):
    model, other = restless(0), restless(1)
    model.hidden[1].running_mean += 0.1
    save_weights(model, tmp_path / "new" / "weights.safetensors")
    load_weights(other, str(tmp_path / "new" / "weights.safetensors"))
    assert same_state(model, other)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["weights.safetensors"]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3).T,
        np.arange(12.0)[::-2],
        np.array(3.0, np.float32),
        np.zeros((0, 3)),
        np.zeros(0, np.int64),
        np.array([True, False]),
        np.array([np.nan, -0.0, np.inf]),
    ],
    ids=["transposed", "backwards", "one number", "empty table", "empty", "truth values", "strange"],
)
def test_any_array_comes_back_as_it_was(array):
    back = from_safetensors(to_safetensors({"a": array}), Path("f"), where="f", advice="")["a"]
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == np.ascontiguousarray(array).tobytes()


def test_pytorch_reads_the_file(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    model = restless()
    save_weights(model, tmp_path / "w.safetensors")
    theirs = load_file(tmp_path / "w.safetensors")
    assert theirs.keys() == model.state().keys()
    assert torch.equal(theirs["head.W"], torch.tensor(model.head.W.data))


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "w.safetensors"
    save_weights(restless(0), path)

    def full_disk(number):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_weights(restless(1), path)
    other = restless(2)
    load_weights(other, path)
    assert same_state(other, restless(0))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"load_weights: there is no file .*w.safetensors. save_weights w"
    ):
        load_weights(restless(), tmp_path / "w.safetensors")


@pytest.mark.parametrize(
    "kept", [0, 5, 40, -1], ids=["empty", "a few bytes", "half a header", "last byte lost"]
)
def test_a_file_that_was_cut_short_is_told_and_changes_nothing(tmp_path, kept):
    path = tmp_path / "w.safetensors"
    save_weights(restless(0), path)
    path.write_bytes(path.read_bytes()[:kept])
    model = restless(1)
    with pytest.raises(
        ValueError, match=r"load_weights: .*w.safetensors is no safetensors file, or was cut"
    ) as e:
        load_weights(model, path)
    assert "Take a copy of it, or train the model again." in str(e.value)
    assert "deserializing" not in str(e.value)
    assert same_state(model, restless(1))


def test_every_difference_to_the_weights_of_another_build_is_named(tmp_path):
    path = tmp_path / "w.safetensors"
    save_weights(restless(n_hidden=4), path)
    with pytest.raises(
        ValueError, match=r"load_weights: .*w.safetensors does not fit this model. Restless"
    ) as e:
        load_weights(restless(), path)
    for name in ("hidden.0.W", "hidden.0.b", "hidden.1.running_mean", "head.W"):
        assert name in str(e.value)
    with pytest.raises(ValueError, match=r"W is missing; head.W is unknown here; head.b"):
        load_weights(Line(), path)


def test_a_folder_takes_no_weights(tmp_path):
    with pytest.raises(ValueError, match=r"save_weights: .* is a folder\. Name a file in it"):
        save_weights(restless(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("function", [save_weights, load_weights])
def test_arguments_in_the_other_order_are_told(function, tmp_path):
    says = rf"{function.__name__}: model must be a Module\. It is a str\. The model comes before the path"
    with pytest.raises(TypeError, match=says):
        function(str(tmp_path / "weights.safetensors"), restless())
