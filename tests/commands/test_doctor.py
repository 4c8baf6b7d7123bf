"""`course doctor`: what differs from the tested versions, and what to do about it."""

from pathlib import Path

import pytest

from course_lib.commands import doctor
from course_lib.commands.packages import COURSE, compare_packages
from course_lib.commands.problem import CourseProblem

ROOT = Path(__file__).parents[2]


def plant(folder: Path, name: str, version: str, *requirements: str) -> None:
    """Write what makes a package look installed in a folder."""
    information = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    information.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
    (information / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def constraints(tmp_path, monkeypatch):
    """A course that needs five packages, each in another state; what is installed beside it stays visible."""
    for name, version in [
        ("good-one", "1.0"),
        ("local-one", "2.0+cpu"),
        ("newer-one", "1.1"),
        ("refused-one", "9.0"),
    ]:
        plant(tmp_path, name, version)
    wanted = [
        "good-one",
        "local-one",
        "newer-one>=1",
        "refused-one<9",
        "lost-one",
        'elsewhere; os_name == "moon"',
    ]
    plant(tmp_path, COURSE, "0.1", *wanted)
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "constraints.txt"
    path.write_text(
        "elsewhere==1.0\ngood-one==1.0\nlocal-one==2.0\nlost-one==1.0\nnewer-one==1.0\n"
        'not-here==1.0 ; os_name == "moon"\nnot-needed==1.0\nrefused-one==8.0\n',
        encoding="utf-8",
    )
    return path


def test_each_package_is_compared_with_its_tested_version(constraints):
    seen = {report.name: (report.problem, report.stops_lessons) for report in compare_packages(constraints)}
    assert seen == {
        "good-one": ("", False),
        "local-one": ("", False),
        "lost-one": ("missing", True),
        "newer-one": ("other version", False),
        "refused-one": ("other version", True),
    }


def test_missing_constraints_are_told(tmp_path):
    with pytest.raises(CourseProblem, match=r"constraints\.txt is missing"):
        compare_packages(tmp_path / "constraints.txt")


def test_a_planted_wrong_version_is_named_with_what_to_do(course, tmp_path):
    plant(tmp_path / "planted", "numpy", "1.0")
    done = course("doctor", PYTHONPATH=str(tmp_path / "planted"))
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Stops lessons: numpy")]
    assert "1.0 where" in line
    assert "What to do: delete the folder .venv" in line


@pytest.mark.slow
def test_a_work_folder_that_cannot_be_written_stops_lessons(course, tmp_path):
    in_the_way = tmp_path / "a_file"
    in_the_way.touch()
    done = course("doctor", COURSE_WORK=str(in_the_way / "work"))
    assert done.returncode == 1
    assert "Stops lessons: Work folder" in done.stdout


@pytest.mark.slow
def test_a_healthy_course_is_reported_with_all_that_was_looked_at(course):
    done = course("doctor")
    assert "Stops lessons" not in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("numpy", "Python", "PyTorch", "Free disk", "Free memory", "Work folder", "Kernel"):
        assert f"\n{name} " in done.stdout


def test_too_little_disk_stops_lessons_and_says_what_to_free(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1e8})())
    finding = doctor._disk(ROOT)
    assert finding.stops_lessons
    assert finding.advice == "free 0.5 GB"


def test_too_little_memory_is_told(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": 5e8})())
    assert "end other programs" in doctor._memory().advice


def test_a_course_without_pytorch_is_healthy(monkeypatch):
    monkeypatch.setattr("course_lib.torch_compare.device.is_torch_installed", lambda: False)
    assert doctor._torch().advice == ""


def test_a_kernel_that_does_not_start_stops_lessons(monkeypatch):
    def refuse(**options):
        raise RuntimeError("no kernel today")

    monkeypatch.setattr("jupyter_client.manager.start_new_kernel", refuse)
    finding = doctor._kernel()
    assert finding.stops_lessons
    assert "no kernel today" in finding.found
