"""Which worker is at the other end of a loopback connection: told by the kernel, not by the worker.

One look finds all connections of all workers, so that fifty that come at once cost little more than one.
"""

import os
import time
from pathlib import Path

UNKNOWN = ("?", 0)
FRESH_SECONDS = 0.2
"""A look that old says nothing of a port any more: it may be another's by now."""
PROC = Path("/proc")
TCP = PROC / "net" / "tcp"
_INODE = 9


class Peers:
    """Looks for the workers that are connected to ``server_port``."""

    def __init__(self, server_port: int) -> None:
        self._remote = f":{server_port:04X}"
        self._found: dict[int, tuple[str, int]] = {}
        self._looked_at = 0.0
        self._workers: dict[int, str] = {}

    def worker(self, port: int) -> tuple[str, int]:
        """Return (worker id, pid) of the process that has its end of the connection on ``port``."""
        fresh = time.monotonic() - self._looked_at < FRESH_SECONDS
        if not fresh or port not in self._found:
            self._look()
            if port not in self._found:
                self._find_workers()
                self._look()
        return self._found.get(port, UNKNOWN)

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        owners = {inode: (worker, pid) for pid, worker in self._workers.items() for inode in _sockets(pid)}
        self._found = {}
        for line in TCP.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[2].endswith(self._remote) and fields[_INODE] in owners:
                self._found[int(fields[1].rpartition(":")[2], 16)] = owners[fields[_INODE]]

    def _find_workers(self) -> None:
        pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
        self._workers = {pid: name for pid in pids if (name := _worker_id(pid))}


def _sockets(pid: int) -> list[str]:
    """Return the inodes of a process's sockets; none when it has ended."""
    folder = f"/proc/{pid}/fd"
    try:
        # Path objects would take most of the time, and this runs while checks wait for their answers.
        handles = os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []
    found = []
    for handle in handles:
        try:
            target = os.readlink(f"{folder}/{handle}")  # noqa: PTH115
        except OSError:  # closed meanwhile
            continue
        if target.startswith("socket:["):
            found.append(target[8:-1])
    return found


def _worker_id(pid: int) -> str:
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    return words[words.index("--id") + 1] if "--id" in words and "--lifeline" in words else ""
