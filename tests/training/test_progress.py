import subprocess
import sys

import pytest

from course_lib.training import progress_bar


def test_the_bar_is_drawn_on_the_error_stream_and_shows_where_the_training_is(capsys):
    with progress_bar(10, n_done=4) as advance:
        for _ in range(6):
            advance("loss 0.25")
    said = capsys.readouterr()
    assert said.out == ""
    assert "4/10" in said.err
    assert "10/10" in said.err
    assert "loss 0.25" in said.err
    assert "step" in said.err


def test_a_bar_that_is_not_shown_writes_nothing_and_does_not_import_tqdm():
    code = (
        "import sys; from course_lib.training import progress_bar\n"
        "with progress_bar(10, is_shown=False) as advance: advance('loss')\n"
        "assert 'tqdm' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_bar_ends_when_the_training_fails(capsys):
    with pytest.raises(ValueError, match="broken"), progress_bar(10) as advance:  # noqa: PT012
        advance("loss 1")
        raise ValueError("broken")
    assert capsys.readouterr().err.endswith("\n")
