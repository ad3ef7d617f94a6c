"""Every message between master and worker. Times are UTC milliseconds, spans carry their unit in their name.

Facts are named in the past, commands imperatively, questions ``…Request``; each has its answer type beside it.
Unknown fields are ignored (a newer peer may add some); wrong types are refused.
"""

from typing import Any

from worker.protocol.bases import EARLIEST_MS, LATEST_MS, Message, Moment, Number
from worker.protocol.certificates import Certificate
from worker.protocol.job_messages import RunJob
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.secret import veiled
from worker.protocol.states import CheckOutcome, ItemKind, LogLevel
from worker.protocol.texts import Text

# ---------------------------------------------------------------- accounts


class Assignment(Message, frozen=True, kw_only=True):
    """One account as a worker needs it. The cursor is the platform's own, opaque to everybody else."""

    account_id: str
    epoch: Number
    platform: str
    name: str
    settings: dict[str, Any]
    interval_seconds: int
    interval_max_seconds: int | None = None
    has_credentials: bool = False
    credential_version: int = 0
    cursor: str | None = None
    baseline: bool = False
    """No check of this account has ever been acknowledged: what the next one finds is known, not new."""
    show: Number = 0
    """So many of the newest things that a baseline finds become items all the same, read and told to nobody."""
    priority: int = 0
    stored_seq: Number = 0
    """Highest sequence number stored without a gap for (account, epoch); the worker goes on from the next."""
    first_check_ms: Number = 0
    """The first check of a worker that does not watch it yet begins after so long; 0: at once."""
    failures: Number = 0
    """Checks in a row that failed, whoever made them: the back-off goes on from there."""
    proxy: ProxyRoute | None = None
    """Every connection for this account goes through it, or none is made."""
    commands: list[str] | None = None
    """Programs that its platform may execute, as the setting ``job_commands`` says; None: any."""


class AssignAccount(Message, frozen=True, kw_only=True):
    """Command: watch this account. Also sent when its settings change (same epoch, new settings)."""

    assignment: Assignment


class RevokeAccount(Message, frozen=True, kw_only=True):
    """Command: stop watching; answered when no check of it runs any more."""

    account_id: str
    epoch: Number


class CheckAccount(Message, frozen=True, kw_only=True):
    """Command: check now (or right after the check that runs)."""

    account_id: str
    epoch: Number


class PlannedCheck(Message, frozen=True, kw_only=True):
    """When an account is to be checked next: ``first_check_ms`` from now."""

    account_id: str
    epoch: Number
    first_check_ms: Number


class CatchUp(Message, frozen=True, kw_only=True):
    """Command: the machine slept, or the network is there again. These accounts are checked when it says.

    At most 2,000 accounts; those that are not, or no longer, one's own are passed over.
    """

    checks: list[PlannedCheck]
    fresh: bool = False
    """Connections from before do not stand any more: what waits on one is broken off, and all are made anew."""


class Done(Message, frozen=True, kw_only=True):
    """The plain answer to a command."""


class TestAccount(Message, frozen=True, kw_only=True):
    """Question: connect with these settings, save nothing. Secrets are asked for with the ticket."""

    __test__ = False

    ticket: str
    platform: str
    settings: dict[str, Any]
    has_credentials: bool
    proxy: ProxyRoute | None = None
    commands: list[str] | None = None
    """Programs that its platform may execute; None: any."""

    __repr__ = veiled


class TestStep(Message, frozen=True, kw_only=True):
    """One step of a test with its time; ``error`` says why it failed."""

    __test__ = False

    name: Text
    milliseconds: int
    error: Text | None = None


class AccountTested(Message, frozen=True, kw_only=True):
    """The answer to :class:`TestAccount`. ``fields`` maps a field of the manifest to what is wrong with it."""

    success: bool
    steps: list[TestStep] = []
    error: Text | None = None
    fields: dict[str, Text] = {}
    identity: str = ""
    """Who the server says we are (stable id), empty where the platform has none."""
    expires_at: Moment | None = None
    """When what signs in ends, as far as the server tells."""


# ---------------------------------------------------------------- registration and liveness


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


# ---------------------------------------------------------------- items


class Item(Message, frozen=True, kw_only=True):
    """A detected thing. ``key`` is stable for ever within its account."""

    kind: ItemKind
    key: str
    title: str
    text: str = ""
    author: str = ""
    url: str = ""
    thread: str = ""
    created_at: int
    """When the platform says it was made; never later than ``detected_at``."""
    detected_at: int
    truncated: bool = False


class Report(Message, frozen=True, kw_only=True):
    """An item with its sequence number in (account, epoch), from 1."""

    seq: Number
    item: Item
    baseline: bool = False
    """Known, not new: stored as a key only, never told."""
    shown: bool = False
    """Of a baseline, and an item all the same: read and never told, so that something is there to look at."""


