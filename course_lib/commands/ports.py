"""A free port for the server."""

import errno
import os
import socket

from course_lib.commands.problem import CourseProblem

N_TRIES = 50


def free_port(wanted: int) -> int:
    """Find the first port from the wanted one on that nobody listens to.

    Args:
        wanted: where to begin, 1 to 65535
    Returns:
        the port
    Raises:
        CourseProblem: the number is no port, needs more rights, or none of the next 50 is free
    """
    if not 1 <= wanted <= 65535:
        raise CourseProblem(f"{wanted} is no port: choose a number from 1 to 65535, for example --port 8888.")
    last = min(wanted + N_TRIES - 1, 65535)
    for port in range(wanted, last + 1):
        if _is_free(port):
            return port
    raise CourseProblem(f"All ports from {wanted} to {last} are busy: choose another one with --port.")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there it would allow a port that somebody listens to
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise CourseProblem(
                f"Port {port} needs an administrator's rights: choose one above 1023."
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise CourseProblem(f"Port {port} cannot be used: {error.strerror}.") from error
    return True
