"""What the tests of the data share."""

import random
import socket

import numpy as np
import pytest


@pytest.fixture
def no_network(monkeypatch):
    """Make every attempt to open a connection fail the test."""

    def refuse(*args, **kwargs):
        raise AssertionError("a data set tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def global_draws():
    """Return a function that tells what the global generators would draw next, without drawing it."""
    random.seed()  # a state in which no earlier test can have left them
    np.random.seed()  # noqa: NPY002

    def peek():
        numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
        draws = np.random.random(), random.random()  # noqa: NPY002
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
        return draws

    return peek
