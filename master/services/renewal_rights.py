"""Who may have an account's credentials renewed by its service: one at a time, for refresh tokens may be used once."""

import time
from collections.abc import Callable
from typing import Final, NamedTuple

RIGHT_SECONDS: Final = 60.0
"""A worker gives its service 30 s."""


class Right(NamedTuple):
    """``holder``: worker and ticket."""

    holder: tuple[str, str]
    version: int
    ends: float


class RenewalRights:
    """By account. A right ends with what came of it, with the holder's process, or by itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rights: dict[str, Right] = {}

    def take(self, account_id: str, version: int, worker_id: str, ticket: str = "") -> bool:
        """Give the right to renew this version; False while another one has it."""
        now, before, holder = self._clock(), self._rights.get(account_id), (worker_id, ticket)
        if before is not None and before.version == version and before.ends > now and before.holder != holder:
            return False
        self._rights[account_id] = Right(holder, version, now + RIGHT_SECONDS)
        return True

    def end(self, account_id: str, version: int) -> None:
        """What was to be renewed was, or cannot be."""
        right = self._rights.get(account_id)
        if right is not None and right.version <= version:
            del self._rights[account_id]

    def give_back(self, account_id: str, version: int, worker_id: str) -> None:
        """Its holder could not have them renewed."""
        right = self._rights.get(account_id)
        if right is not None and right.holder[0] == worker_id and right.version == version:
            del self._rights[account_id]

    def end_of(self, worker_id: str) -> None:
        """A worker's process has ended: what it had not handed over by then is lost."""
        gone = [account_id for account_id, right in self._rights.items() if right.holder[0] == worker_id]
        for account_id in gone:
            del self._rights[account_id]
