"""compare what is installed with what was tested

Looks at Python, the packages, PyTorch and its device, disk, memory, the work folder and the kernel, and says
what to do about each problem. The exit code is 1 when a problem would stop a lesson.
"""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from course_lib.commands.packages import PackageReport, compare_packages
from course_lib.commands.paths import course_root, work_folder
from course_lib.commands.problem import CourseProblem

MEND = "delete the folder .venv and run `python course.py lab` again"
FREE_DISK_GB = 0.5  # room for the copies, the saved work and Jupyter's own files
FREE_MEMORY_GB = 1.0  # what one lesson may use
KERNEL_LIMIT_S = 60


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what
        found: what is there
        advice: what to do about it, empty where nothing is wrong
        stops_lessons: a lesson cannot run like this
    """

    name: str
    found: str
    advice: str = ""
    stops_lessons: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course doctor`.

    Args:
        parser: gets the descriptions
    """
    parser.add_argument(
        "--all", action="store_true", help="list every package, not only those the course names"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table of packages and the findings, each problem with what to do.

    Args:
        arguments: as described by add_arguments
    Returns:
        1 when a problem would stop a lesson, else 0
    """
    root = course_root()
    reports = compare_packages(root / "constraints.txt")
    _print_packages(reports, is_all_wanted=arguments.all)
    findings = [_python(), _torch(), _disk(root), _memory(), _work(), _kernel()]
    findings += [finding for report in reports if (finding := _package(report))]
    print()
    for finding in findings[:6]:
        print(f"{finding.name:<22}{finding.found}")
    problems = [finding for finding in findings if finding.advice]
    print()
    for finding in problems:
        gravity = "Stops lessons" if finding.stops_lessons else "Worth knowing"
        print(f"{gravity}: {finding.name}, {finding.found}. What to do: {finding.advice}.")
    if not problems:
        print("Everything is as tested.")
    return int(any(finding.stops_lessons for finding in problems))


def _print_packages(reports: list[PackageReport], *, is_all_wanted: bool) -> None:
    print(f"{'package':<22}{'installed':<18}tested")
    for report in reports:
        if is_all_wanted or report.is_direct or report.problem:
            mark = f"  <- {report.problem}" if report.problem else ""
            print(f"{report.name:<22}{report.installed or '-':<18}{report.tested}{mark}")


def _package(report: PackageReport) -> Finding | None:
    if not report.problem:
        return None
    found = f"{report.installed or 'not installed'} where {report.tested} was tested"
    return Finding(report.name, found, MEND, stops_lessons=report.stops_lessons)


def _python() -> Finding:
    version = platform.python_version()
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", version)
    return Finding(
        "Python", version, "install Python 3.11, 3.12 or 3.13 and start with it", stops_lessons=True
    )


def _torch() -> Finding:
    from course_lib.torch_compare import device_name, is_torch_installed

    if not is_torch_installed():
        return Finding("PyTorch", "left out: the PyTorch section of each lesson skips itself")
    try:
        device = device_name()
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("PyTorch", f"cannot be imported ({error})", "run `python course.py --no-torch doctor`")
    device += ": no GPU that it can use" if device == "the CPU" else ""
    return Finding("PyTorch", f"{metadata.version('torch')} on {device}")


def _disk(root: Path) -> Finding:
    free_gb = shutil.disk_usage(root).free / 1e9
    is_short = free_gb < FREE_DISK_GB
    advice = f"free {FREE_DISK_GB} GB" if is_short else ""
    return Finding("Free disk", f"{free_gb:.1f} GB", advice, stops_lessons=is_short)


def _memory() -> Finding:
    import psutil

    free_gb = psutil.virtual_memory().available / 1e9
    advice = "" if free_gb >= FREE_MEMORY_GB else "end other programs: a lesson may use 1 GB"
    return Finding("Free memory", f"{free_gb:.1f} GB", advice)


def _work() -> Finding:
    try:
        folder = work_folder()
        with tempfile.TemporaryFile(dir=folder):
            return Finding("Work folder", f"{folder} may be written")
    except (CourseProblem, OSError) as error:
        advice = "give yourself the right to write there, or set COURSE_WORK to a folder of your own"
        return Finding("Work folder", str(error).rstrip("."), advice, stops_lessons=True)


def _kernel() -> Finding:
    from jupyter_client.manager import start_new_kernel

    try:
        manager, client = start_new_kernel(
            startup_timeout=KERNEL_LIMIT_S, kernel_name="python3", stderr=subprocess.DEVNULL
        )
    except Exception as error:  # whatever keeps a kernel from starting keeps lessons from running
        return Finding("Kernel", f"does not start ({error})", MEND, stops_lessons=True)
    try:
        reply = client.execute_interactive(
            "import course_lib", timeout=KERNEL_LIMIT_S, output_hook=lambda message: None
        )
    except TimeoutError:
        return Finding("Kernel", f"did not answer in {KERNEL_LIMIT_S} s", MEND, stops_lessons=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if reply["content"]["status"] != "ok":
        return Finding(
            "Kernel", f"cannot import course_lib ({reply['content']['ename']})", MEND, stops_lessons=True
        )
    return Finding("Kernel", "starts and imports course_lib")
