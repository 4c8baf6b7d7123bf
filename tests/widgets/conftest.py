"""What the tests of the widgets share."""

import pytest


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """An empty work folder, so that no test touches a learner's record."""
    folder = tmp_path / "work"
    monkeypatch.setenv("COURSE_WORK", str(folder))
    return folder
