"""Bring the folder .venv to what is wanted, with uv where there is one, else with pip."""

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Callable

from tools.bootstrap import place
from tools.bootstrap.failures import DISK_FULL, NO_VENV, InstallationError, explain_output
from tools.bootstrap.progress import Progress, read_progress

POLL_S = 0.3
# Measured, with room for what pip unpacks on the way.
NEEDED_GB = {"torch": 3.0, "no torch": 1.5}
FULL_BYTES = 20e6  # with less than this a failed command most likely failed for want of space


def install(with_torch: bool, progress: Progress) -> None:
    """Install what is missing, and write the stamp when everything is there.

    A .venv without its stamp was interrupted and is made again, and so is one that was moved
    or has another Python.

    Raises:
        InstallationError: with the sentence that explains the failure
        OSError: the system refuses a file or folder
    """
    uv = shutil.which("uv")
    if place.needs_only_packages(with_torch):
        place.STAMP.unlink()
        place.remember_torch_choice(with_torch)
    else:
        check_can_install(with_torch, uv is not None)
        progress.show(1, "making the folder .venv")
        empty_venv()
        place.remember_torch_choice(with_torch)
        without_pip = ["--without-pip"] if uv else []
        run_logged(
            [place.BASE_PYTHON, "-m", "venv", *without_pip, str(place.VENV)], lambda output, seconds: None
        )
    install_packages(uv, with_torch, progress)
    place.STAMP.write_text(place.wanted_stamp(with_torch), encoding="utf-8")


def check_can_install(with_torch: bool, has_uv: bool) -> None:
    """Refuse to begin an installation that cannot end well.

    Raises:
        InstallationError: the Python has no venv module, or the disk is too small
    """
    for module in ["venv"] if has_uv else ["venv", "ensurepip"]:
        if importlib.util.find_spec(module) is None:
            raise InstallationError(NO_VENV)
    needed_gb = NEEDED_GB["torch" if with_torch else "no torch"]
    free_gb = shutil.disk_usage(place.ROOT).free / 1e9
    if free_gb < needed_gb:
        way_out = ", or leave PyTorch out with --no-torch" if with_torch else ""
        raise InstallationError(
            f"The disk has {free_gb:.1f} GB free and the installation needs about {needed_gb:.1f} GB: "
            f"free some space{way_out}."
        )


def empty_venv() -> None:
    """Make .venv an empty folder; the choice about PyTorch is the only file that stays."""
    place.VENV.mkdir(exist_ok=True)
    for path in place.VENV.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != place.TORCH_CHOICE:
            path.unlink()


def install_packages(uv: str | None, with_torch: bool, progress: Progress) -> None:
    """Install the course and its packages, and take PyTorch away where it is not wanted."""
    n_constraints = len(place.read(place.ROOT / "constraints.txt").splitlines())
    n_before = count_installed()

    def watch(output: str, seconds: float) -> None:
        n_found, n_expected, is_known = read_progress(output, n_constraints)
        if is_known:
            n_done = min(max(count_installed() - n_before, 0), n_expected)
            progress.show(3, f"installing packages, {n_done} of {n_expected} ({seconds:.0f} s)")
        else:
            progress.show(2, f"fetching packages, {n_found} of about {n_expected} ({seconds:.0f} s)")

    for command in package_commands(uv, with_torch):
        run_logged(command, watch)


def package_commands(uv: str | None, with_torch: bool) -> list[list[str]]:
    """Return the commands of uv or pip, one after the other."""
    wanted = ["-e", ".[torch,test]" if with_torch else ".[test]", "-c", "constraints.txt"]
    if uv:
        install_command = [uv, "pip", "install", "--python", str(place.VENV_PYTHON), *wanted]
        remove_torch = [uv, "pip", "uninstall", "--python", str(place.VENV_PYTHON), "torch"]
    else:
        pip = [str(place.VENV_PYTHON), "-m", "pip"]
        install_command = [*pip, "install", "--no-input", "--progress-bar", "off", *wanted]
        remove_torch = [*pip, "uninstall", "--yes", "torch"]
    return [install_command] if with_torch else [remove_torch, install_command]


def count_installed() -> int:
    """Return how many packages lie in .venv."""
    return sum(1 for _ in place.PACKAGES.glob("*.dist-info"))


def run_logged(command: list[str], watch: Callable[[str, float], None]) -> None:
    """Run a command with all its output in the log.

    Args:
        command: the words of the command
        watch: called again and again with the output so far and the seconds since the start
    Raises:
        InstallationError: the command failed
    """
    environment = dict(os.environ, PYTHONUNBUFFERED="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0")
    if "PIP_FIND_LINKS" in environment:  # uv has a setting of its own
        environment.setdefault("UV_FIND_LINKS", environment["PIP_FIND_LINKS"])
    started = time.monotonic()
    with place.LOG.open("wb") as log:
        child = subprocess.Popen(
            command, cwd=place.ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        while child.poll() is None:
            watch(place.read(place.LOG), time.monotonic() - started)
            time.sleep(POLL_S)
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    if child.returncode != 0:
        if shutil.disk_usage(place.ROOT).free < FULL_BYTES:  # the log may have had no room for the reason
            raise InstallationError(DISK_FULL)
        raise InstallationError(explain_output(place.read(place.LOG), str(place.LOG)))
