"""What was judged already, so that an interrupted run goes on where it stopped."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

__all__ = ["Journal", "state_of"]


class Journal:
    """One line for each mutant that was judged.

    Args:
        path: of the file; made when the first line is written
        state: of the project; what was judged in another state is forgotten
    """

    def __init__(self, path: Path, state: str):
        self.path = path
        self._known: dict[str, tuple[str, str]] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines[:1] == [state]:
            for line in lines[1:]:
                if line.endswith("]"):  # the last one is cut short where the run was
                    name, result, by = json.loads(line)
                    self._known[name] = (result, by)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{state}\n", encoding="utf-8")

    def verdict(self, name: tuple) -> tuple[str, str] | None:
        """Return the result and the test that noticed it, if this mutant was judged."""
        return self._known.get(json.dumps(name))

    def add(self, name: tuple, result: str, by: str) -> None:
        """Note a verdict; it is on the disk when this returns."""
        self._known[json.dumps(name)] = (result, by)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([json.dumps(name), result, by]) + "\n")


def state_of(files: Iterable[Path]) -> str:
    """Return a fingerprint of what the verdicts depend on.

    Args:
        files: the library, its tests and this tool
    Returns:
        another text when anything in them has changed
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
