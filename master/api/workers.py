"""Workers: configuration and runtime."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Name, Row, WorkerId
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text

LOCAL: Final = "local"
EXTERNAL: Final = "external"
"""Somebody starts it elsewhere, and it joins with a token of its own."""
DEPLOYMENT_TYPES: Final = (LOCAL, EXTERNAL)


class WorkerConfig(Row, frozen=True, kw_only=True):
    """How a worker is run.

    One of the deployment type ``external`` is started by somebody else: it has no ``env``, ``command_args``,
    ``working_directory`` and ``max_memory_mb``; ``auto_start``, ``auto_restart``, ``restart_delay_ms`` and
    ``max_restart_attempts`` say nothing of it, and it takes no jobs.
    """

    worker_id: str
    name: str
    description: str
    deployment_type: str
    host: str
    port: int | None
    max_accounts: int
    max_memory_mb: int | None
    cpu_cores: int | None
    """Slots for jobs; null: as many as this machine has cores."""
    job_memory_mb: int | None = None
    """Memory that its jobs may ask for together; null: not counted."""
    labels: list[str] = []
    """Jobs may ask for a worker that has one of them."""
    env: dict[str, str]
    command_args: list[str]
    working_directory: str | None
    auto_start: bool
    auto_restart: bool
    restart_delay_ms: int
    max_restart_attempts: int
    enabled: bool
    version: int
    created_at: int


Port = Annotated[int, Meta(ge=1, le=65_535)]
MaxAccounts = Annotated[int, Meta(ge=1, le=100_000)]
MaxMemory = Annotated[int, Meta(ge=32, le=1_048_576)]
Cores = Annotated[int, Meta(ge=1, le=1024)]
RestartDelay = Annotated[int, Meta(ge=0, le=3_600_000)]
Attempts = Annotated[int, Meta(ge=0, le=1_000_000)]
Description = Annotated[str, Meta(max_length=1000)]
Env = Annotated[dict[str, str], Meta(max_length=200)]
Args = Annotated[list[str], Meta(max_length=200)]
JobMemory = Annotated[int, Meta(ge=1, le=16_777_216)]
Labels = Annotated[list[Annotated[str, Meta(min_length=1, max_length=50)]], Meta(max_length=20)]


class WorkerConfigCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /worker-configs``.

    With ``deployment_type`` ``external`` a value of ``env``, ``command_args``, ``working_directory`` or
    ``max_memory_mb`` is refused, and what is said of starts and restarts is ignored.
    """

    worker_id: WorkerId
    name: Name
    description: Description = ""
    deployment_type: str = "local"
    host: str = "localhost"
    port: Port | None = None
    max_accounts: MaxAccounts = 10
    max_memory_mb: MaxMemory | None = None
    cpu_cores: Cores | None = None
    job_memory_mb: JobMemory | None = None
    labels: Labels = []
    env: Env = {}
    command_args: Args = []
    working_directory: str | None = None
    auto_start: bool = True
    auto_restart: bool = True
    restart_delay_ms: RestartDelay = 1000
    max_restart_attempts: Attempts = 3
    enabled: bool = True


class WorkerConfigPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /worker-configs/:worker_id``. The deployment type stays what it is."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    deployment_type: str | UnsetType = UNSET
    host: str | UnsetType = UNSET
    port: Port | None | UnsetType = UNSET
    max_accounts: MaxAccounts | UnsetType = UNSET
    max_memory_mb: MaxMemory | None | UnsetType = UNSET
    cpu_cores: Cores | None | UnsetType = UNSET
    job_memory_mb: JobMemory | None | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    env: Env | UnsetType = UNSET
    command_args: Args | UnsetType = UNSET
    working_directory: str | None | UnsetType = UNSET
    auto_start: bool | UnsetType = UNSET
    auto_restart: bool | UnsetType = UNSET
    restart_delay_ms: RestartDelay | UnsetType = UNSET
    max_restart_attempts: Attempts | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


class WorkerConfigSummary(Row, frozen=True, kw_only=True):
    """Answer of ``GET /worker-configs/stats/summary``."""

    total: int
    enabled: int
    disabled: int
    total_capacity: int
    deployment_types: dict[str, int]


class LastExit(Row, frozen=True, kw_only=True):
    """How a worker's last process ended; ``text`` says it in words."""

    code: int | None
    signal: int | None
    text: Text
    at: int


WorkerHealthState = Literal["healthy", "degraded", "dead"]


