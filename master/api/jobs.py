"""Jobs: what is run once, and how it went."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Priority, Row, WorkerId
from worker.protocol.states import JobReason, JobState, ReservationState
from worker.protocol.texts import Text

JobName = Annotated[str, Meta(min_length=1, max_length=100)]
Cpus = Annotated[int, Meta(ge=1, le=1024)]
MemoryMb = Annotated[int, Meta(ge=1, le=16_777_216)]
TimeLimit = str | int
"""``30`` (minutes), ``2:30``, ``1:30:00``, ``2-12:00:00``; see :func:`master.supervision.time_limits.parse`."""
JobEnv = Annotated[dict[str, str], Meta(max_length=200)]
Label = Annotated[str, Meta(min_length=1, max_length=50)]


class Retry(Body, frozen=True, kw_only=True):
    """When a job is run again by itself. Without it: never."""

    attempts: Annotated[int, Meta(ge=1, le=100)] = 3
    """Runs in all, the first one included."""
    delay_seconds: Annotated[float, Meta(ge=0, le=3600)] = 5.0
    """Before the second run; twice as long before each later one, an hour at most."""
    reasons: list[JobReason] = msgspec.field(
        default_factory=lambda: [JobReason.SCRIPT_ERROR, JobReason.TIMEOUT, JobReason.UNAVAILABLE]
    )
    """Ends that are tried again."""


class JobTemplate(Body, frozen=True, kw_only=True):
    """What is to be run: the part that a job and a schedule share."""

    runner: str
    spec: dict[str, Any] = {}
    time_limit: TimeLimit | None = None
    cpus: Cpus = 1
    memory_mb: MemoryMb | None = None
    """Counts against the ``job_memory_mb`` of a worker."""
    exclusive: bool = False
    """No other job beside it on its worker."""
    priority: Priority = 0
    env: JobEnv = {}
    working_directory: Annotated[str, Meta(max_length=4096)] | None = None
    worker_id: WorkerId | None = None
    worker_label: Label | None = None
    credential_id: str | None = None
    retry: Retry | None = None


class JobCreate(JobTemplate, frozen=True, kw_only=True):
    """Body of ``POST /jobs``."""

    name: JobName | None = None


class JobPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /jobs/:id``: another time limit, counted from its start; null: none."""

    time_limit: TimeLimit | None
    version: int | UnsetType = UNSET


class JobCancel(Body, frozen=True, kw_only=True):
    """Body of ``POST /jobs/:id/cancel``."""

    force: bool = False


class Job(Row, frozen=True, kw_only=True):
    """One job. ``exit_code`` is ``"code:signal"``, null before its end and where nothing ran."""

    id: str
    name: str
    runner: str
    spec: dict[str, Any]
    state: JobState
    reason: JobReason | None
    error: Text | None
    """The end in words; null when all went well."""
    waiting: Text | None
    """Why a pending one does not run yet."""
    cancelling: bool
    exit_code: str | None
    pid: int | None
    worker_id: str | None
    """Where it runs or ran."""
    wanted_worker_id: str | None
    worker_label: str | None
    time_limit_seconds: float | None
    cpus: int
    memory_mb: int | None
    exclusive: bool
    priority: int
    env: dict[str, str]
    working_directory: str | None
    credential_id: str | None
    retry: Retry | None
    submitted_at: int
    not_before_at: int | None
    """Until when its next run waits."""
    started_at: int | None
    ended_at: int | None
    attempts: int
    """Runs that were given to a worker, also one that never began there."""
    resubmit_of: str | None
    schedule_id: str | None
    peak_memory_mb: float | None
    stdout_bytes: int
    stderr_bytes: int
    left_bytes: int
    """Printed, and not kept: beyond the limit, or the disk was full."""
    stragglers: int
    result: dict[str, Any] | None
    version: int


class JobOutput(Row, frozen=True, kw_only=True):
    """Answer of ``GET /jobs/:id/output``; offsets in bytes of the whole stream."""

    text: str
    next_offset: int
    complete: bool
    skipped: int
    """Bytes that are not kept, between the offset that was asked for and the text."""


class Reservation(Row, frozen=True, kw_only=True):
    """Slots that a job holds."""

    job_id: str
    worker_id: str
    cpus: int
    memory_mb: int | None
    exclusive: bool
    state: ReservationState
    reserved_at: int


class WorkerSlots(Row, frozen=True, kw_only=True):
    """The slots of one worker."""

    worker_id: str
    cpus: int
    used_cpus: int
    memory_mb: int | None
    used_memory_mb: int
    exclusive: bool
    """An exclusive job holds it."""
    online: bool


class JobResources(Row, frozen=True, kw_only=True):
    """Answer of ``GET /jobs/resources``."""

    workers: list[WorkerSlots]
    reservations: list[Reservation]
    pending: int
    running: int


class JobGroup(Row, frozen=True, kw_only=True):
    """The ends of some jobs. Durations in milliseconds, of those that ran."""

    key: str
    """A name, a worker's id, or a day as ``2026-11-21``."""
    total: int
    completed: int
    failed: int
    cancelled: int
    shortest_ms: int | None
    mean_ms: int | None
    longest_ms: int | None


class JobStats(Row, frozen=True, kw_only=True):
    """Answer of ``GET /jobs/stats``."""

    since: int
    total: int
    completed: int
    failed: int
    cancelled: int
    pending: int
    running: int
    success_rate: float | None
    """Of those that completed or failed; null when none did."""
    shortest_ms: int | None
    mean_ms: int | None
    longest_ms: int | None
    mean_wait_ms: int | None
    """From submission to start."""
    reasons: dict[str, int]
    """Failures by reason."""
    by_name: list[JobGroup]
    """The 50 with most ends."""
    by_worker: list[JobGroup]
    by_day: list[JobGroup]
