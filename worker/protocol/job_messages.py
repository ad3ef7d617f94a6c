"""What master and worker say to each other about jobs. ``run`` counts the attempts of a job, from 1."""

from typing import Any

from worker.protocol.bases import Message, Moment, Number
from worker.protocol.states import JobReason
from worker.protocol.texts import Text


class JobPolicy(Message, frozen=True, kw_only=True):
    """What the settings let jobs do."""

    commands: list[str] | None = None
    """Names or absolute paths of what may be executed; None: anything."""
    shell: bool = True
    mounts: list[str] = []
    """Folders of this machine that containers may see, with all below them."""


class RunJob(Message, frozen=True, kw_only=True):
    """Command: run this job under a keeper, or (``adopt``) only take up again what is left of a run of it.

    Answered once it is noted; what becomes of it is told by :class:`JobReported`. A second command for the same run
    starts nothing.
    """

    job_id: str
    run: Number
    runner: str
    spec: dict[str, Any]
    env: dict[str, str] = {}
    working_directory: str | None = None
    time_limit_seconds: float | None = None
    output_limit_bytes: Number = 16 * 1024 * 1024
    """Of each stream: the first and the last half of it are kept."""
    has_credential: bool = False
    policy: JobPolicy = JobPolicy()
    adopt: bool = False
    given_at: Moment = 0
    """When it was given to a worker the first time; 0: not told."""


class CancelJob(Message, frozen=True, kw_only=True):
    """Command: stop a run; with ``force`` kill its whole tree at once. A run that has ended stays as it ended."""

    job_id: str
    run: Number
    force: bool = False


class LimitJob(Message, frozen=True, kw_only=True):
    """Command: another time limit for a run, counted from its start; None: none."""

    job_id: str
    run: Number
    time_limit_seconds: float | None


class ForgetJob(Message, frozen=True, kw_only=True):
    """Command: stop looking after a run that another worker looks after from now on. It goes on."""

    job_id: str
    run: Number


class JobStarted(Message, frozen=True, kw_only=True):
    """Its process runs."""

    pid: int
    at: Moment


class JobEnded(Message, frozen=True, kw_only=True):
    """How a run ended. ``code`` and ``signal`` as the system tells them; both None when nothing ran."""

    at: Moment
    started_at: Moment | None = None
    reason: JobReason
    code: int | None = None
    signal: int | None = None
    error: Text | None = None
    """What went wrong, in words; None where code and signal say all."""
    peak_memory_bytes: Number | None = None
    stdout_bytes: Number = 0
    """Printed, kept or not."""
    stderr_bytes: Number = 0
    left_bytes: Number = 0
    """Of both streams, printed and not kept."""
    stragglers: Number = 0
    """Processes that it left behind and that were ended with it."""
    result: dict[str, Any] | None = None
    """What a runner found out beside its output, such as the status of an HTTP answer."""


class JobReported(Message, frozen=True, kw_only=True):
    """A run began or ended; repeated until it is acknowledged. ``never_began``: it left no trace and never will."""

    job_id: str
    run: Number
    started: JobStarted | None = None
    ended: JobEnded | None = None
    never_began: bool = False


class JobPrinted(Message, frozen=True, kw_only=True):
    """New output, for those who look on; the files are what counts. ``offset`` in bytes of the whole stream."""

    job_id: str
    run: Number
    stream: str
    """``stdout`` or ``stderr``."""
    offset: Number
    text: str
    next_offset: Number
