"""What master and worker say to each other about accounts and their checks."""

from typing import Any

from worker.protocol.bases import Message, Moment, Number
from worker.protocol.certificates import Certificate
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.secret import veiled
from worker.protocol.states import CheckOutcome
from worker.protocol.texts import Text


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
