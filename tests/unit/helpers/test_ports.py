"""Ports for tests: each is given once, also to tests of processes that run side by side."""

import socket
import subprocess
import sys

from tests.architecture.rules import ROOT
from tests.helpers import ports
from tests.helpers.ports import FIRST, LAST, LOOPBACK, free_port, free_ports, listens


def test_each_is_given_once_and_none_that_somebody_has():
    first = free_ports(20)
    with socket.socket() as taken:
        taken.bind((LOOPBACK, first[-1] + 1))
        second = free_ports(20)
    assert len({*first, *second}) == 40
    assert first[-1] + 1 not in second
    assert all(FIRST <= port < LAST for port in first + second)


def test_processes_side_by_side_look_in_other_places():
    code = "from tests.helpers.ports import free_ports; print(*free_ports(100))"
    run = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) for _ in range(4)]
    given = [port for one in run for port in one.communicate(timeout=60)[0].split()]
    assert len(set(given)) == 400


def test_after_the_last_comes_the_first():
    for _ in range(2):
        while next(ports._ports) != LAST - 1:
            pass
        assert free_port() < LAST - 1


def test_whether_somebody_listens():
    with socket.socket() as server:
        server.bind((LOOPBACK, free_port()))
        assert not listens(server.getsockname()[1])
        server.listen()
        assert listens(server.getsockname()[1])
