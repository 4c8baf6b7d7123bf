"""No lesson uses a name, a method or an argument before it is taught."""

from dataclasses import replace

import pytest
from small_notebooks import ENTRY, store

from tools.teaching_order import teaching_order_problems

EARLIER = replace(ENTRY, slug="00_start_here", needs=(), assumes=("print",))
LATER = replace(ENTRY, assumes=("range",))


def test_the_lesson_uses_nothing_before_it_is_taught(lesson, lessons, notebooks):
    problems = teaching_order_problems(lesson, lessons, notebooks)
    assert not problems, "\n" + "\n".join(problems)


def problems_of(tmp_path, *later: str) -> list[str]:
    """Return the problems of a lesson whose one need teaches `np.mean(axis=0)`."""
    store(tmp_path / EARLIER.file_name, "# Means\n\nThe mean of each column is `np.mean(X, axis=0)`.")
    store(tmp_path / LATER.file_name, *later)
    return teaching_order_problems(LATER, [EARLIER, LATER], tmp_path)


@pytest.mark.parametrize(
    "cells",
    [
        ["import numpy as np", "np.mean([1], axis=0)"],
        ["import numpy as np", "**Exp.** `np.exp` grows.", "np.exp(1)"],
        ["import numpy as np", "**Code.**\n```python\nnp.exp(1)\n```", "np.exp(1)"],
        ["for i in range(3):\n    print(i)"],
        ["def twice(x, times=2):\n    return x * times", "twice(1, times=3)"],
        ["class Point:\n    def __init__(self):\n        self.size = 1", "Point().size"],
        ["[a for a in range(2)]"],
    ],
)
def test_what_is_taught_defined_or_assumed_may_be_used(tmp_path, cells):
    assert problems_of(tmp_path, *cells) == []


@pytest.mark.parametrize(
    ("cells", "cell", "said"),
    [
        (["import numpy as np", "np.exp(1)"], 2, "the attribute `exp`"),
        (["import numpy as np", "np.mean([1], keepdims=True)"], 2, "the argument `keepdims`"),
        (["import scipy", "scipy"], 2, "the name `scipy`"),
        (["len([1])"], 1, "the name `len`"),
        (["import numpy as np", "np.exp(1)", "**Too late.** `np.exp`"], 2, "the attribute `exp`"),
        (["import numpy as np", "**Not code.** exp", "np.exp(1)"], 3, "the attribute `exp`"),
        (["print(total)", "total = 1"], 1, "the name `total`"),
    ],
)
def test_what_is_used_too_early_is_named_with_its_cell(tmp_path, cells, cell, said):
    (problem,) = problems_of(tmp_path, *cells)
    assert f"10_one_neuron.ipynb, cell {cell}: {said} is used before it is taught" in problem


def test_a_lesson_that_is_not_needed_teaches_nothing(tmp_path):
    store(tmp_path / EARLIER.file_name, "# Means\n\n`mean`")
    store(tmp_path / LATER.file_name, "mean")
    alone = replace(LATER, needs=())
    assert len(teaching_order_problems(alone, [EARLIER, alone], tmp_path)) == 1
    assert teaching_order_problems(LATER, [EARLIER, LATER], tmp_path) == []


def test_each_name_is_reported_once(tmp_path):
    assert len(problems_of(tmp_path, "len([1]), len([2])", "len([3])")) == 1
