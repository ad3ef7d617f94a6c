"""Which process is which, and how to reach the one that is meant."""

import os
import signal
import sys
import time
from typing import Final

ON_LINUX: Final = sys.platform == "linux"


def now_ms() -> int:
    """Return the wall clock in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def boot_id() -> str:
    """Return what is the same until this machine starts again, empty where that cannot be told."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def created(pid: int) -> str:
    """Return when a process was made, in the words of this system; empty when there is none, or nobody can tell."""
    if ON_LINUX:
        line = _stat(pid)
        return line[19] if line else ""
    return ""


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on (Linux); none when it is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().decode("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return []
    return [] if fields[0] in ("Z", "X") else fields


def processes() -> dict[int, tuple[int, int, str]]:
    """Return parent, group and creation time of every process that is no zombie."""
    if not ON_LINUX:
        return _listed()
    table: dict[int, tuple[int, int, str]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal() and (fields := _stat(int(name))):
            table[int(name)] = int(fields[1]), int(fields[2]), fields[19]
    return table


def _listed() -> dict[int, tuple[int, int, str]]:
    """As above, where the system has a command for it."""
    with os.popen("/bin/ps -axo pid=,ppid=,pgid=,stat=", "r") as lines:  # noqa: S605 (a constant)
        rows = [line.split() for line in lines]
    return {int(row[0]): (int(row[1]), int(row[2]), "") for row in rows if len(row) == 4 and row[3][0] != "Z"}


def send_signal(pid: int, made: str, number: int) -> None:
    """Send a signal to the process that was made then, never to the heir of its number."""
    try:
        if sys.platform != "linux":
            os.kill(pid, number)
            return
        handle = os.pidfd_open(pid)
        try:
            if created(pid) == made:
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)
    except OSError:
        return  # it ended meanwhile
