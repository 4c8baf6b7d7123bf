"""Real processes, really killed, at moments that nobody chose."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_lib.training import Checkpoint
from tests.training.killed_run import train

ROOT = Path(__file__).parents[2]
N_KILLS = 3


def start(folder: Path, result: Path, every_n_steps: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.training.killed_run", folder, result, str(every_n_steps)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def kill_after_progress(process: subprocess.Popen, folder: Path, seconds: float) -> None:
    """Wait for a new state, and a little longer; then kill, so that no handler and no `finally` runs."""
    before = Checkpoint(folder).newest()
    while process.poll() is None and Checkpoint(folder).newest() == before:
        time.sleep(0.001)
    time.sleep(seconds)
    process.kill()
    process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("every_n_steps", [0, 3])
def test_a_training_that_is_killed_at_random_moments_ends_bit_equal_to_one_that_is_not(
    tmp_path, every_n_steps
):
    weights, history = train(None, None)
    chance = random.Random(every_n_steps)
    folder, result = tmp_path / "run", tmp_path / "result"
    for _ in range(N_KILLS):
        process = start(folder, result, every_n_steps)
        kill_after_progress(process, folder, chance.uniform(0, 0.02))
    assert not result.exists(), "it was done before the last kill: give it more epochs"
    process = start(folder, result, every_n_steps)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert result.read_bytes() == weights
    assert json.loads(result.with_suffix(".json").read_text()) == json.loads(json.dumps(history))
