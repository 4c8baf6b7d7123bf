"""The browser that the browser tests drive: found, or installed where that is allowed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
}


def find_chromium() -> str | None:
    """Look for Chromium, or a browser built on it.

    Returns:
        its path, or None where there is none
    """
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return next((place for place in PLACES.get(sys.platform, ()) if Path(place).is_file()), None)


def provide_chromium() -> str:
    """Find Chromium, and install Debian's package where this process may.

    Returns:
        a sentence that says which browser the tests drive, or why they are skipped
    """
    if path := find_chromium():
        return f"The browser tests drive {path}."
    if not (sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get")):
        return "The browser tests are skipped: Chromium is not installed. Install it and run the tests again."
    print("Installing Chromium for the browser tests with apt-get.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(
            ["apt-get", "--quiet", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    if path := find_chromium():
        return f"The browser tests drive {path}."
    return "The browser tests are skipped: apt-get could not install Chromium."