class Worker(Row, frozen=True, kw_only=True):
    """A worker as it is now: a row of ``GET /workers`` and the answer of ``GET /workers/:id/status``."""

    worker_id: str
    name: str
    deployment_type: str
    status: WorkerState
    online: bool
    """Registered, and its socket stands."""
    pid: int | None
    uptime: float
    """Seconds since the process started, 0 when none runs."""
    cpu_usage: float | None
    """Percent of one core, over the last heartbeat interval."""
    memory_usage_mb: float | None
    assigned_accounts: int
    max_accounts: int
    active_tasks: int
    """Checks under way at the last heartbeat."""
    started_at: int | None
    last_heartbeat_at: int | None
    round_trip_ms: float | None
    error_count: int
    restart_count: int
    """Automatic restarts since the last start by hand."""
    restart_at: int | None
    """When a crashed worker will be started again."""
    last_exit: LastExit | None
    status_text: Text | None
    worker_version: str
    epoch: int
    """Number of processes that this worker has had."""
    enabled: bool
    auto_start: bool
    config_version: int
    health: WorkerHealthState = "healthy"
    """``dead``: its lease ended and its accounts were taken over, though its process stands (status ``running``)."""
    over_capacity: bool = False
    """A failover gave it more than ``max_accounts``; undone when there is room."""
    interval_factor: float = 1.0
    """While it is over capacity its accounts, but for those of priority, are looked at that much more rarely."""
    failures: int = 0
    """Consecutive abnormal exits; 60 s of ``running``, or a start by hand, begin anew."""
    lease_ms: int = 0
    """How long its lease is now: the more its pulses jitter, the longer; longer for one that is started elsewhere. 0
    without a lease."""
    host: str = ""
    """Where one runs that is started elsewhere, as it told when it joined; empty for others."""


class WorkerCheck(Row, frozen=True, kw_only=True):
    """One thing that was looked at; ``text`` says what was found."""

    ok: bool
    text: Text


class WorkerHealth(Row, frozen=True, kw_only=True):
    """Answer of ``GET /workers/:id/health``. ``checks``: process, heartbeat, lease, memory, cpu, errors, backlog."""

    worker_id: str
    healthy: bool
    status: WorkerHealthState
    checks: dict[str, WorkerCheck]


class WorkerMetricPoint(Row, frozen=True, kw_only=True):
    """Means over one step that begins at ``at``; None where nothing was measured."""

    at: int
    cpu_percent: float | None = None
    memory_mb: float | None = None
    accounts: float | None = None
    active_tasks: float | None = None
    errors: float | None = None
    """A minute."""
    items: float | None = None
    """A minute."""
    round_trip_ms: float | None = None


class WorkerMetrics(Row, frozen=True, kw_only=True):
    """Answer of ``GET /workers/:id/metrics``: oldest point first; steps without any measurement are left out."""

    worker_id: str
    since: int
    step_seconds: int
    points: list[WorkerMetricPoint]


class WorkerOverview(Row, frozen=True, kw_only=True):
    """Answer of ``GET /workers/stats/overview``."""

    total: int
    states: dict[WorkerState, int]
    online: int
    capacity: int
    """Accounts that all enabled workers may have."""
    assigned_accounts: int
    cpu_average_percent: float | None
    memory_total_mb: float


WorkerEventKind = Literal["lifecycle", "task", "system", "error"]


class WorkerEvent(Row, frozen=True, kw_only=True):
    """Something that happened to a worker, kept after its end: a row of ``GET /workers/:id/events``."""

    id: int
    worker_id: str
    kind: WorkerEventKind
    at: int
    text: Text


class WorkerCommand(Body, frozen=True, kw_only=True):
    """Body of ``POST /workers/:id/start|stop|restart``. Kill: stop with ``graceful`` false."""

    graceful: bool = True
    timeout_ms: Annotated[int, Meta(ge=0, le=600_000)] = 30_000


WorkerAction = Literal["start", "stop", "restart"]


class WorkerBatch(Body, frozen=True, kw_only=True):
    """Body of ``POST /workers/batch``: the same command to many, at the same time."""

    action: WorkerAction
    worker_ids: Annotated[list[WorkerId], Meta(min_length=1, max_length=500)]
    options: WorkerCommand = WorkerCommand()


class WorkerBatchResult(Row, frozen=True, kw_only=True):
    """One row of its answer."""

    worker_id: str
    success: bool
    error: Text | None = None


class WorkerBatchReport(Row, frozen=True, kw_only=True):
    """Its answer."""

    action: WorkerAction
    total: int
    success: int
    failure: int
    results: list[WorkerBatchResult]
