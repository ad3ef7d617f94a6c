"""One account in memory: what is written of it, who owns it, and what its checks said."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

import msgspec

from master.api.accounts import Account, PinPolicy
from master.api.inheritance import Inheritable
from master.api.rows import Beat
from master.services.account_states import TROUBLES, Facts, patience
from master.services.inheritances import DEFAULT_INTERVAL, Counting, counting, own_of
from master.store.accounts import AccountRecord, shown_identity
from master.store.assignments import OwnerChange, Progress
from worker.protocol.account_messages import CheckEnded
from worker.protocol.states import AccountState, CheckOutcome, LoginStatus
from worker.protocol.texts import Text

BEATS: Final = 40
LEVELS: Final = {
    CheckOutcome.OK: "ok",
    CheckOutcome.TEMPORARY: "warn",
    CheckOutcome.RATE_LIMITED: "warn",
    CheckOutcome.TIMEOUT: "warn",
    CheckOutcome.PARSE: "warn",
    CheckOutcome.AUTH_FAILED: "bad",
    CheckOutcome.INVALID_CONFIG: "bad",
    CheckOutcome.ERROR: "bad",
}
DUTY_WEIGHT: Final = 0.2
"""How much the last check counts in what an account costs."""


class Stretch(NamedTuple):
    """A worker's intervals are longer than they should be."""

    factor: float
    reason: Text


