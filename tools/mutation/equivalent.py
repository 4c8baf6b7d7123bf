"""The mutants that no test can notice, because they compute the same: each with its proof."""

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tools.mutation.mutant import Mutant

__all__ = ["LIST", "Equivalent", "read_equivalents"]

LIST = Path(__file__).with_name("equivalent.toml")
KEYS = {"file", "function", "was", "becomes", "proof"}


@dataclass(frozen=True)
class Equivalent:
    """One change that changes nothing.

    Attributes:
        file: path from the root of the project
        function: where the change is, as a Mutant names it
        was, becomes: the statement before and after
        proof: why nothing changes
        nth: which of equal changes of equal statements
    """

    file: str
    function: str
    was: str
    becomes: str
    proof: str
    nth: int = 1

    def is_about(self, mutant: Mutant) -> bool:
        """Say whether a mutant is this change; how a statement is laid out does not matter."""
        return (self.file, self.function, self.nth) == (mutant.file, mutant.function, mutant.nth) and all(
            plain(mine) == plain(other)
            for mine, other in [(self.was, mutant.was), (self.becomes, mutant.becomes)]
        )

    def __str__(self) -> str:
        return f"{self.file} {self.function}\n    - {self.was}\n    + {self.becomes}"


def read_equivalents(text: str) -> list[Equivalent]:
    """Read the list: one ``[[same]]`` for each proof, with one change or several in ``becomes``.

    Args:
        text: of the TOML file
    Returns:
        one entry for each change
    Raises:
        ValueError: a key is missing or unknown, or a proof is empty
    """
    found = []
    for entry in tomllib.loads(text).get("same", []):
        if entry.keys() - {"nth"} != KEYS or not entry["proof"].strip():
            raise ValueError(f"equivalent.toml: an entry needs {sorted(KEYS)}. It has {sorted(entry)}.")
        changes = entry["becomes"] if isinstance(entry["becomes"], list) else [entry["becomes"]]
        found += [Equivalent(**entry | {"becomes": change}) for change in changes]
    return found


def plain(statement: str) -> str:
    """Return the syntax tree of a statement, or of the head of one, as text."""
    return ast.dump(ast.parse(statement + " pass" if statement.endswith(":") else statement))
