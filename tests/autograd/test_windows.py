import numpy as np
import pytest

from course_lib.autograd.windows import Windows


def test_nothing_said_a_window_moves_by_one_without_padding_and_gaps():
    windows = Windows((5, 4), 3, where="f")
    assert (windows.counts, windows.kernel, windows.padding) == ((3, 2), (3, 3), (0, 0))


@pytest.mark.parametrize("kernel", [2, np.int64(2), [2, 2], np.array([2, 2])])
def test_a_setting_is_one_whole_number_or_one_for_each_axis(kernel):
    assert Windows((3, 3), kernel, where="f").kernel == (2, 2)


@pytest.mark.parametrize("kernel", [2.5, 2.0, "2", (2, 2.5), (2, 2, 2), np.array([2.0, 2.0])])
def test_what_is_no_whole_number_is_refused(kernel):
    with pytest.raises(ValueError, match="f: kernel must be a whole number of at least 1, or 2 of them"):
        Windows((3, 3), kernel, where="f")
