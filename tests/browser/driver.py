"""Drive a lesson in a real browser as a learner would: start the course, open, run, touch, look."""

import contextlib
import http.client
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
START_LIMIT_S = 120
RUN_LIMIT_MS = 180_000
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOTEBOOK = "jupyterapp.shell.currentWidget"  # JupyterLab's own object for the page in front


@dataclass(frozen=True)
class Course:
    """A running `course lab`: where it answers and where the learner's files lie."""

    address: str
    token: str
    work: Path

    def url(self, notebook: str) -> str:
        """Return the address of one notebook of the work folder, with no other notebook open beside it."""
        workspace = notebook.removesuffix(".ipynb")
        return (
            f"{self.address}/lab/workspaces/{workspace}/tree/{self.work.name}/{notebook}?token={self.token}"
        )


@dataclass
class Trouble:
    """What must not happen while a lesson is open."""

    page_errors: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    other_hosts: list[str] = field(default_factory=list)

    def watch(self, page) -> None:
        """Write down every error and every request to another computer from now on."""
        page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        page.on("console", self._hear)
        page.on("request", lambda request: self._follow(request.url))

    def all(self) -> list[str]:
        """Return one line for each thing that happened."""
        return [
            *(f"page error: {text}" for text in self.page_errors),
            *(f"console error: {text}" for text in self.console_errors),
            *(f"request to another host: {host}" for host in self.other_hosts),
        ]

    def _hear(self, message) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _follow(self, url: str) -> None:
        if is_on_another_host(url):
            self.other_hosts.append(urlsplit(url).hostname or url)


@contextlib.contextmanager
def running_course(work: Path, lesson: str, root: Path = ROOT) -> Iterator[Course]:
    """Start `course lab LESSON` on a free port and stop it again.

    Args:
        work: an empty folder that takes the place of work/
        lesson: the lesson's number or slug
        root: the course
    Raises:
        RuntimeError: the course printed no address in time
    """
    settings = work / ".jupyter" / "jupyter_lab_config.json"
    settings.parent.mkdir(parents=True)
    # The page then hands out JupyterLab's own objects, so that a test need not guess from the page's look.
    settings.write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "course_lib.cli",
        "lab",
        lesson,
        "--no-browser",
        "--port",
        str(_free_port()),
    ]
    process = subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "COURSE_WORK": str(work), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        address, token = _wait_for_address(process)
        yield Course(address, token, work)
    finally:
        process.send_signal(signal.SIGTERM if sys.platform != "win32" else signal.CTRL_BREAK_EVENT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@contextlib.contextmanager
def browser_page(chromium: str, profile: Path) -> Iterator[tuple]:
    """Open an empty page of a fresh Chromium; yields the page and the Trouble that watches it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            headless=True,
            viewport={"width": 1280, "height": 1400},
            args=BROWSER_OPTIONS,
        )
        context.route(is_on_another_host, lambda route: route.abort())  # asked for, seen, and not let out
        page = context.pages[0]
        trouble = Trouble()
        trouble.watch(page)
        yield page, trouble
        context.close()


def is_on_another_host(url: str) -> bool:
    """Tell whether a request would leave this computer."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"


def open_notebook(page, course: Course, notebook: str) -> None:
    """Open a notebook of the work folder and wait until its kernel is ready."""
    page.goto(course.url(notebook))
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_function(
        f"(name) => {NOTEBOOK}?.context?.path.endsWith(name)", arg=notebook, timeout=60_000
    )
    wait_until_idle(page)


def popups(page) -> list[str]:
    """Return the text of each dialogue and notification that lies over the page."""
    return page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()


def wait_until_idle(page) -> None:
    """Wait until the kernel of the notebook in front has nothing to do."""
    page.wait_for_function(
        f"() => {NOTEBOOK}?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
    )


def run_all_cells(page) -> None:
    """Run all cells from JupyterLab's Run menu and wait until the last one is done."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
    page.wait_for_function(
        f"""() => {NOTEBOOK}.content.widgets.every((cell) => cell.model.type !== 'code'
            || cell.model.sharedModel.source.trim() === ''
            || (cell.model.executionCount !== null && cell.model.executionState !== 'running'))
            || {NOTEBOOK}.content.widgets.some((cell) => cell.model.type === 'code'
            && cell.model.outputs.toJSON().some((output) => output.output_type === 'error'))""",
        timeout=RUN_LIMIT_MS,
    )
    wait_until_idle(page)


def save(page) -> None:
    """Save the notebook in front."""
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")


def reload(page) -> None:
    """Load the page again while its kernel lives on."""
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    wait_until_idle(page)


def leave_for_today(page, course: Course) -> None:
    """Clear the outputs, save, leave the page and end every kernel."""
    page.evaluate("() => jupyterapp.commands.execute('editmenu:clear-all')")
    save(page)
    page.goto("about:blank")
    for session in json.loads(_ask(course, "GET", "/api/sessions")):
        _ask(course, "DELETE", f"/api/sessions/{session['id']}")


def error_outputs(page) -> list[str]:
    """Return one line for each cell that ended with an error."""
    return page.evaluate(
        f"""() => {NOTEBOOK}.content.widgets.flatMap((cell, i) => cell.model.type !== 'code' ? [] :
            cell.model.outputs.toJSON().filter((output) => output.output_type === 'error')
            .map((output) => `cell ${{i}}: ${{output.ename}}: ${{output.evalue}}`))"""
    )


def show_cell(page, text: str):
    """Bring the first code cell whose source holds ``text`` into view and return its locator."""
    found = page.evaluate(
        f"""async (text) => {{
            const notebook = {NOTEBOOK}.content;
            const i = notebook.widgets.findIndex(
                (cell) => cell.model.type === 'code' && cell.model.sharedModel.source.includes(text));
            if (i < 0) return false;
            notebook.activeCellIndex = i;
            await notebook.scrollToItem(i, 'start');
            return true;
        }}""",
        text,
    )
    if not found:
        raise LookupError(f"no code cell of the notebook holds {text!r}")
    cell = page.locator(".jp-Notebook .jp-CodeCell.jp-mod-active")
    cell.wait_for(timeout=20_000)
    return cell


def _ask(course: Course, method: str, path: str) -> bytes:
    """Ask Jupyter's own interface, never through a proxy."""
    connection = http.client.HTTPConnection(urlsplit(course.address).netloc, timeout=30)
    try:
        connection.request(method, path, headers={"Authorization": f"token {course.token}"})
        return connection.getresponse().read()
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_address(process: subprocess.Popen) -> tuple[str, str]:
    """Read what `course lab` prints until it names its address."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    printed = ""
    with contextlib.suppress(queue.Empty):
        while (line := lines.get(timeout=START_LIMIT_S)) is not None:
            printed += line
            if match := re.search(r"(http://127\.0\.0\.1:\d+)/lab/tree/\S*\?token=(\w+)", line):
                return match[1], match[2]
    raise RuntimeError(f"`course lab` named no address. It printed:\n{printed}")
