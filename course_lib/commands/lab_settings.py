"""JupyterLab's settings for the course: no news, no update checks, nothing that asks another host."""

import json
import os
import sys
from pathlib import Path

from course_lib.commands.problem import CourseProblem

# `LabApp.news_url=None` alone leaves the question "would you like to receive news" on the screen.
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": False,
    },
}
SERVER_OPTIONS = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",  # the other one asks a package index for extensions
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",  # the port was chosen, and told, before
    "--ServerApp.open_browser=False",
    "--ServerApp.answer_yes=True",  # Ctrl-C stops without a question
)


def overrides_path() -> Path:
    """Find the file in which this environment's JupyterLab looks for other defaults.

    Returns:
        its path, whether it exists or not
    """
    return Path(sys.prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"


def write_overrides(path: Path) -> None:
    """Put the course's defaults into JupyterLab's overrides, beside what is there.

    Args:
        path: the file of overrides
    Raises:
        CourseProblem: the file is not JSON, or cannot be written
    """
    try:
        present = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise CourseProblem(f"{path} is not JSON ({error}): mend or delete it.") from error
    merged = {**present}
    for plugin, settings in OVERRIDES.items():
        merged[plugin] = {**present.get(plugin, {}), **settings}
    if merged == present:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(merged, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CourseProblem(f"{path} cannot be written: {error.strerror}.") from error


def server_command(port: int, root: Path, *, is_verbose: bool) -> list[str]:
    """Put the command together that starts JupyterLab.

    Args:
        port: where it listens, on this computer only
        root: the folder that its file browser shows
        is_verbose: show Jupyter's whole log, not its errors alone
    Returns:
        its words
    """
    import zmq

    # A kernel that is not encrypted says so on the terminal, in words that frighten.
    encryption = ["--KernelManager.transport_encryption=auto"] if zmq.has("curve") else []
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        *(sys.executable, "-m", "jupyterlab"),
        *SERVER_OPTIONS,
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        f"--Application.log_level={'INFO' if is_verbose else 'ERROR'}",
        *encryption,
        *(["--allow-root"] if is_root else []),
    ]


def server_environment(work: Path, token: str) -> dict[str, str]:
    """Put the environment together of the server and of the lessons' kernels.

    Args:
        work: the learner's folder; Jupyter's settings for the course lie in it, apart from any others
        token: what the address must hold to be let in; a command line could be read by other users
    Returns:
        names and values
    """
    return {
        **os.environ,
        "COURSE_WORK": str(work),
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(work / ".jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
