"""open the lessons in JupyterLab

Copies each lesson into the folder work/, where it is yours to change, and opens the one you name. The
originals in notebooks/ stay as they are. Delete a copy to get a fresh one at the next start. Ctrl-C stops the
course.
"""

import argparse
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
import webbrowser
from types import FrameType

from course_lib.commands.catalogue import find_lesson, read_catalogue
from course_lib.commands.lab_settings import (
    overrides_path,
    server_command,
    server_environment,
    write_overrides,
)
from course_lib.commands.paths import course_root, work_folder
from course_lib.commands.ports import free_port
from course_lib.commands.problem import CourseProblem
from course_lib.commands.work import copy_lessons

DEFAULT_PORT = 8888
START_LIMIT_S = 90
STOP_LIMIT_S = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course lab`.

    Args:
        parser: gets the descriptions
    """
    parser.add_argument(
        "lesson", nargs="?", help="number or slug, such as 10 or 10_one_neuron (default: the first lesson)"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help="where to listen (default: %(default)s; a busy port is passed over)",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    parser.add_argument("--verbose", action="store_true", help="show Jupyter's whole log")


def run(arguments: argparse.Namespace) -> int:
    """Copy the lessons, start JupyterLab, open one lesson, and wait for Ctrl-C.

    Args:
        arguments: as described by add_arguments
    Returns:
        0 when it was stopped
    Raises:
        CourseProblem: the lesson, the port, the work folder or JupyterLab is not as it must be
    """
    root, work = course_root(), work_folder()
    lessons = read_catalogue(root)
    lesson = find_lesson(lessons, arguments.lesson) if arguments.lesson else lessons[0]
    for note in copy_lessons(lessons, root / "notebooks", work):
        print(note)
    write_overrides(overrides_path())
    port = free_port(arguments.port)
    if port != arguments.port:
        print(f"Port {arguments.port} is busy: taking {port}.")
    print("Starting JupyterLab.", flush=True)
    served = root if work.is_relative_to(root) else work.parent
    copy = (work / lesson.file_name).relative_to(served).as_posix()
    token = secrets.token_hex(16)
    page = f"http://127.0.0.1:{port}/lab/tree/{copy}?token={token}"
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        signal.signal(getattr(signal, name, signal.SIGTERM), _treat_like_ctrl_c)
    server = subprocess.Popen(
        server_command(port, served, is_verbose=arguments.verbose),
        cwd=served,
        env=server_environment(work, token),
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the server in good order
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    try:
        _wait_until_it_answers(server, port)
        _announce(lesson.title, page, is_browser_wanted=not arguments.no_browser)
        server.wait()
    except KeyboardInterrupt:
        print(f"\nStopped. What you saved is in {work}.", flush=True)
    finally:
        _end(server, port, token)
    return 0


def _wait_until_it_answers(server: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CourseProblem(
                "JupyterLab ended while starting: `python course.py lab --verbose` shows why."
            )
        if _answers(port, "GET", "/api"):
            return
        time.sleep(0.1)
    raise CourseProblem(
        f"JupyterLab did not answer in {START_LIMIT_S} s: `python course.py doctor` may say why."
    )


def _answers(port: int, method: str, path: str, token: str = "") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)  # never through a proxy
    try:
        connection.request(method, path, headers={"Authorization": f"token {token}"} if token else {})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(title: str, page: str, *, is_browser_wanted: bool) -> None:
    print(f"\n{title}\n\n    {page}\n\nCtrl-C here stops the course.", flush=True)
    if is_browser_wanted and not (_has_screen() and webbrowser.open(page)):
        print("No browser could be opened: copy the address into one.", flush=True)


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def _end(server: subprocess.Popen, port: int, token: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C would leave kernels behind
    if server.poll() is None and not _answers(port, "POST", "/api/shutdown", token):
        server.terminate()
    try:
        server.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _treat_like_ctrl_c(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
