"""Run, check and compare the lessons.

python tools/notebooks.py run 10_one_neuron     run a lesson and store what it shows
python tools/notebooks.py check                 is every lesson stored in its normal form?
python tools/notebooks.py compare --all         does a fresh run show what is stored?
"""

import argparse
import sys
from pathlib import Path

# Started as a script, Python looks for modules in this folder, not in the one above.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.execute import LIMIT_S, ExecutionError, execute
from tools.normal_form import normal_form, problems, text_of
from tools.pages import ROOT, place, read
from tools.validate import validate

NOTEBOOKS = ROOT / "notebooks"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for.

    Args:
        arguments: words of the command line; those of this process where left out
    Returns:
        0 when all is well, 1 when there is something to mend
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if not (options.lesson or options.all):
        parser.error("name one lesson or more, or say --all")
    try:
        paths = [_path_of(lesson) for lesson in options.lesson] or sorted(NOTEBOOKS.glob("*.ipynb"))
        found = options.command(paths, options)
    except (ExecutionError, ValueError) as error:
        found = [str(error)]
    for problem in found:
        print(f"\n{problem}", file=sys.stderr)
    return 1 if found else 0


def run(paths: list[Path], options: argparse.Namespace) -> list[str]:
    """Run lessons and store what they show; the first that fails is left untouched and ends it."""
    for path in paths:
        done = execute(path, limit_s=options.limit_s, is_shown=True)
        path.write_text(text_of(normal_form(done.notebook)), encoding="utf-8", newline="\n")
        print(f"{place(path)}: stored; {done.seconds:.1f} s, {done.peak_mb:.0f} MB")
    return []


def check(paths: list[Path], options: argparse.Namespace) -> list[str]:
    """Say which lessons are not stored in normal form, or with ``--fix`` store them in it."""
    found = {path: problems(path) for path in paths}
    if options.fix:
        for path in [path for path in paths if found[path]]:
            path.write_text(text_of(normal_form(read(path))), encoding="utf-8", newline="\n")
            print(f"{place(path)}: mended")
        return []
    print(f"{len(paths)} notebooks checked, {sum(map(bool, found.values()))} not in normal form")
    return [problem for path in paths for problem in found[path]]


def compare(paths: list[Path], options: argparse.Namespace) -> list[str]:
    """Run lessons afresh and say where text or figures differ from what is stored."""
    found = []
    for path in paths:
        print(f"{place(path)}: running", flush=True)
        done = validate(path, limit_s=options.limit_s)
        differences = done.text_problems + done.figure_problems()
        verdict = f"differs in {len(differences)} places" if differences else "as stored"
        print(f"{place(path)}: {verdict}; {done.seconds:.1f} s, {done.peak_mb:.0f} MB")
        found += differences
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="run | check | compare")
    for command in (run, check, compare):
        words = commands.add_parser(command.__name__, help=command.__doc__, description=command.__doc__)
        words.set_defaults(command=command)
        words.add_argument(
            "lesson", nargs="*", help="slug as in lessons.toml, 10_one_neuron, or the path of a notebook"
        )
        words.add_argument("--all", action="store_true", help="every lesson")
        if command is check:
            words.set_defaults(all=True)  # it takes no time
            words.add_argument("--fix", action="store_true", help="store the normal form, without running")
        else:
            words.add_argument(
                "--limit-s",
                type=float,
                default=LIMIT_S,
                help="seconds after which a lesson is stopped from outside (default: %(default)s)",
            )
    return parser


def _path_of(lesson: str) -> Path:
    for path in (NOTEBOOKS / f"{lesson}.ipynb", Path(lesson)):
        if path.suffix == ".ipynb" and path.is_file():
            return path.resolve()
    known = ", ".join(sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))) or "none"
    raise ValueError(f"There is no lesson {lesson!r}. The lessons are: {known}.")


if __name__ == "__main__":
    sys.exit(main())
