"""What the start of the course says: progress, and one sentence for each failure."""

import errno
import io

import pytest

from tools.bootstrap import failures
from tools.bootstrap.failures import explain_output, explain_refusal
from tools.bootstrap.progress import Progress, read_progress

PIP_OFFLINE = """\
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError("HTTPS:
Failed to establish a new connection: [Errno -3] Temporary failure in name resolution")': /simple/setuptools/
ERROR: Could not find a version that satisfies the requirement setuptools>=77 (from versions: none)
ERROR: No matching distribution found for setuptools>=77
"""
UV_OFFLINE = """\
error: Request failed after 3 retries
  Caused by: error sending request for url
  Caused by: client error (Connect)
  Caused by: dns error
"""


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (PIP_OFFLINE, failures.NO_NETWORK),
        (UV_OFFLINE, failures.NO_NETWORK),
        ("ProxyError('Cannot connect to proxy.')", failures.NO_NETWORK),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left", failures.DISK_FULL),
        ("error: failed to write: No space left on device (os error 28)", failures.DISK_FULL),
        ("ERROR: No matching distribution found for torch==2.13.0", failures.NO_TORCH_HERE),
    ],
)
def test_what_pip_and_uv_write_is_explained(output, sentence):
    assert explain_output(output, "the log") == sentence


def test_an_unknown_failure_names_its_last_error_and_the_log():
    sentence = explain_output("Collecting numpy\nERROR: the wheel is odd\nbye\n", "install.log")
    assert "ERROR: the wheel is odd" in sentence
    assert "install.log" in sentence


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "may not be written"),
        (errno.EROFS, "may not be written"),
        (errno.ENOSPC, "disk is full"),
    ],
)
def test_a_refusal_of_the_system_is_explained(number, words):
    assert words in explain_refusal(OSError(number, "no"), "/the/course")


def test_every_sentence_is_one_line_that_ends_in_a_full_stop():
    sentences = [
        failures.NO_NETWORK,
        failures.DISK_FULL,
        failures.NO_TORCH_HERE,
        failures.NO_VENV,
        failures.STOPPED,
    ]
    for sentence in sentences:
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_progress_counts_each_collected_package_once():
    assert read_progress("Collecting numpy==2\nCollecting numpy==2\n  Collecting six\n", 118) == (
        2,
        118,
        False,
    )


def test_progress_takes_the_true_number_as_soon_as_pip_or_uv_says_it():
    assert read_progress("Collecting six\nInstalling collected packages: a, b, c\n", 118) == (1, 3, True)
    assert read_progress("Resolved 131 packages in 1.2s\n", 118) == (0, 131, True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_that_is_written_over():
    terminal = Terminal()
    progress = Progress(terminal)
    for n in range(5):
        progress.show(2, f"fetching packages, {n} of 5")
    progress.end()
    assert terminal.getvalue().count("\r") == 5
    assert terminal.getvalue().count("\n") == 1


def test_a_log_sees_a_line_for_each_step_and_not_for_each_look():
    log = io.StringIO()
    progress = Progress(log)
    for n in range(50):
        progress.show(2, f"fetching packages, {n} of 50")
    progress.show(3, "installing packages, 0 of 50")
    assert log.getvalue().splitlines() == [
        "Step 2 of 3: fetching packages, 0 of 50",
        "Step 3 of 3: installing packages, 0 of 50",
    ]
