"""No file names a folder of one machine or the host of a package registry, or is too large."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST_MB = 2
LEFT_OUT = {".git", ".venv", "work", "build", "__pycache__"}
# Written in pieces, so that this file does not name them. What precedes must not be part of a longer word, of
# an address, or of the letters that encode a picture.
MACHINE_PATH = re.compile(r"(?<![\w.+/=}-])(?:/(?:home|root|tmp|Users|var/folders)/|[A-Z]:\\Users\\)\w")
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "anaconda" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
]


def files() -> list[Path]:
    """Return the files that are or would be committed; without git, all but those that a run makes."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if listing.returncode == 0:
        found = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not LEFT_OUT & set(path.relative_to(ROOT).parts)]
    return [path for path in found if path.is_file()]


def word_problems(name: str, content: bytes) -> list[str]:
    """Return what one file should not say."""
    problems = []
    if len(content) > LARGEST_MB * 2**20:
        problems.append(f"{name} has {len(content) / 2**20:.1f} MB; {LARGEST_MB} MB are the limit.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:  # a picture
        return problems
    for number, line in enumerate(text.splitlines(), start=1):
        if found := MACHINE_PATH.search(line):
            said = line[found.start() : found.end() + 20]
            problems.append(f"{name}, line {number}: {said!r} is a folder of one machine.")
        problems += [
            f"{name}, line {number}: names the registry {host}. That is for the reader's settings."
            for host in REGISTRIES
            if host in line
        ]
    return problems


def test_no_file_names_a_machine_or_a_registry_or_is_too_large():
    problems = [
        problem
        for path in files()
        for problem in word_problems(path.relative_to(ROOT).as_posix(), path.read_bytes())
    ]
    assert not problems, "\n" + "\n".join(problems)


def test_this_file_is_among_those_that_are_read():
    assert Path(__file__).resolve() in [path.resolve() for path in files()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("open('/" + "home/ada/course')", "a folder of one machine"),
        ("cd /" + "tmp/course", "a folder of one machine"),
        ("'C:\\" + "Users\\ada'", "a folder of one machine"),
        ("first\n/" + "root/x", "line 2"),
        ("https:" + "//" + REGISTRIES[0] + "/simple", "names the registry"),
        ("x" * (LARGEST_MB * 2**20 + 1), "2 MB are the limit"),
    ],
)
def test_a_planted_word_is_found(text, said):
    (problem,) = word_problems("file.txt", text.encode())
    assert said in problem


@pytest.mark.parametrize(
    "text", ["the home/office folder", "iVBOR+/" + "tmp/AAAA", "example.org/" + "home/x"]
)
def test_other_words_are_left_alone(text):
    assert word_problems("file.txt", text.encode()) == []


def test_a_picture_is_not_read_as_text():
    assert word_problems("figure.png", b"\x89PNG\xff /" + b"tmp/x") == []
