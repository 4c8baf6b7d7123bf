"""`course lab`: it answers, opens the lesson that was named, and stops in good order."""

import os
import signal
import socket
import urllib.request

import pytest
from running_lab import START_LIMIT_S, RunningLab


@pytest.fixture
def lab(tree, environment):
    """Start JupyterLab in the small course, and stop whatever still runs in the end."""
    running = []

    def start(*arguments: str) -> RunningLab:
        running.append(RunningLab(tree, environment, *arguments))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def answer(address: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=20) as reply:
        return reply.status


@pytest.mark.slow
def test_the_first_lessons_copy_is_served_in_time_without_noise(lab, tree):
    one = lab()
    assert one.start_s < START_LIMIT_S
    assert "/lab/tree/work/00_start.ipynb?token=" in one.page
    assert answer(one.page) == 200
    assert (tree / "work" / "00_start.ipynb").is_file()
    assert "[I " not in one.said
    assert "Where do I start?" in one.said


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one process alone")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_it_without_a_question_or_a_traceback(lab, number):
    one = lab("10")
    assert "10_second.ipynb" in one.page
    assert one.stop(number) == 0
    assert one.said.rstrip().splitlines()[-1].startswith("Stopped. What you saved is in ")
    assert "Traceback" not in one.said
    assert "Shut down" not in one.said
    with pytest.raises(OSError, match="refused"):
        answer(one.page)


@pytest.mark.slow
def test_a_busy_port_is_said_and_another_one_taken(lab):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        busy = listener.getsockname()[1]
        one = lab("--port", str(busy))
    assert f"Port {busy} is busy: taking " in one.said
    assert f":{busy}/" not in one.page
    assert answer(one.page) == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("11",), "There is no lesson '11': choose one of 00_start, 10_second"),
        (("--port", "0"), "0 is no port"),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(course, arguments, words):
    done = course("lab", *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1


def test_a_work_folder_that_cannot_be_made_is_told(course, tmp_path):
    (tmp_path / "a_file").touch()
    done = course("lab", COURSE_WORK=str(tmp_path / "a_file" / "work"))
    assert done.returncode == 1
    assert "cannot be made" in done.stderr
