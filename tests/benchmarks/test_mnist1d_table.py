import json

import numpy as np
import pytest

from benchmarks import mnist1d
from course_lib.layers import Conv1d, Linear

STORED = mnist1d.RESULTS / "mnist1d.json"


@pytest.mark.parametrize("name", mnist1d.MODELS)
def test_the_models_are_those_of_the_paper(name):
    model = mnist1d.model_of(name, np.random.default_rng(0))
    published = {"linear": 410, "mlp": 15_210, "cnn": 5_210, "gru": 5_134}
    assert model.n_parameters() == published[name]
    if name == "mlp":
        assert model.config.has_residuals  # they have no parameters of their own
    signals = np.zeros((2, 40), np.float32)
    assert model(mnist1d.inputs_for(name, signals)).shape == (2, 10)


def test_every_layer_starts_within_the_bounds_of_pytorch():
    model = mnist1d.model_of("cnn", np.random.default_rng(0))
    mnist1d.start_as_pytorch_does(model, np.random.default_rng(1))
    first, head = model.convolutions[0], model.head
    assert isinstance(first, Conv1d)
    assert isinstance(head, Linear)
    for layer, n_in in [(first, 5), (model.convolutions[1], 75), (head, head.W.shape[0])]:
        for parameter in (layer.W, layer.b):
            assert 0.6 / np.sqrt(n_in) < np.abs(parameter.data).max() <= 1 / np.sqrt(n_in)


def test_the_stored_table_lies_within_three_points_of_what_others_reached():
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    for setting, models in mnist1d.PUBLISHED.items():
        for name, published in models.items():
            numbers = stored[setting][name]
            assert len(numbers["seeds"]) == 5
            assert numbers["mean"] == pytest.approx(np.mean(numbers["seeds"]))
            assert numbers["std"] == pytest.approx(np.std(numbers["seeds"], ddof=1))
            if (setting, name) == ("shuffled", "gru"):
                published = np.mean(mnist1d.PYTORCH_SHUFFLED_GRU)  # see benchmarks/README.md
            assert abs(numbers["mean"] - published) <= 3, f"{setting} {name}"


def test_what_was_finished_is_not_trained_again(tmp_path, monkeypatch):
    asked = []

    def trained(setting, name, seed):
        asked.append((setting, name, seed))
        return None if len(asked) == 3 else 10.0 * seed

    monkeypatch.setattr(mnist1d, "accuracy_of_run", trained)
    partial = tmp_path / "mnist1d.partial.json"
    assert mnist1d.train_all(["plain"], ["linear", "mlp"], 2, partial) is None
    assert json.loads(partial.read_text(encoding="utf-8")) == {"plain linear 0": 0.0, "plain mlp 0": 0.0}
    done = mnist1d.train_all(["plain"], ["linear", "mlp"], 2, partial)
    assert asked[2:] == [("plain", "linear", 1)] * 2 + [("plain", "mlp", 1)]
    summary = mnist1d.summary_of(done, ["plain"], ["linear"], 2)
    assert summary == {
        "plain": {"linear": {"mean": 5.0, "std": pytest.approx(50**0.5), "seeds": [0.0, 10.0]}}
    }


@pytest.mark.slow
def test_a_linear_model_trained_now_reaches_what_is_stored():
    stored = json.loads(STORED.read_text(encoding="utf-8"))["plain"]["linear"]
    assert mnist1d.accuracy_of_run("plain", "linear", 0) == pytest.approx(stored["seeds"][0], abs=1.0)
