"""A plugin of pytest that keeps what nbval computed: outputs, errors, time and memory of the run.

nbval compares text and throws the fresh pictures away. With this plugin one run of a lesson serves every
gate: nbval for the text, and afterwards the figures, the budget and the network.
"""

import json
import re
import time
from pathlib import Path

import pytest

from tools.peak_memory import PeakMemory

RECORD = pytest.StashKey[dict]()
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def pytest_addoption(parser):
    """Add the option that names the file to write."""
    parser.addoption("--record-to", type=Path, help="JSON file for what nbval computed")


def pytest_configure(config):
    """Start with an empty record."""
    config.stash[RECORD] = {"seconds": 0.0, "peak_mb": 0.0, "cells": []}


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session):
    """Measure the run from the start of the kernel to its end, then write the record."""
    record = session.config.stash[RECORD]
    start = time.perf_counter()
    with PeakMemory() as memory:
        result = yield
    record["seconds"], record["peak_mb"] = time.perf_counter() - start, memory.peak_mb
    session.config.getoption("--record-to").write_text(json.dumps(record), encoding="utf-8")
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep the fresh outputs of a cell, and what nbval objects to."""
    report = yield
    if report.when == "call" or report.failed:
        said = COLOUR.sub("", str(report.longrepr)) if report.failed else ""
        cell = {"code": item.cell_num, "outputs": item.test_outputs or [], "problem": said}
        item.config.stash[RECORD]["cells"].append(cell)
    return report
