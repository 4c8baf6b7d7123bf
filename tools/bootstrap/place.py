"""Where the course is installed, and whether what lies there is what is wanted."""

import hashlib
import os
import sys
from pathlib import Path

from tools.bootstrap.failures import PYTHON, InstallationError

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOG = VENV / "install.log"
STAMP = VENV / "course-stamp"  # written last: what it says is installed
TORCH_CHOICE = VENV / "course-torch"  # stays when .venv is made again

ON_WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if ON_WINDOWS else "bin")
VENV_PYTHON = SCRIPTS / ("python.exe" if ON_WINDOWS else "python")
VENV_COURSE = SCRIPTS / ("course.exe" if ON_WINDOWS else "course")
PACKAGES = (
    VENV / "Lib" / "site-packages" if ON_WINDOWS else VENV / "lib" / f"python{PYTHON}" / "site-packages"
)

# Started from inside .venv, sys.executable is a file that goes when .venv is made again.
BASE_PYTHON = getattr(sys, "_base_executable", None) or sys.executable


def read(path: Path) -> str:
    """Return the text of a file, or "" where there is none."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def take_torch_choice(arguments: list[str]) -> tuple[list[str], bool]:
    """Split --torch and --no-torch off the arguments.

    Returns:
        the other arguments, and whether PyTorch is wanted: by the last flag, else as it was chosen before
    """
    flags = [word for word in arguments if word in ("--torch", "--no-torch")]
    others = [word for word in arguments if word not in ("--torch", "--no-torch")]
    choice = flags[-1] if flags else read(TORCH_CHOICE)
    return others, choice != "--no-torch"


def remember_torch_choice(with_torch: bool) -> None:
    """Keep the choice for the next start."""
    TORCH_CHOICE.write_text("--torch" if with_torch else "--no-torch", encoding="utf-8")


def wanted_stamp(with_torch: bool) -> str:
    """Return what the stamp of a fitting .venv says: place, Python, choice and both lists of packages.

    Raises:
        InstallationError: one of the two lists is missing
    """
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        if not (ROOT / name).is_file():
            raise InstallationError(f"{name} is missing in {ROOT}: fetch the whole course again.")
        digest.update((ROOT / name).read_bytes())
    return "\n".join([str(ROOT), PYTHON, "torch" if with_torch else "no torch", digest.hexdigest()])


def is_installed(with_torch: bool) -> bool:
    """Tell whether everything wanted is there."""
    return wanted_stamp(with_torch) == read(STAMP) and _is_whole()


def needs_only_packages(with_torch: bool) -> bool:
    """Tell whether .venv is whole, in its old place and of the same Python: only packages may differ."""
    return wanted_stamp(with_torch).split("\n")[:2] == read(STAMP).split("\n")[:2] and _is_whole()


def _is_whole() -> bool:
    return VENV_PYTHON.exists() and VENV_COURSE.exists()
