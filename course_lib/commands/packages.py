"""What is installed, compared with the versions that were tested."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from course_lib.commands.problem import CourseProblem

COURSE = "neural-network-course"


@dataclass(frozen=True)
class PackageReport:
    """One package of constraints.txt.

    Attributes:
        name: the package
        installed: its version here, None where it is not installed
        tested: the version in constraints.txt
        is_direct: the course itself names it in pyproject.toml
        problem: what is wrong in a word or two, empty where nothing is
        stops_lessons: it is missing, or so old or new that something which needs it refuses it
    """

    name: str
    installed: str | None
    tested: str
    is_direct: bool
    problem: str
    stops_lessons: bool


def compare_packages(constraints: Path) -> list[PackageReport]:
    """Compare what is installed with constraints.txt.

    Args:
        constraints: the file of tested versions
    Returns:
        one report for each package that this computer should have, in the file's order
    Raises:
        CourseProblem: the file is missing, or the course is not installed
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    if not constraints.is_file():
        raise CourseProblem(f"{constraints} is missing: fetch the whole course again.")
    direct, needed = _needed()
    reports = []
    for line in constraints.read_text(encoding="utf-8").splitlines():
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate()
        if not applies or name not in needed:
            continue
        tested = next(iter(requirement.specifier)).version
        reports.append(_report(name, tested, name in direct, needed.get(name, [])))
    return reports


def _report(name: str, tested: str, is_direct: bool, specifiers: list) -> PackageReport:
    installed = _version(name)
    if installed is None:
        return PackageReport(name, None, tested, is_direct, "missing", stops_lessons=True)
    if installed.partition("+")[0] == tested:  # torch's version ends in +cpu or +cu128
        return PackageReport(name, installed, tested, is_direct, "", stops_lessons=False)
    is_refused = not all(specifier.contains(installed, prereleases=True) for specifier in specifiers)
    return PackageReport(name, installed, tested, is_direct, "other version", stops_lessons=is_refused)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _needed() -> tuple[set[str], dict[str, list]]:
    """Follow the course's requirements: return its own, and what is asked of each package's version."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    extras = ["test", "torch"] if _version("torch") else ["test"]
    direct, needed = set(), {}
    waiting, seen = [(COURSE, extra) for extra in ["", *extras]], set()
    while waiting:
        package = waiting.pop()
        if package in seen or _version(package[0]) is None:
            continue
        seen.add(package)
        for text in metadata.requires(package[0]) or []:
            requirement = Requirement(text)
            if requirement.marker and not requirement.marker.evaluate({"extra": package[1]}):
                continue
            name = canonicalize_name(requirement.name)
            needed.setdefault(name, []).append(requirement.specifier)
            direct |= {name} if package[0] == COURSE else set()
            waiting += [(name, extra) for extra in ["", *requirement.extras]]
    if not direct:
        raise CourseProblem("The course is not installed here: run `python course.py doctor`.")
    return direct, needed
