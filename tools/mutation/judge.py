"""Let the tests judge each mutant: collected once, then run in a forked process for each mutant."""

import contextlib
import importlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest

from tools.mutation.grafting import graft
from tools.mutation.mutant import Mutant
from tools.mutation.targets import Target

__all__ = ["CannotJudge", "Court", "Verdict", "with_court"]

# A mutant that needs more is stopped: this, and ten times what its tests take without a fault.
LEAST_CPU_S = 10
# Waiting costs no CPU time, and a busy computer is slow: so the clock on the wall gets more.
WALL_PER_CPU_S = 5
# Slow to import. PyTorch imports the last two late: at its first gradient, and at its first optimiser.
WARM = ("numpy", "hypothesis.extra.numpy", "torch", "torch.fx.experimental.symbolic_shapes", "torch._dynamo")
SPARE_BYTES = 2 * 2**30  # that a mutant may take beside what the parent holds


class CannotJudge(RuntimeError):
    """The tests of a file do not pass, or cannot be read, so they can judge nothing."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        mutant: that was judged
        result: "killed"; "endless" if it had to be stopped, which counts as killed; "survived"
        by: the test that noticed it
    """

    mutant: Mutant
    result: str
    by: str = ""


@dataclass
class Run:
    """One forked process."""

    mutant: Mutant | None
    process: object
    answers: Connection
    started_s: float = field(default_factory=time.monotonic)


class Listener:
    """Notes how long each test took, and the first that failed."""

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self.failed = ""

    def pytest_runtest_logreport(self, report) -> None:
        """Be told by pytest about each part of a test."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed and not self.failed:
            self.failed = report.nodeid


class Court:
    """All tests, collected, and the processes that run them on one mutant each.

    Args:
        items: the tests, as pytest collected them
        broken: the test files that could not be read
        n_workers: how many mutants are judged at a time
    """

    def __init__(self, items: list, broken: list[str], n_workers: int = 1):
        self.items = [item for item in items if item.get_closest_marker("slow") is None]
        self.broken = broken
        self.n_workers = n_workers

    def judge(self, target: Target, mutants: Iterable[Mutant]) -> Iterator[Verdict]:
        """Run the tests of a file on its mutants.

        Args:
            target: the file
            mutants: of this file
        Returns:
            a verdict for each mutant, as they come in
        Raises:
            CannotJudge: the tests of the file do not pass as it is
        """
        items = self._items_for(target)
        seconds = self._rehearse(target, items)
        cpu_s = LEAST_CPU_S + 10 * sum(seconds.values())
        waiting, running, killers = iter(mutants), [], {}
        while True:
            while len(running) < self.n_workers and (mutant := next(waiting, None)):
                ordered = _strong_first(items, mutant, seconds, killers)
                running.append(_start(target.module, mutant.write(), ordered, cpu_s, mutant))
            if not running:
                return
            for run in _ended(running, WALL_PER_CPU_S * cpu_s):
                running.remove(run)
                result, by, _ = _answer(run)
                if by:
                    killers.setdefault(run.mutant.function, {})[by] = time.monotonic()
                yield Verdict(run.mutant, result, by)

    def _items_for(self, target: Target) -> list:
        if broken := sorted(set(self.broken) & set(target.tests)):
            raise CannotJudge(f"{target.file}: {', '.join(broken)} cannot be imported.")
        items = [item for item in self.items if _is_about(item, target)]
        if not items:
            raise CannotJudge(f"{target.file} has no tests.")
        return items

    def _rehearse(self, target: Target, items: list) -> dict[str, float]:
        """Graft the file as it is and run all of its tests: they must pass, and they tell their times."""
        run = _start(target.module, target.source, items, cpu_s=600, mutant=None)
        wait([run.answers])
        result, by, seconds = _answer(run)
        if result != "survived":
            raise CannotJudge(f"{target.file}: without a fault, {by or 'a test'} fails.")
        return seconds


def _is_about(item: pytest.Function, target: Target) -> bool:
    path = item.path.relative_to(target.root).as_posix()
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return target.is_judged_by(path, item.originalname, parameters)


def with_court(tests: list[str], root: Path, n_workers: int, work: Callable[[Court], None]) -> None:
    """Collect tests and do some work with them.

    Args:
        tests: paths of test files, from the root
        root: folder of the project
        n_workers: how many mutants are judged at a time
        work: is given the court
    """
    broken, failures = [], []

    class Loop:
        def pytest_sessionstart(self) -> None:
            _warm_up()

        def pytest_collectreport(self, report) -> None:
            if report.failed:
                broken.append(report.nodeid)

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session) -> bool:
            try:
                work(Court(session.items, broken, n_workers))
            except BaseException as failure:  # pytest would print it and go on
                failures.append(failure)
            return True

    quiet = ["-qq", "-s", "-p", "no:cacheprovider", "--no-header", "--no-summary", "--timeout=0"]
    with contextlib.chdir(root):
        pytest.main([*quiet, "--rootdir", str(root), *tests], plugins=[Loop()])
    if failures:
        raise failures[0]


def _warm_up() -> None:
    """Import what is slow to import, once; let Hypothesis draw the same each time, and not simplify."""
    # The matrices of the tests are small: threads would cost more than they save.
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from hypothesis import Phase, settings

    settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
    )
    settings.load_profile("mutants")


def _strong_first(items: list, mutant: Mutant, seconds: dict, killers: dict) -> list:
    """Order the tests: first what caught the neighbours, then what names the function, the quick first."""
    name = mutant.function.split(".")[0].strip("_") or "?"
    caught = killers.get(mutant.function, {})
    return sorted(
        items,
        key=lambda item: (-caught.get(item.nodeid, 0.0), name not in item.nodeid, seconds[item.nodeid]),
    )


def _start(module: str, source: str, items: list, cpu_s: float, mutant: Mutant | None) -> Run:
    here, there = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_run_tests, args=(module, source, items, cpu_s, there))
    process.start()
    there.close()
    return Run(mutant, process, here)


def _run_tests(module: str, source: str, items: list, cpu_s: float, answers: Connection) -> None:
    """In the forked process: put the fault in, run tests until one fails, send what was found, and end."""
    os.setsid()  # so that it can be stopped together with what it starts
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    _limit(cpu_s)
    listener = Listener()
    items[0].config.pluginmanager.register(listener)
    try:
        graft(importlib.import_module(module), source)
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if listener.failed:
                break
    except BaseException as error:
        listener.failed = listener.failed or f"import: {type(error).__name__}"
    answers.send((listener.failed, listener.seconds))
    os._exit(0)


def _limit(cpu_s: float) -> None:
    import resource  # not on Windows, where no process can fork either

    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 1, int(cpu_s) + 2))
    with contextlib.suppress(OSError, ValueError):
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + SPARE_BYTES, held + SPARE_BYTES))


def _ended(running: list[Run], wall_s: float) -> list[Run]:
    """Wait until a process has answered or died; stop those whose time is over."""
    ready = set(wait([run.answers for run in running], timeout=1.0))
    for run in running:
        if time.monotonic() - run.started_s > wall_s:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.process.pid, signal.SIGKILL)
    return [run for run in running if run.answers in ready]


def _answer(run: Run) -> tuple[str, str, dict[str, float]]:
    """Read what a process found: the result, the test that failed, the times."""
    try:
        failed, seconds = run.answers.recv()
    except EOFError:
        failed, seconds = "", None
    run.process.join()
    run.answers.close()
    if seconds is None:
        is_out_of_time = run.process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL)
        return ("endless", "", {}) if is_out_of_time else ("killed", "a crash", {})
    return ("killed" if failed else "survived"), failed, seconds
