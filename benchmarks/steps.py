"""Time one training step of course_lib against PyTorch and the other NumPy libraries.

    python benchmarks/steps.py                       # all workloads, every library that is installed
    python benchmarks/steps.py --only W1_sgd W5
    python benchmarks/steps.py --json steps.json --plot steps.png

Every library starts from the same float32 numbers, runs in a process of its own on one thread, and must reach
the same loss. They take turns, so that a busy machine slows all of them, and the fastest step of all rounds
counts. The numbers are in benchmarks/README.md; how to install the other libraries too.
"""

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.workloads import WORKLOADS  # noqa: E402

LIBRARIES = ("torch", "course_lib", "course_lib_default_malloc", "jax", "mygrad", "autograd", "dezero")
ROUND_MS = 300  # how long a library runs before it is another's turn


class Worker:
    """One library in a process of its own."""

    def __init__(self, library: str, workload: str, python: str):
        worker = str(ROOT / "benchmarks" / "worker.py")
        self.process = subprocess.Popen(
            [python, worker, library, workload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            said = self.process.communicate()[1].strip().splitlines()
            raise RuntimeError(said[-1] if said else "it ended without a word")
        self.first = json.loads(line)
        self.ms, self.peak_mb = float("inf"), 0.0

    def run(self, n_steps: int) -> float:
        """Take some steps, and remember the fastest."""
        self.process.stdin.write(f"{n_steps}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.ms = min(self.ms, answer["ms"])
        self.peak_mb = answer["peak_mb"]
        return answer["ms"]

    def stop(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait(timeout=10)


def measure(workload: str, libraries: list[str], python_of: dict, n_rounds: int) -> tuple[dict, dict]:
    """Let the libraries take turns at one workload; return those that ran, and what the others said."""
    workers, refused = {}, {}
    for library in libraries:
        try:
            workers[library] = Worker(library, workload, python_of.get(library, sys.executable))
        except RuntimeError as problem:
            refused[library] = str(problem)
    try:
        _drop_wrong(workers, refused)
        n_steps = {name: max(1, round(ROUND_MS / worker.run(2))) for name, worker in workers.items()}
        for _ in range(n_rounds):
            for name, worker in workers.items():
                worker.run(n_steps[name])
    finally:
        for worker in workers.values():
            worker.stop()
    return workers, refused


def _drop_wrong(workers: dict, refused: dict) -> None:
    """Refuse a library whose losses at the first and third step are not those of PyTorch."""
    reference = workers.get("torch") or next(iter(workers.values()))
    for name, worker in list(workers.items()):
        pairs = zip(worker.first["losses"], reference.first["losses"], strict=True)
        if any(abs(ours - theirs) > 1e-4 * abs(theirs) for ours, theirs in pairs):
            refused[name] = f"losses {worker.first['losses']} instead of {reference.first['losses']}"
            workers.pop(name).stop()


def table(results: dict[str, dict], versions: dict[str, str]) -> str:
    """Lay the ratios to PyTorch, the milliseconds and the memory out as text."""
    names = [name for name in LIBRARIES if name in versions]
    lines = ["Training step, ratio to torch (milliseconds; peak memory of the process in MB)"]
    width = max(len(name) for name in names) + 2
    lines.append(" " * width + "".join(f"{workload:>22}" for workload in results))
    for name in names:
        cells = []
        for workers in results.values():
            if name not in workers:
                cells.append(f"{'-':>22}")
                continue
            worker = workers[name]
            ratio = f"{worker.ms / workers['torch'].ms:.2f}" if "torch" in workers else "-"
            cells.append(f"{f'{ratio} ({worker.ms:.2f}; {worker.peak_mb:.0f})':>22}")
        lines.append(f"{name:<{width}}" + "".join(cells))
    return "\n".join(lines)


def machine(versions: dict[str, str]) -> str:
    """Say on what this was measured."""
    import numpy

    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        processor = models[0].split(":")[1].strip() if models else processor
    libraries = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"{processor}, one thread, {platform.system()}, Python {platform.python_version()}, "
        f"numpy {numpy.__version__}; {libraries}"
    )


def plot(results: dict[str, dict], path: Path) -> None:
    """Draw the ratios to PyTorch, on a logarithmic axis: left of the line is faster than PyTorch."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(8, 1.4 + 0.5 * len(results)), layout="constrained")
    markers = dict(
        zip(LIBRARIES[1:], "o*^sDv", strict=True)
    )  # shapes too: colour is never the only difference
    for name, marker in markers.items():
        rows = [row for row, workers in enumerate(results.values()) if {name, "torch"} <= workers.keys()]
        workers = [list(results.values())[row] for row in rows]
        ratios = [each[name].ms / each["torch"].ms for each in workers]
        if ratios:
            ax.plot(ratios, rows, marker, markersize=8, label=name)
    ax.axvline(1, color="black", linewidth=1, label="torch")
    ax.set_xscale("log")
    ticks = [0.25, 0.5, 1, 2, 5, 10, 20, 50]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(range(len(results)), list(results))
    ax.invert_yaxis()
    ax.grid(alpha=0.3)
    ax.set_xlabel("time of one training step  [times that of PyTorch]")
    ax.set_title("One training step compared with PyTorch: left of the line is faster")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    plt.savefig(path, dpi=120)
    plt.close()
    print(f"The plot is in {path}.")


def main() -> None:
    """Measure, and print what came out."""
    arguments = _arguments()
    python_of = dict(pair.split("=", 1) for pair in arguments.python)
    results, versions, refused = {}, {}, {}
    progress = tqdm(arguments.only, desc="workloads", file=sys.stderr)
    for workload in progress:
        progress.set_postfix_str(workload)
        results[workload], refused[workload] = measure(
            workload, arguments.libraries, python_of, arguments.rounds
        )
        versions |= {name: worker.first["version"] for name, worker in results[workload].items()}
    print(table(results, versions))
    print(machine(versions))
    for workload, problems in refused.items():
        for name, problem in problems.items():
            print(f"{name} has no {workload}: {problem}")
    if arguments.json:
        numbers = {w: {name: worker.ms for name, worker in workers.items()} for w, workers in results.items()}
        arguments.json.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        plot(results, arguments.plot)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="+", choices=list(WORKLOADS), default=list(WORKLOADS), metavar="WORKLOAD"
    )
    parser.add_argument(
        "--libraries", nargs="+", choices=LIBRARIES, default=list(LIBRARIES), metavar="LIBRARY"
    )
    parser.add_argument("--rounds", type=int, default=10, help="turns for each library (default: 10)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write {workload: {library: milliseconds}}")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", default=Path("steps.png"), help="default: steps.png"
    )
    parser.add_argument(
        "--python",
        nargs="+",
        default=[],
        metavar="LIBRARY=PYTHON",
        help="the Python that has a library, where it is not this one",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
