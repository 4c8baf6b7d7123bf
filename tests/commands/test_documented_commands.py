"""Every command that README.md and CONTRIBUTING.md show in a ```sh block is run, in a copy of the course."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from running_lab import RunningLab

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md")
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
COLLECTED = re.compile(r"^([1-9]\d*(/\d+)? tests? collected|collected [1-9]\d* items?)", re.MULTILINE)
RUN_AS_THEY_ARE = ("course doctor", "course new-lesson", "python tools/", "ruff ", "pre-commit ")
NOT_COPIED = (".git", ".venv", "work", "build", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis")
LIMIT_S = 540


def documented_commands(text: str) -> list[str]:
    """Return the commands of the sh blocks, without what follows a #."""
    lines = [line.strip() for block in BLOCK.findall(text) for line in block.splitlines()]
    return [line for line in (line.partition(" #")[0].rstrip() for line in lines) if line and line[0] != "#"]


def as_course(command: str) -> str:
    """Write `python course.py ...` as `course ...`: the hand-over has tests of its own."""
    return re.sub(r"^python course\.py\b", "course", command)


def complaint(command: str, copy: Path) -> str:
    """Run a documented command in a safe way; return what is wrong with it, or ""."""
    command = as_course(command)
    words = shlex.split(command)
    if words[0] == "cd" or words[:2] == ["git", "clone"]:
        return "" if len(words) == (2 if words[0] == "cd" else 3) else f"{command}: odd number of words"
    if words[:2] == ["course", "lab"]:
        return complaint_about_lab(words[2:], copy)
    if words[:2] == ["course", "test"]:
        done = run([*words, "--collect-only", "-q"], copy)
        is_right = done.returncode == 0 and COLLECTED.search(done.stdout)
        return "" if is_right else f"{command} finds no tests:\n{done.stdout}{done.stderr}"
    if not command.startswith(RUN_AS_THEY_ARE):
        return f"{command}: nothing here knows how to run this"
    done = run(words, copy)
    if done.returncode == 0:
        return ""
    return f"{command} ends with {done.returncode}:\n{done.stdout}{done.stderr}"


def complaint_about_lab(arguments: list[str], copy: Path) -> str:
    lab = RunningLab(copy, environment_of(copy), *[word for word in arguments if word != "--no-torch"])
    try:
        if not lab.page:
            return f"course lab does not start:\n{lab.said}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(lab.page, timeout=30) as reply:
            return "" if reply.status == 200 else f"course lab answers {reply.status}"
    finally:
        lab.stop()


def run(words: list[str], copy: Path) -> subprocess.CompletedProcess:
    starts = {"course": [sys.executable, "-m", "course_lib.cli"], "python": [sys.executable]}
    command = [*starts.get(words[0], words[:1]), *words[1:]]
    options = {"cwd": copy, "env": environment_of(copy), "stdin": subprocess.DEVNULL, "timeout": LIMIT_S}
    return subprocess.run(command, capture_output=True, text=True, **options)


def environment_of(copy: Path) -> dict[str, str]:
    """Return an environment in which the copy is the course, and its tools are those installed here."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "GIT_"))}
    return {**kept, "PATH": path, "PYTHONPATH": str(copy), "COURSE_WORK": str(copy / "work")}


@pytest.fixture
def copy(tmp_path) -> Path:
    """The course in a Git repository of its own, as after a clone."""
    folder = tmp_path / "course"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for words in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *words], cwd=folder, env=environment_of(folder), check=True, timeout=60)
    return folder


def commands_of_the_pages() -> list[str]:
    """Return each command once, in the order of the pages."""
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in PAGES if (ROOT / page).is_file()]
    return list(dict.fromkeys(as_course(command) for text in texts for command in documented_commands(text)))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("command", commands_of_the_pages())
def test_a_documented_command_runs(command, copy):
    assert complaint(command, copy) == ""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    "line",
    [
        "course dance",
        "make coffee",
        "course test tests/no_such_folder",
        "course lab 99",
        "python tools/no_such_tool.py",
        "course new-lesson 10 taken --title 'Why?'",
    ],
)
def test_a_page_with_a_command_that_does_not_exist_is_rejected(line, copy):
    (command,) = documented_commands(f"Text.\n\n   ```sh\n   {line}  # a remark\n   ```\n")
    assert command == line
    assert complaint(command, copy) != ""


def test_both_pages_show_the_two_commands_of_the_course():
    for page in PAGES:
        assert documented_commands((ROOT / page).read_text(encoding="utf-8")), page
    assert {"course lab", "course test"} <= set(commands_of_the_pages())


def test_only_sh_blocks_are_commands():
    page = "```python\nx = 1\n```\n\n```sh\n# a remark\ncd course\n```\n"
    assert documented_commands(page) == ["cd course"]
