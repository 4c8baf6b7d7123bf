"""Every lesson of the list meets every gate; one run of it serves several."""

import pytest
from small_notebooks import store_run

from course_lib.commands.catalogue import read_catalogue
from tools.execute import ExecutionError
from tools.network_off import network_off_prefix
from tools.pages import ROOT
from tools.validate import validate

LESSONS = read_catalogue(ROOT)


def pytest_generate_tests(metafunc):
    """Give each test that takes a ``lesson`` every lesson of lessons.toml."""
    if "lesson" in metafunc.fixturenames:
        metafunc.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)


@pytest.fixture(scope="session")
def lessons():
    """The whole list."""
    return LESSONS


@pytest.fixture(scope="session")
def notebooks():
    """The folder of the stored lessons."""
    return ROOT / "notebooks"


@pytest.fixture(scope="session")
def run_of(notebooks):
    """Run a lesson once for each processor, offline where the machine permits it, and keep the run."""
    kept = {}

    def run(lesson, core_type=""):
        key = lesson.slug, core_type
        if key not in kept:
            try:
                kept[key] = validate(
                    notebooks / lesson.file_name, core_type=core_type, is_offline=bool(network_off_prefix())
                )
            except ExecutionError as error:
                kept[key] = error
        if isinstance(kept[key], ExecutionError):
            pytest.fail(str(kept[key]), pytrace=False)
        return kept[key]

    return run


@pytest.fixture(scope="session")
def true_notebook(tmp_path_factory):
    """A small notebook that holds in every run; it sleeps for two seconds and holds 400 MB for a moment."""
    return store_run(
        tmp_path_factory.mktemp("true") / "small.ipynb",
        "# Sums",
        "total = sum([1, 2, 4])\ntotal",
        "assert total == 7",
        "import time\n\ntime.sleep(2)",
        "held = b'1' * (400 * 2**20)\ndel held",
    )


@pytest.fixture(scope="session")
def true_run(true_notebook):
    """One run of the small notebook."""
    return validate(true_notebook)
