"""The dependencies stand in pyproject.toml alone; environment.yml and constraints.txt agree with it."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT, ENVIRONMENT, CONSTRAINTS = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("pyproject.toml", "environment.yml", "constraints.txt")
)


def environment_problems(environment: str, pyproject: str) -> list[str]:
    """Return where environment.yml installs anything but the course with its tested versions."""
    project = tomllib.loads(pyproject)["project"]
    entries = yaml.safe_load(environment)["dependencies"]
    conda = [entry for entry in entries if isinstance(entry, str)]
    pip = [line for entry in entries if isinstance(entry, dict) for line in entry.get("pip", [])]
    problems = []
    if more := sorted({re.split("[=<>]", name)[0] for name in conda} - {"python", "pip"}):
        problems.append(f"environment.yml installs {more}. Dependencies belong into pyproject.toml.")
    extras = ",".join(project["optional-dependencies"])
    if sorted(pip) != ["-c constraints.txt", f"-e .[{extras}]"]:
        problems.append(f"environment.yml must have pip install -c constraints.txt and -e .[{extras}].")
    python = next((entry.partition("=")[2] for entry in conda if entry.startswith("python=")), "0")
    asked = project["requires-python"]
    if not SpecifierSet(asked).contains(python):
        problems.append(f"environment.yml takes Python {python}; pyproject asks {asked}.")
    return problems


def pin_problems(constraints: str, pyproject: str) -> list[str]:
    """Return which dependencies have no tested version, or one outside their range."""
    project = tomllib.loads(pyproject)["project"]
    wanted = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    lines = [line for line in constraints.splitlines() if line and not line.startswith("#")]
    problems = [
        f"constraints.txt: {line!r} must read name==version, without an address or a local build."
        for line in lines
        if not re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line) or "://" in line
    ]
    pins = dict(line.split(" ; ")[0].split("==") for line in lines if "==" in line and "://" not in line)
    versions = {canonicalize_name(name): version for name, version in pins.items()}
    for requirement in map(Requirement, wanted):
        version = versions.get(canonicalize_name(requirement.name))
        if version is None:
            problems.append(f"constraints.txt has no tested version of {requirement.name}. Add the pin.")
        elif not requirement.specifier.contains(version, prereleases=True):
            problems.append(
                f"constraints.txt pins {requirement.name}=={version}; pyproject asks {requirement}."
            )
    return problems


def test_environment_and_pyproject_agree():
    assert environment_problems(ENVIRONMENT, PYPROJECT) == []


def test_every_dependency_has_a_tested_version_in_its_range():
    assert pin_problems(CONSTRAINTS, PYPROJECT) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  - pip\n", "  - pip\n  - numpy\n", "installs ['numpy']"),
        ("-c constraints.txt", "numpy", "must have pip install"),
        ("-e .[torch,test]", "-e .", "must have pip install"),
        ("python=3.12", "python=3.9", "takes Python 3.9"),
        ("python=3.12", "python", "takes Python 0"),
    ],
)
def test_another_environment_is_found(old, new, said):
    assert old in ENVIRONMENT
    (problem,) = environment_problems(ENVIRONMENT.replace(old, new), PYPROJECT)
    assert said in problem


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r"^nbval==.*\n", "", "no tested version of nbval"),
        (r"^numpy==.*", "numpy==1.26.4", "pins numpy==1.26.4"),
        (r"^(torch==[\d.]+).*", r"\1+cpu", "must read name==version"),
        (r"\Z", "wheel @ https:" + "//example.org/wheel.whl\n", "must read name==version"),
        (r"\Z", "--index-url https:" + "//example.org\n", "must read name==version"),
    ],
)
def test_a_wrong_pin_is_found(pattern, new, said):
    constraints, count = re.subn(pattern, new, CONSTRAINTS, count=1, flags=re.MULTILINE)
    assert count == 1
    (problem,) = pin_problems(constraints, PYPROJECT)
    assert said in problem
