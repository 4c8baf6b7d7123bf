"""Take the network away from a command, where the machine permits it."""

import shutil
import subprocess
from functools import cache

__all__ = ["network_off_prefix"]

# A new network name space holds a loopback that is down; a Jupyter kernel speaks to its client through it.
LOOPBACK_UP = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


@cache
def network_off_prefix() -> tuple[str, ...]:
    """Return the words to put before a command so that it runs with the loopback as its only network.

    Returns:
        the words; none where the machine does not permit it, as outside Linux
    """
    if not all(map(shutil.which, ["unshare", "ip", "sh"])):
        return ()
    for unshare in (["unshare", "-n"], ["unshare", "-rn"]):
        prefix = [*unshare, *LOOPBACK_UP]
        if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            return tuple(prefix)
    return ()
