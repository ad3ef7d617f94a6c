"""The interface of a runner: all that the code of one may see of Watchkeeper.

A runner is one folder ``worker/runners/<id>/`` with ``manifest.toml`` (``kind = "runner"``) and ``runner.py``, whose
class ``Runner`` derives from :class:`Runner`. Its ``parse`` turns what was typed into an argument list, in the worker:
it must not block. What is run then is a process of its own under a small keeper, which outlives worker and master. A
runner that does its work in Python returns ``Command(python=True)``: its ``execute`` runs in such a process too.
"""

import asyncio
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from worker.protocol.job_folders import ExitRecord
from worker.protocol.job_messages import JobPolicy
from worker.protocol.manifest import Manifest
from worker.protocol.secret import Secret
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import Text, text

FAILED: Final = 1
"""Exit code of a Python runner whose :class:`Outcome` is no success."""


class RunnerError(Exception):
    """A run cannot be made or cannot go on. ``fields`` maps manifest fields to what is wrong with each."""

    def __init__(self, reason: JobReason, words: Text, fields: dict[str, Text] | None = None) -> None:
        super().__init__(words.message)
        self.reason = reason
        self.text = words
        self.fields = fields or {}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be run. ``spec`` is completed with the manifest's defaults and checked against its types."""

    spec: dict[str, Any]
    env: dict[str, str]
    """Of the process that will run: what the worker has, and what the job adds."""
    working_directory: Path
    policy: JobPolicy


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What ``parse`` makes of it. Secrets are in none of this: they come as one JSON object on stdin."""

    arguments: list[str] = []
    """The command and its arguments; no shell reads them."""
    env: dict[str, str] = {}
    """Added to the environment."""
    files: dict[str, str] = {}
    """Texts that are written beside the output before it starts, by plain file name; the argument ``{folder}/name``
    becomes the path of that file."""
    python: bool = False
    """The runner's own ``execute`` is what runs; ``arguments`` is empty."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What ``execute`` came to. Its output was printed by then."""

    success: bool
    reason: JobReason = JobReason.SCRIPT_ERROR
    """Of a failure."""
    error: Text | None = None
    result: dict[str, Any] = {}
    """Shown beside the output; no secrets."""
    exit_code: int | None = None
    """None: 0 for a success, 1 for a failure."""


class Execution(ABC):
    """What ``execute`` gets. It runs in a process of its own, on an event loop of its own."""

    request: Request
    secret: Secret
    """Empty where the job names no credential."""
    folder: Path
    """Of this run; the runner may leave files there."""
    stopping: asyncio.Event
    """Set when it is to end (cancelled, or out of time): a few seconds later it is killed."""

    @abstractmethod
    def write(self, data: bytes, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        """Print. What is printed is kept, up to the job's limit, and seen at once."""


class Runner(ABC):
    """One kind of job. One instance a worker; ``parse`` must not block and keep nothing."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    @abstractmethod
    def parse(self, request: Request) -> Command:
        """Return what is to be run. Raises :class:`RunnerError`."""

    async def execute(self, execution: Execution) -> Outcome:
        """Do the work of a Python runner. Raises :class:`RunnerError`; anything else is a fault of the runner."""
        raise TypeError(f"{type(self).__name__} runs no Python")

    async def clean_up(self, execution: Execution) -> None:  # noqa: B027 (most leave nothing behind)
        """Undo what ``execute`` left outside of its process, however it ended. A few seconds at most."""


class Run(ABC):
    """One run, until its folder is removed; its verbs work again after a restart of the worker."""

    job_id: str
    number: int

    @abstractmethod
    async def stop(self) -> None:
        """Ask it to end; after some seconds its whole tree is killed. Does nothing after its end."""

    @abstractmethod
    async def kill(self) -> None:
        """Kill its whole tree at once. Does nothing after its end."""

    @abstractmethod
    async def status(self) -> JobState:
        """Return ``RUNNING``, or how it ended."""

    @abstractmethod
    async def result(self) -> ExitRecord | None:
        """Return how it ended: code, times, amounts of output; None while it runs."""

    @abstractmethod
    async def set_timeout(self, seconds: float | None) -> None:
        """Have its keeper end it so long after its start; None: never."""

    @abstractmethod
    async def clean_up(self) -> None:
        """Forget it; what it left running is ended."""


__all__ = [
    "FAILED",
    "Command",
    "Execution",
    "JobPolicy",
    "JobReason",
    "Outcome",
    "Request",
    "Run",
    "Runner",
    "RunnerError",
    "Text",
    "text",
]