class CursorReport(Message, frozen=True, kw_only=True):
    """The cursor after a check, and the sequence number up to which it speaks."""

    seq: Number
    value: str


class ItemsDetected(Message, frozen=True, kw_only=True):
    """A batch of one account, in order of sequence. The last batch of a check carries its cursor.

    A check without items sends a batch with no reports only when its cursor changed.
    """

    account_id: str
    epoch: Number
    how: str = "poll"
    """``poll`` or ``push``."""
    reports: list[Report]
    cursor: CursorReport | None = None
    read: list[str] = []
    """Keys of items of this account, of this batch or stored before, that are read at the service. Unknown ones are
    passed over. A batch that carries a cursor carries the last of what is read before it."""


class ReportResult(Message, frozen=True, kw_only=True):
    """What became of one report: ``stored``, ``known`` (its key was there), or ``rejected`` with the reason."""

    seq: Number
    result: str
    error: Text | None = None


class ItemsAcknowledged(Message, frozen=True, kw_only=True):
    """Sent after the commit. ``cursor`` is ``stored``, ``stale`` (an older epoch), ``gap`` or ``none``."""

    results: list[ReportResult]
    cursor: str = "none"


class MarkItems(Message, frozen=True, kw_only=True):
    """Command: mark these items as read at the service, between two checks. Sent again until it is answered."""

    account_id: str
    epoch: Number
    keys: list[str]
    """At most 500."""


class ItemsMarked(Message, frozen=True, kw_only=True):
    """The answer to :class:`MarkItems`: it was done, or why not; ``retry``: it may go well later."""

    error: Text | None = None
    retry: bool = False


# ---------------------------------------------------------------- checks


class CheckStarted(Message, frozen=True, kw_only=True):
    """A check began (shown as *Checking*, not stored, unnumbered)."""

    account_id: str
    epoch: Number


class CheckEnded(Message, frozen=True, kw_only=True):
    """A check ended. Sent after its items were acknowledged, or after it failed."""

    account_id: str
    epoch: Number
    outcome: CheckOutcome
    at: Moment
    duration_ms: Number
    found: int = 0
    """New items (baseline ones do not count)."""
    how: str = "poll"
    reason: Text | None = None
    fields: dict[str, Text] = {}
    """Fields of the manifest that are wrong (``invalid_config``)."""
    failures: int = 0
    """Consecutive failures, this one included."""
    retry_after_seconds: float | None = None
    next_check_at: Moment | None = None
    """None while a push connection is waited on."""
    listening: bool = False
    """A push connection stands: the window says *push* instead of a next check."""
    credentials_expire_at: Moment | None = None
    """When the credentials end, as far as this check told; None: nothing new."""
    certificates: list[Certificate] | None = None
    """Of the servers that this account connects to, and of the authorities that it names; None: nothing new."""


# ---------------------------------------------------------------- credentials


class CredentialRequest(Message, frozen=True, kw_only=True):
    """Question: the secret of an account whose lease I hold, of a test (``ticket``) or of a job given to me."""

    account_id: str = ""
    epoch: Number = 0
    ticket: str = ""
    job_id: str = ""
    run: Number = 0
    proxy_id: str = ""
    """With account and epoch: the password of the proxy that this account is watched through."""
    renew: bool = False
    """I want to have them renewed by the service: give me the right to, for which nobody else has it meanwhile."""

    __repr__ = veiled


class CredentialGranted(Message, frozen=True, kw_only=True):
    """The only message that carries a secret, and only as an acknowledgement."""

    document: dict[str, Any]
    version: int
    account_id: str = ""
    """Of a test: whose stored credentials these are, empty for those that were typed."""
    may_renew: bool = False
    """You alone may have them renewed, until you tell what came of it, at most for a minute."""

    def __repr__(self) -> str:
        return f"CredentialGranted(version={self.version})"


# ---------------------------------------------------------------- logs


class LogRecord(Message, frozen=True, kw_only=True):
    """One line of a log; redacted before it leaves its process."""

    at: int
    level: LogLevel
    source: str
    """``master``, a worker's id, or ``desktop``."""
    logger: str
    message: str
    request_id: str = ""
    account_id: str = ""
    traceback: str = ""


class LogsWritten(Message, frozen=True, kw_only=True):
    """A batch of records; ``dropped`` counts those that the full queue could not keep."""

    records: list[LogRecord]
    dropped: int = 0


class WorkerFailed(Message, frozen=True, kw_only=True):
    """Something in the worker itself went wrong."""

    code: str
    message: str


__all__ = ["EARLIEST_MS", "LATEST_MS", "Message", "Moment", "Number"]
