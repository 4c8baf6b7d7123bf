"""Every lesson runs within its budget of time and memory."""

import pytest

pytestmark = pytest.mark.slow


def test_the_lesson_stays_within_its_budget(lesson, run_of):
    problems = run_of(lesson).budget_problems(lesson.budget_s, lesson.budget_mb)
    assert not problems, "\n" + "\n".join(problems)


def test_a_lesson_within_its_budget_passes(true_run):
    assert true_run.budget_problems(60, 1024) == []


def test_a_lesson_that_takes_too_long_is_found(true_run):
    (problem,) = true_run.budget_problems(2, 1024)
    assert "small.ipynb: ran for" in problem


def test_a_lesson_that_takes_too_much_memory_is_found(true_run):
    (problem,) = true_run.budget_problems(60, 400)
    assert "small.ipynb: took" in problem
