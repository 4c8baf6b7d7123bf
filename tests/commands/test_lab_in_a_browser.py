"""JupyterLab in a real browser: no pop-up, no error, no request to another host."""

import json
from urllib.parse import urlsplit

import pytest
from running_lab import RunningLab

from course_lib.commands.chromium import find_chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POP_UPS = ".Toastify__toast, .jp-Dialog"
CHROMIUM = find_chromium()
LONG_ENOUGH_FOR_NEWS_MS = 5000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def look(page_address: str, profile: str) -> tuple[int, set[str], list[str]]:
    """Open a lesson; return the number of pop-ups, the other hosts that were asked, and the page's errors."""
    from playwright.sync_api import sync_playwright

    hosts, errors = set(), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        page = browser.pages[0]
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(page_address)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=90_000)
        page.wait_for_selector("text=/\\| Idle/", timeout=60_000)
        page.wait_for_timeout(LONG_ENOUGH_FOR_NEWS_MS)
        n_pop_ups = page.locator(POP_UPS).count()
        browser.close()
    return n_pop_ups, hosts - {"127.0.0.1", None}, errors


def test_a_lesson_opens_without_pop_ups_errors_or_other_hosts(tree, environment, tmp_path):
    lab = RunningLab(tree, environment, "10")
    try:
        assert look(lab.page, str(tmp_path / "profile")) == (0, set(), [])
    finally:
        lab.stop()
    assert "WARNING" not in lab.said


def test_without_the_courses_defaults_the_pop_up_is_seen(tree, environment, tmp_path):
    lab = RunningLab(tree, environment, "10")
    try:
        settings = tree / "work" / ".jupyter" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(
            json.dumps({"fetchNews": "none"}), encoding="utf-8"
        )
        n_pop_ups, _, _ = look(lab.page, str(tmp_path / "profile"))
    finally:
        lab.stop()
    assert n_pop_ups == 1
