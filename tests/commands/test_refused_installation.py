"""The real refusals of a computer: no network, a full disk, somebody else's folder, a Python without venv."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tools.bootstrap import failures
from tools.bootstrap.install import check_can_install

ROOT = Path(__file__).parents[2]
PYTHON = getattr(sys, "_base_executable", sys.executable)
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
SKIP_THE_SPACE_CHECK = (
    "from tools.bootstrap import install, start; install.NEEDED_GB = dict.fromkeys(install.NEEDED_GB, 0); "
    "raise SystemExit(start.main(['lab']))"
)


def may(*command: str) -> bool:
    """Tell whether this computer lets the tests run a command."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, timeout=30).returncode == 0


@pytest.fixture
def copy():
    """A fresh copy of what starts the course, in a folder that every user may read."""
    with tempfile.TemporaryDirectory(prefix="course_copy_") as folder:
        Path(folder).chmod(0o755)
        root = Path(folder) / "course"
        shutil.copytree(ROOT / "tools" / "bootstrap", root / "tools" / "bootstrap")
        for name in ("course.py", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, root / name)
        yield root


def start(command: list[str], **options) -> tuple[int, str]:
    """Start without uv and with pip's own defaults; return the exit code and the one sentence said."""
    folders = os.environ["PATH"].split(os.pathsep)
    without_uv = os.pathsep.join(folder for folder in folders if not (Path(folder) / "uv").exists())
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**kept, **pip, "PATH": without_uv, **options.pop("more", {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, **options)
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr.rstrip("\n")


@pytest.mark.slow
def test_without_a_network_the_first_start_says_so(copy):
    command = [PYTHON, str(copy / "course.py"), "lab", "--no-torch"]
    if may("unshare", "-rn", "true"):
        assert start(["unshare", "-rn", *command]) == (1, failures.NO_NETWORK)
    else:
        nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
        assert start(command, more=nowhere) == (1, failures.NO_NETWORK)


@pytest.mark.slow
@pytest.mark.skipif(not may("unshare", "-rm", "true"), reason="no small disk can be mounted here")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["course.py", "lab"], "The disk has 0.0 GB free and the installation needs about 3.0 GB"),
        (
            ["course.py", "lab", "--no-torch"],
            "The disk has 0.0 GB free and the installation needs about 1.5 GB",
        ),
        (["-c", SKIP_THE_SPACE_CHECK], failures.DISK_FULL),
    ],
)
def test_a_full_disk_is_told_before_and_while_installing(copy, tmp_path, words, sentence):
    small = tmp_path / "small"
    small.mkdir()
    script = 'mount -t tmpfs -o size=5m none "$1" && cp -r "$2"/. "$1" && cd "$1" && shift 2 && exec "$@"'
    shell = ["unshare", "-rm", "sh", "-c", script, "sh", str(small), str(copy), PYTHON]
    code, said = start([*shell, *words])
    assert code == 1
    assert said.startswith(sentence)


def python_of_an_ordinary_user() -> str | None:
    """Return a Python that fits and that user nobody may run."""
    for version in ("3.11", "3.12", "3.13"):
        for folder in os.environ["PATH"].split(os.pathsep):
            path = Path(folder) / f"python{version}"
            if path.is_file() and path.resolve().is_relative_to("/usr"):
                return str(path)
    return None


@pytest.mark.skipif(os.name == "nt", reason="rights are given in another way on Windows")
def test_a_folder_that_may_not_be_written_is_told(copy):
    python, options = PYTHON, {}
    if IS_ROOT:  # root may write everywhere
        python, options = python_of_an_ordinary_user(), {"user": "nobody"}
        if python is None:
            pytest.skip("no Python that an ordinary user may run")
    copy.chmod(0o555)
    code, said = start([python, str(copy / "course.py"), "lab"], **options)
    copy.chmod(0o755)
    assert code == 1
    assert said.startswith(f"{copy.resolve() / '.venv'} may not be written: move the course")


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_names_the_package_to_install(monkeypatch, missing):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == missing else find_spec(name)
    )
    with pytest.raises(failures.InstallationError, match=r"sudo apt install python3\.\d+-venv"):
        check_can_install(with_torch=False, has_uv=False)


def test_uv_needs_no_ensurepip(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find_spec(name)
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9e9, 0, 9e9))
    check_can_install(with_torch=True, has_uv=True)


@pytest.mark.parametrize(("free_gb", "with_torch"), [(2.9, True), (1.4, False)])
def test_too_small_a_disk_is_told_before_anything_is_made(monkeypatch, free_gb, with_torch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9e9, 0, free_gb * 1e9))
    with pytest.raises(failures.InstallationError, match=f"The disk has {free_gb} GB free"):
        check_can_install(with_torch, has_uv=False)
