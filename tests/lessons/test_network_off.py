"""Every lesson runs without a network."""

import socket
import subprocess
import sys

import pytest
from small_notebooks import store

from tools.network_off import network_off_prefix
from tools.validate import validate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not network_off_prefix(), reason="this machine does not permit taking the network away (unshare, ip)"
    ),
]


def test_the_lesson_needs_no_network(lesson, run_of):
    run = run_of(lesson)
    assert run.is_offline
    problems = run.error_problems()
    assert not problems, "without the network:\n" + "\n".join(problems)


@pytest.fixture
def caller(tmp_path):
    """A notebook that connects to a server of this test."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        socket.create_connection(address).close()  # it answers as long as the network is there
        yield store(
            tmp_path / "caller.ipynb", f"import socket\n\nsocket.create_connection({address}).close()"
        )


def test_the_network_is_really_off_and_a_lesson_that_connects_is_found(caller):
    (problem,) = validate(caller, is_offline=True).error_problems()
    assert "caller.ipynb, cell 1: ConnectionRefusedError" in problem


def test_only_the_loopback_is_left():
    line = "import socket; print([name for _, name in socket.if_nameindex()])"
    command = [*network_off_prefix(), sys.executable, "-c", line]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "['lo']"
