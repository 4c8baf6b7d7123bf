"""What JupyterLab is told: no news, no other host, a free port, defaults written beside what is there."""

import json
import os
import socket

import pytest

from course_lib.commands.lab_settings import OVERRIDES, server_command, server_environment, write_overrides
from course_lib.commands.ports import free_port
from course_lib.commands.problem import CourseProblem


@pytest.fixture
def busy_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_busy_port_is_passed_over(busy_port):
    assert free_port(busy_port) > busy_port


def test_a_free_port_is_taken_as_it_is(busy_port):
    port = free_port(busy_port)
    assert free_port(port) == port


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_told(port):
    with pytest.raises(CourseProblem, match="choose a number from 1 to 65535"):
        free_port(port)


def test_overrides_are_written_where_there_are_none(tmp_path):
    path = tmp_path / "settings" / "overrides.json"
    write_overrides(path)
    assert json.loads(path.read_text(encoding="utf-8")) == OVERRIDES


def test_overrides_keep_what_is_there(tmp_path):
    path = tmp_path / "overrides.json"
    (plugin,) = OVERRIDES
    path.write_text(
        json.dumps({plugin: {"fetchNews": "true", "other": 1}, "theme": {"dark": True}}), encoding="utf-8"
    )
    write_overrides(path)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["theme"] == {"dark": True}
    assert written[plugin] == {"other": 1, **OVERRIDES[plugin]}


def test_right_overrides_are_left_alone(tmp_path):
    path = tmp_path / "overrides.json"
    write_overrides(path)
    path.chmod(0o444)
    written_at = path.stat().st_mtime_ns
    write_overrides(path)
    assert path.stat().st_mtime_ns == written_at


def test_overrides_that_are_not_json_are_told(tmp_path):
    path = tmp_path / "overrides.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CourseProblem, match="is not JSON"):
        write_overrides(path)


def test_the_server_asks_for_no_news_and_listens_to_this_computer_only(tmp_path):
    command = server_command(8888, tmp_path, is_verbose=False)
    assert "--LabApp.news_url=None" in command
    assert "--ServerApp.ip=127.0.0.1" in command


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there is no root here")
@pytest.mark.parametrize(("user", "is_allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_only_when_it_is_root(tmp_path, monkeypatch, user, is_allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--allow-root" in server_command(8888, tmp_path, is_verbose=False)) == is_allowed


def test_the_token_stays_off_the_command_line(tmp_path):
    assert server_environment(tmp_path, "secret")["JUPYTER_TOKEN"] == "secret"
    assert "secret" not in " ".join(server_command(8888, tmp_path, is_verbose=False))
