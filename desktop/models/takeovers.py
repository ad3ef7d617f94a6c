"""Take-overs as the accounts' rows tell of them: how many accounts others took from a worker, and when."""

from dataclasses import dataclass, field

from master.api.schema import Account

TOOK_OVER = "assign_took_over"
"""The code of the reason that names the worker before."""
TOGETHER_MS = 30_000
"""Accounts that are taken within this time of each other left for the same cause."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """How many accounts went, the moments of the first and of the last (UTC milliseconds)."""

    count: int
    first_at: int
    last_at: int


@dataclass(slots=True)
class _Episode:
    first_at: int
    last_at: int
    accounts: set[str] = field(default_factory=set)


class TakeOvers:
    """The newest take-over of every worker. What went on to another worker since then still counts."""

    def __init__(self) -> None:
        self._episodes: dict[str, _Episode] = {}

    def note(self, account: Account) -> None:
        """Look why an account is where it is."""
        reason, at = account.assignment_reason, account.assigned_since_at
        if reason is None or reason.code != TOOK_OVER or at is None:
            return
        worker_id = str(reason.params.get("worker", ""))
        episode = self._episodes.get(worker_id)
        if episode is None or at > episode.last_at + TOGETHER_MS:
            self._episodes[worker_id] = _Episode(at, at, {account.id})
        elif at >= episode.first_at - TOGETHER_MS:
            episode.first_at, episode.last_at = min(at, episode.first_at), max(at, episode.last_at)
            episode.accounts.add(account.id)

    def of(self, worker_id: str) -> TakeOver | None:
        """Return the newest one, None when none is known."""
        found = self._episodes.get(worker_id)
        return None if found is None else TakeOver(len(found.accounts), found.first_at, found.last_at)

    def workers(self) -> set[str]:
        """Return the workers that accounts were taken from."""
        return set(self._episodes)
