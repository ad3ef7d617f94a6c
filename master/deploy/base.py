"""How workers are run: the interface that every kind of deployment implements."""

from abc import ABC, abstractmethod
from pathlib import Path

import msgspec

from worker.protocol.texts import Text, text


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """All that a backend needs to run one worker process."""

    worker_id: str
    url: str
    """Where the master listens, e.g. ``http://127.0.0.1:3000``."""
    token: str
    """Bound to this worker and this process; travels on stdin only."""
    data_dir: Path
    """The worker's own folder: ledger, stdout.log, stderr.log."""
    jobs_dir: Path | None = None
    """Where the folders of all jobs are, the same for every worker; None: the worker's own choice."""
    env: dict[str, str] = {}
    """What the configuration adds to a minimal environment."""
    command_args: list[str] = []
    working_directory: str | None = None
    demo: bool = False
    log_level: str = "info"

    def __repr__(self) -> str:
        return f"Launch({self.worker_id})"


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """How a process ended: an exit code, or the signal that killed it; both None when nobody knows."""

    code: int | None = None
    signal: int | None = None


class StartFailedError(Exception):
    """No process could be made. ``reason`` is shown to people."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.reason: Text = text("exit_start_failed", detail=detail)


class Handle(ABC):
    """One process that was started. It is known by pid and creation time: a pid alone may be somebody else's by now."""

    pid: int
    create_time: float
    """Seconds since the epoch, as the operating system tells it."""
    foreign: bool = False
    """It was not started here: it lives on without this master, and its process id says nothing here."""
    ends_within: float = 5.0
    """Seconds that it may take to end once it is killed."""

    @abstractmethod
    async def wait(self) -> Exit:
        """Return how it ended, as soon as it has. May be awaited by several and after the end."""

    async def tend(self) -> None:
        """Look after what it prints until it has ended. Nobody waits for that; cancelled when the master closes."""
        return

    @abstractmethod
    def terminate(self) -> None:
        """Ask the operating system to stop it in order (SIGTERM, Ctrl-Break). Does nothing after its end."""

    @abstractmethod
    def kill_tree(self) -> None:
        """Kill it and all that it started, at once. Does nothing after its end."""

    def rss_bytes(self) -> int | None:
        """Return its resident memory, None where it cannot be asked. Must not block."""
        return None

    @abstractmethod
    def close_stdin(self) -> None:
        """Cut the lifeline: a worker started with one ends by itself."""


class WorkerBackend(ABC):
    """Runs worker processes somewhere."""

    @abstractmethod
    async def start(self, launch: Launch) -> Handle:
        """Start a process and give it its token. Raises :class:`StartFailedError`."""

    async def end_leftover(self, pid: int, created_ms: int) -> bool:
        """End a process that a master before this one started, with all that it started.

        ``created_ms``: its creation time. False when there is no such process any more, or nobody can tell.
        """
        return False
