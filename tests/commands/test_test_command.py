"""`course test`: what reaches pytest, what the exit code says, what is said about the browser."""

import pytest

from course_lib.commands import chromium
from course_lib.commands.chromium import provide_chromium

pytestmark = pytest.mark.slow

TESTS = """\
import os, pytest

def test_quick_one():
    assert not os.listdir(os.environ["COURSE_WORK"])

@pytest.mark.slow
def test_slow_one():
    assert False
"""


@pytest.fixture
def small_tests(tree):
    (tree / "tests").mkdir()
    (tree / "tests" / "test_small.py").write_text(TESTS, encoding="utf-8")


@pytest.mark.usefixtures("small_tests")
def test_quick_leaves_the_slow_tests_out_and_says_that_all_is_well(course):
    done = course("test", "--quick")
    assert done.returncode == 0, done.stdout
    assert "1 passed, 1 deselected" in done.stdout
    assert "The course works on this computer." in done.stdout


@pytest.mark.usefixtures("small_tests")
def test_a_failure_gives_pytests_exit_code(course):
    done = course("test", "-q", "-k", "slow_one")
    assert done.returncode == 1
    assert "Something does not work" in done.stdout
    assert "browser tests" in done.stdout


@pytest.mark.usefixtures("small_tests")
def test_other_arguments_go_to_pytest(course):
    done = course("test", "--quick", "--collect-only", "-q", "tests/test_small.py")
    assert "test_small.py::test_quick_one" in done.stdout
    done = course("test", "--quick", "-k", "no_such_test")
    assert done.returncode == 5
    assert "No test was chosen" in done.stdout


def test_chromium_is_not_installed_where_that_is_not_allowed(monkeypatch):
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    monkeypatch.setattr(chromium, "PLACES", {})
    assert provide_chromium().startswith("The browser tests are skipped")


def test_chromium_is_installed_with_debians_package_where_that_is_allowed(monkeypatch):
    asked, here = [], {"apt-get"}

    def run(words, **options):
        asked.append(words)
        here.add("chromium") if "install" in words else None

    monkeypatch.setattr(chromium.sys, "platform", "linux")
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(chromium.shutil, "which", lambda name: f"/usr/bin/{name}" if name in here else None)
    monkeypatch.setattr(chromium.subprocess, "run", run)
    assert provide_chromium() == "The browser tests drive /usr/bin/chromium."
    assert [words[2] for words in asked] == ["update", "install"]
