"""A lesson shows the library's own text, and nothing else."""

import inspect
import json

import pytest

from course_lib import checks
from course_lib.checks import expect_shape
from course_lib.widgets import Slider, show_source


@pytest.mark.parametrize("obj", [expect_shape, Slider, checks])
def test_the_whole_source_is_shown_with_a_link_to_its_file(obj):
    shown = show_source(obj).data
    file = "course_lib/widgets/explore.py" if obj is Slider else "course_lib/checks.py"
    assert f"[{file}](../{file})" in shown.splitlines()[0]
    assert inspect.getsource(obj).rstrip() in shown
    assert shown.endswith("\n```")


def test_a_fence_within_the_source_does_not_end_it(monkeypatch):
    monkeypatch.setattr(inspect, "getsource", lambda obj: '"""\n```\n"""\n')
    assert show_source(expect_shape).data.endswith('````python\n"""\n```\n"""\n````')


@pytest.mark.parametrize("obj", [len, 3.0, Slider(0, 1, 0, 1, "w")])
def test_what_has_no_source_is_refused(obj):
    with pytest.raises(TypeError, match="has no Python source to show"):
        show_source(obj)


@pytest.mark.parametrize("obj", [json.dumps, test_a_fence_within_the_source_does_not_end_it])
def test_what_is_not_part_of_the_course_is_refused(obj):
    with pytest.raises(TypeError, match="is not part of course_lib"):
        show_source(obj)
