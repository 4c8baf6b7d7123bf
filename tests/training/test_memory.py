import ctypes
import os
import subprocess
import sys

import pytest

from course_lib.training import keep_freed_memory, memory

# Six rounds of eight arrays of 4 MB, made and freed: how many pages does the system hand out anew?
COUNT_PAGES = """
import resource, sys
import numpy as np
from course_lib.training.memory import keep_freed_memory
if sys.argv[1] == "kept":
    assert keep_freed_memory() and keep_freed_memory()
[np.ones(500_000) for _ in range(8)]
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(6):
    [np.ones(500_000) for _ in range(8)]
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

has_glibc = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "gnu_get_libc_version")


def pages(how: str) -> int:
    command = [sys.executable, "-c", COUNT_PAGES, how]
    settings = os.environ | {"NUMPY_MADVISE_HUGEPAGE": "0"}  # else one page may be 2 MB
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=settings)
    return int(done.stdout)


@pytest.mark.skipif(not has_glibc, reason="glibc only")
def test_freed_memory_is_used_again_without_asking_the_system():
    assert pages("kept") < 0.1 * pages("given back")


class Library:
    """A C library that notes how it is called."""

    def __init__(self, answers=(1, 1)):
        self.calls, self.answers = [], list(answers)

    def mallopt(self, setting, value):
        self.calls.append((setting, value))
        return self.answers.pop(0)


class Glibc(Library):
    def gnu_get_libc_version(self):
        return b"2.36"


@pytest.fixture
def on_linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.mark.usefixtures("on_linux")
@pytest.mark.parametrize("answers", [(1, 1), (0, 1), (1, 0), (0, 0)])
def test_it_says_whether_both_settings_were_taken(monkeypatch, answers):
    library = Glibc(answers)
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: library)
    assert keep_freed_memory() is (answers == (1, 1))
    assert library.calls == [(-3, 2**25), (-1, 2**31 - 1)]


@pytest.mark.usefixtures("on_linux")
def test_another_c_library_is_left_alone(monkeypatch):
    library = Library()
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: library)
    assert keep_freed_memory() is False
    assert library.calls == []


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_left_alone(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(memory.ctypes, "CDLL", None)
    assert keep_freed_memory() is False
