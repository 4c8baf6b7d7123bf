"""The `course` command: reads the arguments and calls one subcommand."""

import argparse
import sys

from course_lib.commands import doctor, lab, new_lesson, test
from course_lib.commands.problem import CourseProblem

COMMANDS = {"lab": lab, "test": test, "doctor": doctor, "new-lesson": new_lesson}
EPILOG = """\
Each command explains itself: `python course.py lab --help`.
`python course.py` also takes --no-torch (leave PyTorch out) and --torch (install it again).
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        arguments: the words after `course`; those of this process when None
    Returns:
        the exit code: 0 done, 1 a problem told in one sentence, 2 wrong arguments, 130 stopped by Ctrl-C
    """
    parser = _parser()
    chosen, others = parser.parse_known_args(arguments)
    if chosen.command is None:
        parser.print_help()
        return 0
    if others and chosen.command != "test":
        parser.error(f"`{chosen.command}` does not know {' '.join(others)}: see `{chosen.command} --help`")
    chosen.others = others
    try:
        return COMMANDS[chosen.command].run(chosen)
    except CourseProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course",
        description="Lessons from one sigmoid neuron to a mini-Transformer.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        summary = command.__doc__.splitlines()[0]
        subparser = subparsers.add_parser(
            name,
            help=summary,
            description=command.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add_arguments(subparser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
