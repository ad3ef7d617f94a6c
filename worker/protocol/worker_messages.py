"""How a worker registers, shows that it lives, and ends."""

from worker.protocol.account_messages import Assignment
from worker.protocol.bases import Message, Moment, Number
from worker.protocol.job_messages import RunJob


class Holding(Message, frozen=True, kw_only=True):
    """An account that the worker believes to own."""

    account_id: str
    epoch: Number
    next_check_at: Moment | None = None


class RegisterWorker(Message, frozen=True, kw_only=True):
    """First message on every connection."""

    worker_id: str
    host: str
    pid: int
    version: str
    protocol: int
    platforms: list[str]
    runners: list[str] = []
    max_accounts: int = 0
    """0: what the master's configuration says."""
    holding: list[Holding] = []
    generation: str = ""
    """Ledger generation that the worker's seen-cache was made under, empty for a new one."""
    instance: str = ""
    """Another one for every process: pid and host may be those of another container. Empty: told by pid and host."""


class WorkerRegistered(Message, frozen=True, kw_only=True):
    """The answer: what holds from now on. Accounts that are not in ``assignments`` are to be dropped."""

    generation: str
    heartbeat_seconds: float
    pulse_seconds: float
    lease_ms: int
    assignments: list[Assignment]
    jobs: list[RunJob] = []
    """Jobs that this worker began before: to be taken up again where their keepers still run."""


class Pulse(Message, frozen=True, kw_only=True):
    """Twice a second: the loop is alive. Its acknowledgement renews the leases."""

    sequence: Number


class PulseAcknowledged(Message, frozen=True, kw_only=True):
    """The leases of this worker hold ``lease_ms`` from the moment the pulse was sent."""

    lease_ms: int


class Heartbeat(Message, frozen=True, kw_only=True):
    """Every 10 s: how the worker is. ``holding`` lets both sides mend a difference."""

    at: int
    cpu_percent: float
    rss_bytes: int
    accounts: int
    active_checks: int
    errors: int
    """Failed checks since start."""
    checks: int
    items: int
    """Items found since start."""
    backlog: int
    """Items in the outbox."""
    round_trip_ms: float | None = None
    """Of the last pulse."""
    holding: list[Holding] = []


class HeartbeatAcknowledged(Message, frozen=True, kw_only=True):
    """Accounts to take (missing on the worker) and to drop (not, or no longer, its own)."""

    assign: list[Assignment] = []
    revoke: list[Holding] = []
    heartbeat_seconds: float | None = None
    """How long the next pause is; None: as before."""


class ShutDown(Message, frozen=True, kw_only=True):
    """Command: hand over, stop, exit within the deadline."""

    deadline_ms: int


class WorkerFailed(Message, frozen=True, kw_only=True):
    """Something in the worker itself went wrong."""

    code: str
    message: str
