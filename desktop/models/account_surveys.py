"""One look over all accounts: what the overview counts of them, in one pass however many there are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest

from desktop.models.rows import natural_key
from master.api.schema import Account
from worker.protocol.states import AccountState

TROUBLES = frozenset({AccountState.LOGIN_NEEDED, AccountState.UNREACHABLE, AccountState.STALE})
AT_REST = frozenset({AccountState.PAUSED, AccountState.LOGIN_NEEDED})
"""States in which nothing is checked."""


@dataclass(slots=True)
class PlatformCounts:
    """The accounts of one platform. ``active``: watched, or about to be; ``error``: a person may be needed."""

    platform: str
    total: int = 0
    active: int = 0
    error: int = 0
    paused: int = 0


@dataclass(slots=True)
class AccountSurvey:
    """What one pass found."""

    total: int = 0
    states: Counter[AccountState] = field(default_factory=Counter)
    platforms: dict[str, PlatformCounts] = field(default_factory=dict)
    sign_ins: list[Account] = field(default_factory=list)
    """Those that need one, the longest waiting first."""
    incidents: dict[str, list[Account]] = field(default_factory=dict)
    """By the server whose fault several share ("": this machine's network)."""
    alone: list[Account] = field(default_factory=list)
    """Unreachable or stale by themselves, the longest waiting first."""
    unread: list[Account] = field(default_factory=list)
    """Those with most unread items first."""
    unread_accounts: int = 0
    waiting: int = 0
    """Without a worker, though they should be checked."""
    last_checked_at: int | None = None

    @property
    def watched(self) -> int:
        """Accounts that are checked, or about to be."""
        return self.total - self.states[AccountState.PAUSED] - self.states[AccountState.LOGIN_NEEDED] - self.waiting


def survey(accounts: Iterable[Account], most_unread: int) -> AccountSurvey:
    """Look over all accounts; of those with unread items ``most_unread`` are named."""
    found = AccountSurvey()
    states, platforms = found.states, found.platforms
    unread: list[Account] = []
    last = 0
    for row in accounts:
        state = row.state
        states[state] += 1
        counts = platforms.get(row.platform)
        if counts is None:
            counts = platforms[row.platform] = PlatformCounts(row.platform)
        counts.total += 1
        if state in TROUBLES:
            counts.error += 1
            _take_trouble(found, row)
        elif state is AccountState.PAUSED:
            counts.paused += 1
        else:
            counts.active += 1
        if row.worker_id is None and state not in AT_REST:
            found.waiting += 1
        if row.unread:
            unread.append(row)
        if row.last_checked_at is not None and row.last_checked_at > last:
            last = row.last_checked_at
    found.total = sum(states.values())
    found.last_checked_at = last or None
    found.unread_accounts = len(unread)
    found.unread = nlargest(most_unread, unread, key=lambda row: row.unread)
    for rows in (found.sign_ins, found.alone):
        rows.sort(key=lambda row: (row.state_since_at, natural_key(row.name)))
    return found


def _take_trouble(found: AccountSurvey, row: Account) -> None:
    if row.state is AccountState.LOGIN_NEEDED:
        found.sign_ins.append(row)
    elif row.incident is not None:
        found.incidents.setdefault(row.incident, []).append(row)
    else:
        found.alone.append(row)
