"""When an account is checked next, after how its checks went so far."""

import asyncio
import logging
from collections.abc import Callable

from worker.protocol.account_messages import Assignment
from worker.protocol.codec import now_ms
from worker.protocol.states import CheckOutcome
from worker.runtime.schedules import Schedule
from worker.runtime.shared import Shared
from worker.runtime.watches import Ending

logger = logging.getLogger(__name__)


class Plan:
    """Of one account under one epoch. Moments are the event loop's, in seconds."""

    def __init__(self, assignment: Assignment, shared: Shared) -> None:
        self.schedule = Schedule(assignment, shared.rng)
        self.due: float | None = 0.0
        """None: only a person can help."""
        self.failures = assignment.failures
        """In a row."""
        self.last: CheckOutcome | None = None
        """How the last check ended."""
        self._shared = shared
        self._limited_at: float | None = None
        """When the service last asked to be called less often."""

    def now(self) -> float:
        """Return this moment."""
        return asyncio.get_running_loop().time()

    def is_due(self) -> bool:
        """Whether the next check is due."""
        # Timers may fire a little early.
        return self.due is not None and self.due <= self.now() + 0.001

    def next_at(self, *, listening: bool) -> int | None:
        """Return when the next check is due (UTC ms), None while a push connection is waited on."""
        if self.due is None or listening:
            return None
        return now_ms() + max(0, round((self.due - self.now()) * 1000))

    def ended(self, ending: Ending, name: str, *, more: bool, covered: Callable[[], bool]) -> None:
        """Decide when the next check is due. ``name`` is the account's; ``more``: the check left pages for the next.

        ``covered()``: whether a push connection stands that tells of everything. Asked once it is known how it ended.
        """
        self.last = ending.outcome
        now = self.now()
        if ending.outcome is CheckOutcome.OK:
            self.failures = 0
            if more:
                self.due = now
            elif covered():
                self.due = now + self.schedule.safety_net()
            else:
                since = None if self._limited_at is None else now - self._limited_at
                self.due = now + self.schedule.regular(since)
            return
        if ending.outcome is CheckOutcome.RATE_LIMITED:
            self._limited_at = now
        self.failures += 1
        self._shared.stats.errors += 1
        self._log_failure(ending, name)
        delay = self.schedule.after(ending.outcome, self.failures, ending.retry_after)
        self.due = None if delay is None else now + delay

    def _log_failure(self, ending: Ending, name: str) -> None:
        """The first of a row, and what only a person can mend, is a warning; the rest is no news."""
        grave = self.failures == 1 or ending.outcome in (CheckOutcome.AUTH_FAILED, CheckOutcome.INVALID_CONFIG)
        logger.log(logging.WARNING if grave else logging.INFO, "%s could not be checked: %s", name, ending.reason)
