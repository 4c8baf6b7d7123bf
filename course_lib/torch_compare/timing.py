"""Compare two functions' times fairly on a machine that is doing other things too."""

import time
from collections.abc import Callable

__all__ = ["time_ratio"]


def time_ratio(ours: Callable[[], object], theirs: Callable[[], object], n_rounds: int = 30) -> float:
    r"""Return how long ``ours`` takes for each second that ``theirs`` takes.

    The two run in turns, so that whatever else the machine does hits both. The fastest run of each counts:
    $\min_r t_\text{ours} / \min_r t_\text{theirs}$. What disturbs a run can only lengthen it.

    Args:
        ours: a function to call
        theirs: the function to compare it with
        n_rounds: how often to call each
    Returns:
        the ratio; below 1 when ours is faster
    """
    fastest_s = {ours: float("inf"), theirs: float("inf")}
    for _ in range(n_rounds):
        for function in (ours, theirs):
            start_s = time.perf_counter()
            function()
            fastest_s[function] = min(fastest_s[function], time.perf_counter() - start_s)
    return fastest_s[ours] / fastest_s[theirs]
