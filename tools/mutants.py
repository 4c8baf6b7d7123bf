"""Plant faults in the library, one at a time, and see whether its tests notice each of them.

python tools/mutants.py                                        all files
python tools/mutants.py --only course_lib/optim --workers 2    some files, two mutants at a time
python tools/mutants.py --publish                              all files, and the score goes into MUTATION.md

Ends with 1 when a mutant survived that tools/mutation/equivalent.toml does not list with a proof, or when
that list holds what is not there. Needs Linux or macOS: each mutant is judged in a forked process.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

# Started as a script, Python looks for modules in this folder, not in the one above.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.mutation.equivalent import LIST, Equivalent, read_equivalents
from tools.mutation.journal import Journal, state_of
from tools.mutation.judge import CannotJudge, Court, Verdict, with_court
from tools.mutation.mutant import Mutant, mutants_of
from tools.mutation.summary import Score, as_json, as_table, published
from tools.mutation.targets import ROOT, Target, targets

JOURNAL = ROOT / "build" / "mutants.jsonl"
PAGE = ROOT / "MUTATION.md"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for.

    Args:
        arguments: words of the command line; those of this process where left out
    Returns:
        0 when every mutant was noticed or is listed, 1 otherwise
    """
    options = _parser().parse_args(arguments)
    if not hasattr(os, "fork"):
        print("Mutants are judged in forked processes, which this system lacks. Use Linux or macOS.")
        return 1
    chosen = targets(options.only)
    run = MutationRun(read_equivalents(LIST.read_text(encoding="utf-8")), _journal(options))
    tests = sorted({test for target in chosen for test in target.tests})
    with_court(tests, ROOT, options.workers, lambda court: [run.judge(court, target) for target in chosen])
    print("\n" + as_table(run.scores))
    for problem in run.problems:
        print(f"\n{problem}")
    if options.json:
        results = as_json(run.scores, run.problems)
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.publish and not options.only:
        PAGE.write_text(published(PAGE.read_text(encoding="utf-8"), run.scores), encoding="utf-8")
    return 1 if run.problems else 0


class MutationRun:
    """Judges one file after the other and keeps the scores.

    Args:
        equivalents: the changes that are listed with a proof
        journal: of what was judged before
    """

    def __init__(self, equivalents: list[Equivalent], journal: Journal):
        self.equivalents = equivalents
        self.journal = journal
        self.scores: list[Score] = []
        self.problems: list[str] = []

    def judge(self, court: Court, target: Target) -> None:
        """Judge all mutants of a file that the journal does not know yet.

        Args:
            court: the collected tests
            target: the file
        """
        mutants = list(mutants_of(target.file, target.source))
        known = {mutant: self.journal.verdict(mutant.name) for mutant in mutants}
        verdicts = [Verdict(mutant, *found) for mutant, found in known.items() if found]
        waiting = [mutant for mutant, found in known.items() if not found]
        started_s = time.monotonic()
        try:
            for verdict in court.judge(target, waiting) if waiting else []:
                self.journal.add(verdict.mutant.name, verdict.result, verdict.by)
                verdicts.append(verdict)
                _progress(target.file, len(verdicts), len(mutants), started_s)
        except CannotJudge as reason:
            self.problems.append(f"{reason} So its {len(mutants)} mutants could not be judged.")
        self._count(target, mutants, verdicts)

    def _count(self, target: Target, mutants: list[Mutant], verdicts: list[Verdict]) -> None:
        listed = [entry for entry in self.equivalents if entry.file == target.file]
        n = {"killed": 0, "endless": 0, "equivalent": 0, "survived": len(mutants) - len(verdicts)}
        for verdict in sorted(verdicts, key=lambda verdict: verdict.mutant.line):
            mine = [entry for entry in listed if entry.is_about(verdict.mutant)]
            listed = [entry for entry in listed if entry not in mine]
            is_equal = bool(mine) and verdict.result == "survived"
            n["equivalent" if is_equal else verdict.result] += 1
            if mine and not is_equal:
                self.problems.append(f"Listed as equivalent, but noticed by {verdict.by}:\n{verdict.mutant}")
            elif verdict.result == "survived" and not mine:
                self.problems.append(f"Survived: {verdict.mutant}")
        if len(verdicts) == len(mutants):
            self.problems += [f"Listed as equivalent, but there is no such mutant: {e}" for e in listed]
        self.scores.append(Score(target.file, len(mutants), *n.values()))


def _progress(file: str, n_judged: int, n_mutants: int, started_s: float) -> None:
    line = f"{file}: {n_judged} of {n_mutants} mutants, {time.monotonic() - started_s:.0f} s"
    is_last = n_judged == n_mutants
    if sys.stderr.isatty():
        print(f"\r{line}", end="\n" if is_last else "", file=sys.stderr, flush=True)
    elif is_last:
        print(line, file=sys.stderr, flush=True)


def _journal(options: argparse.Namespace) -> Journal:
    if options.fresh:
        options.journal.unlink(missing_ok=True)
    folders = ("course_lib", "tests", "tools/mutation")
    return Journal(
        options.journal, state_of(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="See whether the tests notice faults in the library.")
    parser.add_argument("--only", nargs="+", metavar="PATH", help="files or folders, from the root")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="mutants judged at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores there as well")
    parser.add_argument("--fresh", action="store_true", help="forget what an interrupted run has judged")
    parser.add_argument(
        "--journal", type=Path, default=JOURNAL, metavar="FILE", help="notes of what was judged"
    )
    parser.add_argument("--publish", action="store_true", help="write the table into MUTATION.md")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
