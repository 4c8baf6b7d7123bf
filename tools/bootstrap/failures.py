"""Every way an installation can fail, and the one sentence that explains it."""

import errno
import re
import sys

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

NO_NETWORK = (
    "The internet could not be reached, and packages must be fetched from it: "
    "connect (or set your proxy) and run the same command again."
)
DISK_FULL = (
    "The disk is full: free some space (about 3 GB are needed, 1.5 GB with --no-torch) "
    "and run the same command again."
)
NO_TORCH_HERE = (
    f"The tested PyTorch cannot be had for this computer and Python {PYTHON}: "
    "run again with --no-torch, and each lesson skips its closing PyTorch section."
)
NO_VENV = (
    "This Python cannot make a virtual environment: install the missing part, on Debian and Ubuntu with "
    f"`sudo apt install python{PYTHON}-venv`, and run the same command again."
)
STOPPED = "Stopped: run the same command again to go on."

# What pip and uv write when they fail. The first that fits is told.
KNOWN_OUTPUT = (
    (r"No space left on device|\[Errno 28\]|os error 28|not enough space on the disk", DISK_FULL),
    (
        r"NewConnectionError|NameResolutionError|Connect\w*Error|Read\w*Error|ProxyError|SSLError|dns error"
        r"|Connection (refused|aborted|reset)|Network is unreachable|tcp connect error|error sending request",
        NO_NETWORK,
    ),
    (r"No matching distribution found for torch|no version of torch|torch==\S+ has no wheels", NO_TORCH_HERE),
)


class InstallationError(Exception):
    """A failure that one sentence explains."""


def explain_output(output: str, log: str) -> str:
    """Explain what pip or uv wrote before it failed.

    Args:
        output: everything it wrote
        log: where the reader finds the whole of it
    Returns:
        one sentence with what to do
    """
    for pattern, sentence in KNOWN_OUTPUT:
        if re.search(pattern, output):
            return sentence
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no message"]
    errors = [line for line in lines if line.lower().startswith("error")] or lines
    return (
        f"The installation failed ({errors[-1][:200]}): {log} says more, and the same command begins again."
    )


def explain_refusal(error: OSError, folder: str) -> str:
    """Explain why the system refused a file or folder.

    Args:
        error: what the system said
        folder: the course's folder, told where the error names no file
    Returns:
        one sentence with what to do
    """
    if error.errno == errno.ENOSPC:
        return DISK_FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or folder} may not be written: move the course to a folder of your own, "
            "or end the programs that use it."
        )
    return f"The system refused: {error}."
