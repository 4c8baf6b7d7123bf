"""Weak tests let mutants live, strong ones do not; an endless loop is stopped; a red test judges nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants are judged in forked processes")

LIBRARY = """
SCALE = 0.5

def total(numbers):
    result = 0.0
    while numbers:
        result += SCALE * numbers.pop()
    return result


class Line:
    def __init__(self, slope):
        self.slope = slope

    @property
    def twice(self):
        return 2 * self.slope

    @twice.setter
    def twice(self, number):
        self.slope = number / 2

    def at(self, x):
        return self.slope * x


class Raised(Line):
    def __init__(self, slope, height):
        super().__init__(slope)
        self.height = height

    def at(self, x):
        return super().at(x) + self.height
"""
STRONG = """
from library import Line, Raised, total

def test_total():
    assert total([2.0, 10.0]) == 6.0

def test_lines():
    line = Raised(3.0, 0.5)
    assert isinstance(line, Line)
    assert line.at(2.0) == 6.5
    assert line.twice == 6.0
    line.twice = 3.0
    assert line.slope == 1.5
"""
WEAK = """
from library import Raised, total

def test_total():
    assert total([]) == 0.0
    assert Raised(1.0, 0.0).at(0.0) == 0.0
"""
BROKEN = """
from library import total

def test_total():
    assert total([2.0]) == 2.0
"""
JUDGE = """
import json, sys
from pathlib import Path
from tools.mutation import judge
from tools.mutation.mutant import mutants_of
from tools.mutation.targets import Target

judge.LEAST_CPU_S, judge.WARM = 1, ()
root, found = Path(sys.argv[1]), {}

def work(court):
    for name in ("strong", "weak", "broken"):
        target = Target("library.py", (f"test_{name}.py",), root)
        try:
            verdicts = court.judge(target, mutants_of(target.file, target.source))
            found[name] = [(v.mutant.was, v.mutant.becomes, v.result, v.by) for v in verdicts]
        except judge.CannotJudge as reason:
            found[name] = str(reason)

judge.with_court([f"test_{name}.py" for name in ("strong", "weak", "broken")], root, 2, work)
print(json.dumps(found))
"""


def run_python(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "pytest.ini").write_text("[pytest]\n")
    files = {"library": LIBRARY, "test_strong": STRONG, "test_weak": WEAK, "test_broken": BROKEN}
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    done = run_python("-c", JUDGE, str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@forks
def test_strong_tests_notice_every_fault(found):
    assert [verdict for verdict in found["strong"] if verdict[2] == "survived"] == []
    assert ["SCALE = 0.5", "SCALE = 0.75", "killed", "test_strong.py::test_total"] in found["strong"]
    assert len(found["strong"]) > 20


@forks
def test_a_loop_without_end_is_stopped(found):
    endless = [(was, becomes) for was, becomes, result, by in found["strong"] if result == "endless"]
    assert ("result += SCALE * numbers.pop()", "pass") in endless


@forks
def test_weak_tests_let_the_same_faults_live(found):
    survived = {becomes for was, becomes, result, by in found["weak"] if result == "survived"}
    assert survived >= {"SCALE = 0.75", "return self.slope", "result -= SCALE * numbers.pop()"}
    assert ["result = 0.0", "result = 1.0", "killed", "test_weak.py::test_total"] in found["weak"]


@forks
def test_tests_that_fail_without_a_fault_judge_nothing(found):
    assert found["broken"] == "library.py: without a fault, test_broken.py::test_total fails."


@forks
def test_the_command_judges_a_file_of_the_library_and_goes_on_where_it_stopped(tmp_path):
    notes = tmp_path / "journal"
    words = ["tools/mutants.py", "--only", "course_lib/autograd/ops/gather.py", "--journal", str(notes)]
    done = run_python(*words, "--json", str(tmp_path / "score.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    score = json.loads((tmp_path / "score.json").read_text())["files"]["all"]
    assert score["n_survived"] == 0
    assert score["n_killed"] > 20
    noted = notes.read_text()
    again = run_python(*words)
    assert again.stdout == done.stdout
    assert notes.read_text() == noted
