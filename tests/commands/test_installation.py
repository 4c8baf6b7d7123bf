"""`python course.py ...` from an empty folder on: installed, started again, interrupted, moved, refused.

A stand-in for uv is put on the PATH, so that an installation takes a second and can be made to fail at will.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a script with a shebang")

ROOT = Path(__file__).parents[2]
PYTHON = getattr(sys, "_base_executable", sys.executable)
# Writes down how it was called, then does what FAKE_UV says, and puts a `course` command into .venv.
FAKE_UV = f"""\
#!{PYTHON}
import os, pathlib, sys, time
with open(os.environ["UV_CALLS"], "a") as calls:
    print(os.environ.get("UV_FIND_LINKS", "-"), *sys.argv[1:], file=calls)
print("Resolved 3 packages in 1ms", flush=True)
if "FAKE_UV" in os.environ:
    exec(os.environ["FAKE_UV"])
script = pathlib.Path(".venv/bin/course")
script.write_text("#!/bin/sh\\necho course got $#: $*; exit ${{COURSE_EXIT:-0}}\\n")
script.chmod(0o755)
"""


class Newcomer:
    """A learner with a fresh copy of the course."""

    def __init__(self, folder: Path):
        self.root = folder / "my course"
        self.calls_file = folder / "calls"
        (self.root / "tools").mkdir(parents=True)
        shutil.copytree(ROOT / "tools" / "bootstrap", self.root / "tools" / "bootstrap")
        for name in ("course.py", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.root / name)
        uv = folder / "bin" / "uv"
        uv.parent.mkdir()
        uv.write_text(FAKE_UV, encoding="utf-8")
        uv.chmod(0o755)
        path = os.pathsep.join([str(uv.parent), os.environ["PATH"]])
        self.environment = {**os.environ, "PATH": path, "UV_CALLS": str(self.calls_file)}

    def command(self, *arguments: str) -> list[str]:
        return [PYTHON, str(self.root / "course.py"), *arguments]

    def start(self, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        environment = {**self.environment, **more}
        done = subprocess.run(
            self.command(*arguments), env=environment, capture_output=True, text=True, timeout=120
        )
        assert "Traceback" not in done.stderr
        return done

    def interrupt(self, number: int) -> tuple[int, str]:
        """Start, send a signal while packages are fetched, and return the exit code and what was said."""
        environment = {**self.environment, "FAKE_UV": "time.sleep(60)"}
        child = subprocess.Popen(self.command("lab"), env=environment, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while not self.calls_file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        child.send_signal(number)
        _, said = child.communicate(timeout=30)
        self.calls_file.unlink()
        return child.returncode, said

    def calls(self) -> list[str]:
        """Return the calls of the stand-in since the last question."""
        lines = self.calls_file.read_text(encoding="utf-8").splitlines() if self.calls_file.exists() else []
        self.calls_file.unlink(missing_ok=True)
        return lines


@pytest.fixture
def newcomer(tmp_path) -> Newcomer:
    return Newcomer(tmp_path)


def test_the_first_start_installs_and_hands_its_arguments_over(newcomer):
    done = newcomer.start("lab", "10", "--port", "9000")
    assert done.returncode == 0, done.stderr
    assert "Step 1 of 3: making the folder .venv" in done.stdout
    assert done.stdout.endswith("course got 4: lab 10 --port 9000\n")
    assert ".[torch,test]" in newcomer.calls()[0]
    assert (newcomer.root / ".venv" / "install.log").read_text(encoding="utf-8").startswith("Resolved 3")


def test_the_second_start_installs_nothing_and_takes_less_than_3_seconds(newcomer):
    newcomer.start("doctor")
    newcomer.calls()
    started = time.monotonic()
    done = newcomer.start("doctor")
    assert time.monotonic() - started < 3
    assert done.stdout == "course got 1: doctor\n"
    assert newcomer.calls() == []


def test_the_exit_code_of_the_command_is_passed_on(newcomer):
    assert newcomer.start("test", COURSE_EXIT="7").returncode == 7


def test_help_before_the_installation_installs_nothing(newcomer):
    for arguments in ([], ["--help"], ["-h"]):
        done = newcomer.start(*arguments)
        assert done.returncode == 0
        assert "usage: python course.py COMMAND" in done.stdout
    assert not (newcomer.root / ".venv").exists()


def test_leaving_pytorch_out_is_remembered_until_it_is_wanted_again(newcomer):
    newcomer.start("lab", "--no-torch")
    assert [".[test]" in call for call in newcomer.calls()] == [False, True]  # uninstall torch, then install
    assert newcomer.start("lab").stdout == "course got 1: lab\n"
    assert newcomer.calls() == []
    newcomer.start("--torch", "lab")
    assert ".[torch,test]" in newcomer.calls()[-1]


def test_new_constraints_change_the_packages_and_keep_the_folder(newcomer):
    newcomer.start("lab")
    newcomer.calls()
    kept = newcomer.root / ".venv" / "kept"
    kept.touch()
    with (newcomer.root / "constraints.txt").open("a", encoding="utf-8") as file:
        file.write("one-more==1\n")
    newcomer.start("lab")
    assert len(newcomer.calls()) == 1
    assert kept.exists()


def test_a_find_links_setting_of_pip_reaches_uv(newcomer):
    newcomer.start("lab", PIP_FIND_LINKS="/wheels")
    assert newcomer.calls()[0].startswith("/wheels ")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_installation_says_so_and_is_mended_by_running_again(newcomer, number):
    code, said = newcomer.interrupt(number)
    assert code == 130
    assert said == "Stopped: run the same command again to go on.\n"
    assert newcomer.start("lab").stdout.endswith("course got 1: lab\n")


@pytest.mark.slow
def test_a_killed_installation_is_mended_by_running_again(newcomer):
    newcomer.interrupt(signal.SIGKILL)
    assert newcomer.start("lab").stdout.endswith("course got 1: lab\n")
    assert newcomer.calls()


def test_an_interrupted_choice_about_pytorch_is_not_forgotten(newcomer):
    newcomer.start("lab", "--no-torch", FAKE_UV="sys.exit('error: odd')")
    newcomer.calls()
    newcomer.start("lab")
    assert ".[test]" in newcomer.calls()[-1]


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["bin/python", "bin/course", "course-stamp"])
def test_a_damaged_folder_is_made_again(newcomer, lost):
    newcomer.start("lab")
    (newcomer.root / ".venv" / lost).unlink()
    done = newcomer.start("lab")
    assert "making the folder .venv" in done.stdout
    assert done.stdout.endswith("course got 1: lab\n")


def test_a_moved_course_is_noticed_and_mended(newcomer):
    newcomer.start("lab")
    newcomer.root = newcomer.root.rename(newcomer.root.with_name("elsewhere"))
    done = newcomer.start("lab")
    assert "making the folder .venv" in done.stdout
    assert newcomer.start("lab").stdout == "course got 1: lab\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("error: error sending request for url, dns error", "The internet could not be reached"),
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("error: something new", "The installation failed (error: something new)"),
    ],
)
def test_a_failure_is_one_sentence_and_a_rerun_mends_it(newcomer, output, words):
    done = newcomer.start("lab", FAKE_UV=f"print({output!r}); sys.exit(2)")
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1
    assert newcomer.start("lab").returncode == 0


def test_a_missing_list_of_packages_is_told(newcomer):
    (newcomer.root / "constraints.txt").unlink()
    done = newcomer.start("lab")
    assert (done.returncode, done.stdout) == (1, "")
    assert "constraints.txt is missing" in done.stderr