@dataclass(slots=True, kw_only=True, eq=False)
class Watch:
    """Changed only in the loop. ``awake`` times are seconds of the service's clock that stands still in sleep."""

    record: AccountRecord
    owner: OwnerChange
    progress: Progress
    ok_awake: float
    """When it last succeeded, or when we began to expect that it does."""
    group: Inheritable | None = None
    """What its group passes on."""
    stretches: Mapping[str, Stretch] = field(default_factory=dict)
    """By worker, those that check more rarely than they are told."""
    default_interval: int = DEFAULT_INTERVAL
    unread: int = 0
    checking: bool = False
    listening: bool = False
    next_check_at: int | None = None
    """When it is due, whoever owns it then; None: at once, or when the server has news."""
    checks_ok: int = 0
    checks_total: int = 0
    succeeded: bool = False
    trouble: Text | None = None
    trouble_awake: float = 0.0
    incident: str | None = None
    """The shared fault that its trouble belongs to: a server, "" for the network."""
    patience_seconds: float = 0.0
    times_changed: bool = False
    duty: float | None = None
    """Share of the time that it is being checked, smoothed; None before the first check."""
    beats: deque[Beat] = field(default_factory=lambda: deque(maxlen=BEATS))
    login_session_id: str | None = None
    """The sign-in that is under way."""
    signing_out: int = 0
    """So many sign-outs are under way: nobody may watch it."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while something of the account is decided and written."""
    _counted: "tuple[AccountRecord, Inheritable | None, int, Counting] | None" = None

    def __post_init__(self) -> None:
        """Go on where the last master ended."""
        self.succeeded = self.record.last_ok_at is not None
        self.next_check_at = self.record.not_before_at
        if self.record.state is AccountState.UNREACHABLE:
            self.trouble = self.record.state_reason
            self.trouble_awake = self.ok_awake
        self.patience_seconds = patience(self.interval, self.patience_ms / 1000, False)

    @property
    def interval(self) -> int:
        """Seconds between checks, the longest that is asked for."""
        counts = self.counts
        return max(counts.interval_seconds, counts.interval_max_seconds or 0)

    @property
    def counts(self) -> Counting:
        """What counts of all that it may inherit."""
        of, group, default = self.record, self.group, self.default_interval
        known = self._counted
        if known is not None and known[0] is of and known[1] is group and known[2] == default:
            return known[3]
        found = counting(own_of(of), group, default)
        self._counted = (of, group, default, found)
        return found

    @property
    def has_credentials(self) -> bool:
        """Some are stored."""
        return self.record.credential_generation > 0

    def began_anew(self, awake: float) -> None:
        """Other settings or credentials, or resumed: what was before says nothing of what comes."""
        self.succeeded = False
        self.trouble = self.incident = None
        self.ok_awake = awake
        self._leave_alone(0, None)
        self.patience_seconds = patience(self.interval, None, False)

    def owned_by(self, change: OwnerChange, awake: float) -> None:
        """Another owner, or another reason. A new owner gets as much time as any."""
        if change.epoch != self.owner.epoch:
            self.progress = Progress(epoch=change.epoch, stored_seq=0, cursor=self.progress.cursor)
            self.checking = self.listening = False
        if self.owner.worker_id is None and change.worker_id is not None:
            self.ok_awake = awake
        self.owner = change

    def renewed(self, epoch: int, *, forget_cursor: bool) -> None:
        """The same owner, under a new epoch: what it found by other settings is no state of this account."""
        cursor = None if forget_cursor else self.progress.cursor
        self.owner = msgspec.structs.replace(self.owner, epoch=epoch)
        self.progress = Progress(epoch=epoch, stored_seq=0, cursor=cursor)
        self.checking = self.listening = False
        self._leave_alone(0, None)

    def ended(self, message: CheckEnded, awake: float) -> Beat:
        """A check ended; return its tick."""
        self.checking = False
        self.listening = message.listening
        asked = message.outcome is CheckOutcome.RATE_LIMITED
        self._leave_alone(message.failures, message.next_check_at, asked=asked)
        self.checks_total += 1
        ok = message.outcome is CheckOutcome.OK
        changes: dict[str, int] = {"last_checked_at": message.at}
        if ok:
            self.checks_ok += 1
            self.succeeded = True
            self.ok_awake = awake
            changes["last_ok_at"] = message.at
        self.record = msgspec.structs.replace(self.record, **changes)
        if message.outcome in TROUBLES:
            if self.trouble is None:
                self.trouble_awake = awake
            self.trouble = message.reason or self.trouble or Text(code="check_failed", params={"detail": "?"})
        elif ok or message.outcome is CheckOutcome.AUTH_FAILED:
            self.trouble = self.incident = None
        until_next = None if message.next_check_at is None else max(0.0, (message.next_check_at - message.at) / 1000)
        self.patience_seconds = patience(self.interval, until_next, message.listening)
        self._measure(message.duration_ms)
        beat = Beat(at=message.at, ms=message.duration_ms, level=LEVELS[message.outcome])
        self.beats.append(beat)
        return beat

    def _leave_alone(self, failures: int, until: int | None, *, asked: bool = False) -> None:
        """``asked``: the service wants it so; another worker may well have more luck with any other failure."""
        self.next_check_at = until
        self.times_changed = True
        not_before = until if asked else None
        self.record = msgspec.structs.replace(self.record, failures=failures, not_before_at=not_before)

    @property
    def patience_ms(self) -> int:
        """How long the last check was asked to wait; 0 if it was not."""
        until, at = self.record.not_before_at, self.record.last_checked_at
        return max(0, until - at) if until is not None and at is not None else 0

    def _measure(self, duration_ms: int) -> None:
        duty = duration_ms / 1000 / self.interval
        self.duty = duty if self.duty is None else self.duty + DUTY_WEIGHT * (duty - self.duty)

    @property
    def expected_at(self) -> int | None:
        """When its owner looks next, None if it has none or waits for a push."""
        return self.next_check_at if self.owner.worker_id is not None else None

    def facts(self, record: AccountRecord, owner: OwnerChange, awake: float, *, needs_credentials: bool) -> Facts:
        """Return what decides the state if ``record`` and ``owner`` were written."""
        return Facts(
            paused=record.paused,
            lacks_credentials=needs_credentials and record.credential_generation <= 0,
            login_status=record.login_status,
            login_reason=record.login_reason,
            trouble=self.trouble,
            succeeded=self.succeeded,
            owned=owner.worker_id is not None,
            unowned_reason=owner.reason,
            silent_seconds=awake - self.ok_awake,
            patience_seconds=self.patience_seconds,
        )

    def row(self) -> Account:
        """Return what clients see."""
        record, owner, counts = self.record, self.owner, self.counts
        stretch = self.stretches.get(owner.worker_id or "") if counts.priority <= 0 else None
        return Account(
            id=record.id,
            platform=record.platform,
            name=record.name,
            platform_account_id=shown_identity(record),
            settings=record.settings,
            interval_seconds=counts.interval_seconds,
            interval_max_seconds=counts.interval_max_seconds,
            interval_factor=stretch.factor if stretch is not None else 1.0,
            interval_reason=stretch.reason if stretch is not None else None,
            priority=counts.priority,
            proxy_id=counts.proxy_id,
            quiet_hours=counts.quiet_hours,
            notify_level=counts.notify_level,
            sound=counts.sound,
            effective=counts.effective,
            group_id=record.group_id,
            tags=record.tags,
            notes=record.notes,
            paused_until_at=record.paused_until_at,
            removed_at=record.removed_at,
            state=record.state,
            checking=self.checking,
            listening=self.listening,
            state_reason=record.state_reason,
            state_since_at=record.state_since_at,
            incident=self.incident,
            **self._sign_in(),
            worker_id=owner.worker_id,
            assignment_reason=owner.reason,
            assigned_since_at=owner.since_at,
            pinned=owner.pinned_to is not None,
            pinned_to=owner.pinned_to,
            pin_policy=cast("PinPolicy", owner.pin_policy),
            epoch=owner.epoch,
            last_checked_at=record.last_checked_at,
            last_ok_at=record.last_ok_at,
            next_check_at=self.expected_at,
            unread=self.unread,
            checks_ok=self.checks_ok,
            checks_total=self.checks_total,
            created_at=record.created_at,
            version=record.version,
        )

    def _sign_in(self) -> dict[str, Any]:
        """Return what of a row is about the sign-in and its safety."""
        record = self.record
        return {
            "has_credentials": self.has_credentials,
            "login_status": LoginStatus.PENDING if self.login_session_id else record.login_status,
            "login_session_id": self.login_session_id,
            "credentials_expire_at": record.credentials_expire_at,
            "credentials_used_at": record.credentials_used_at,
            "credential_version": max(0, record.credential_generation),
            "certificates": record.certificates,
        }
