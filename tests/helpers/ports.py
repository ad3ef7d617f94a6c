"""Ports on loopback: free ones, and whether somebody listens."""

import contextlib
import os
import socket
from itertools import cycle
from typing import Final

LOOPBACK = "127.0.0.1"
FIRST: Final = 10_000
LAST: Final = 32_000
"""Systems take none of these for a connection that goes out, so what is free stays free until it is wanted."""
STEP: Final = 7_919
"""Processes of tests that run side by side look in other places: their numbers are close to each other."""

_ports = cycle(FIRST + (os.getpid() * STEP + at) % (LAST - FIRST) for at in range(LAST - FIRST))


def free_ports(count: int) -> list[int]:
    """Return ``count`` different ports that nobody has, and that no other test is given soon."""
    found: list[int] = []
    while len(found) < count:
        port = next(_ports)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((LOOPBACK, port))
            found.append(port)
    return found


def free_port() -> int:
    """Return a port that nobody has."""
    return free_ports(1)[0]


def listens(port: int) -> bool:
    """Somebody accepts connections on ``port``."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
