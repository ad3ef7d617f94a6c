"""Which worker is at the other end of a loopback connection: told by the kernel, not by the worker."""

from functools import lru_cache
from pathlib import Path

PROC = Path("/proc")
UNKNOWN = ("?", 0)
_LOCAL, _INODE = 1, 9


def peer_worker(port: int, server_port: int) -> tuple[str, int]:
    """Return (worker id, pid) of the process whose socket on ``port`` is connected to ``server_port``."""
    inode = _inode(port, server_port)
    if inode is None:
        return UNKNOWN
    wanted = f"socket:[{inode}]"
    for pid, worker_id in _workers():
        try:
            for handle in (PROC / str(pid) / "fd").iterdir():
                try:
                    if str(handle.readlink()) == wanted:
                        return worker_id, pid
                except FileNotFoundError:
                    continue
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return UNKNOWN


def _inode(port: int, server_port: int) -> str | None:
    local, remote = f":{port:04X}", f":{server_port:04X}"
    for line in (PROC / "net" / "tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[_LOCAL].endswith(local) and fields[_LOCAL + 1].endswith(remote):
            return fields[_INODE]
    return None


def _workers() -> list[tuple[int, str]]:
    pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    named = [(pid, _worker_id(pid)) for pid in pids]
    return [(pid, worker_id) for pid, worker_id in named if worker_id]


def _worker_id(pid: int) -> str:
    try:
        started = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19]
        return _read_worker_id(pid, started) or _read_fresh(pid)
    except (OSError, IndexError):
        return ""


@lru_cache(maxsize=4096)
def _read_worker_id(pid: int, _started: str) -> str:
    return _read_fresh(pid)


def _read_fresh(pid: int) -> str:
    words = (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    if "--id" not in words or "--lifeline" not in words:
        return ""
    return words[words.index("--id") + 1]
