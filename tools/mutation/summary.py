"""The score of each file, as a table and as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Score", "as_json", "as_table", "published", "total"]

START, END = "<!-- score: written by tools/mutants.py --publish -->", "<!-- end of score -->"


@dataclass(frozen=True)
class Score:
    """What became of the mutants of a file.

    Attributes:
        file: path from the root
        n_mutants: all that were made
        n_killed: a test failed
        n_endless: had to be stopped, which counts as noticed
        n_equivalent: compute the same, by the proof in the list
        n_survived: nobody noticed
    """

    file: str
    n_mutants: int
    n_killed: int
    n_endless: int
    n_equivalent: int
    n_survived: int

    @property
    def percent(self) -> float:
        """Share of the mutants that were noticed, of those that can be."""
        n_noticed = self.n_killed + self.n_endless
        return 100 * n_noticed / (n_noticed + self.n_survived) if n_noticed + self.n_survived else 100.0


def total(scores: Iterable[Score]) -> Score:
    """Add up the scores of several files."""
    rows = [(s.n_mutants, s.n_killed, s.n_endless, s.n_equivalent, s.n_survived) for s in scores]
    return Score("all", *(sum(column) for column in zip(*rows, strict=True)))


def as_table(scores: list[Score]) -> str:
    """Write the scores as a Markdown table, the sum in the last row."""
    columns = ["file", "mutants", "killed", "endless", "equivalent", "survived", "score"]
    lines = [f"| {' | '.join(columns)} |", "|---|" + "--:|" * (len(columns) - 1)]
    for s in [*scores, total(scores)]:
        numbers = f"{s.n_mutants} | {s.n_killed} | {s.n_endless} | {s.n_equivalent} | {s.n_survived}"
        lines.append(f"| {s.file.removeprefix('course_lib/')} | {numbers} | {_percent(s)} |")
    return "\n".join(lines)


def as_json(scores: list[Score], survivors: list[str]) -> dict:
    """Put the scores, their sum and the survivors into what json can write."""
    rows = {s.file: vars(s) | {"percent": s.percent} for s in [*scores, total(scores)]}
    return {"files": rows, "survivors": survivors}


def published(page: str, scores: list[Score]) -> str:
    """Put the table into a page, between its two marks.

    Args:
        page: Markdown text
        scores: of all files
    Returns:
        the page with the new table
    Raises:
        ValueError: the page lacks a mark
    """
    if START not in page or END not in page:
        raise ValueError(f"The page needs the marks {START!r} and {END!r}.")
    before, rest = page.split(START)
    after = rest.split(END)[1]
    return f"{before}{START}\n\n{as_table(scores)}\n\n{END}{after}"


def _percent(score: Score) -> str:
    """Round down, so that 100 % means all."""
    return f"{int(score.percent * 10) / 10:.1f} %"
