"""The push connection of an account: waited on between its checks, lost, and taken up again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from worker.protocol.states import CheckOutcome
from worker.runtime.ledger import LedgerError
from worker.runtime.link import LinkDownError
from worker.runtime.plans import Plan
from worker.runtime.requests import new_request_id, request_id
from worker.runtime.shared import Shared
from worker.runtime.watches import Ending, Watch, guarded

logger = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS: Final = 60.0
"""Keep-alives of a push connection are told no more often."""
PUSH_LASTED_SECONDS: Final = 60.0
"""A push connection that stood so long was a good one: its loss counts as the first."""
FREE_PUSHES: Final = 3
"""So many pushes without news are followed at once; a server that cries wolf is then asked less often."""


class Push:
    """Of one account under one epoch."""

    def __init__(
        self, watch: Watch, plan: Plan, shared: Shared, wake: Callable[[], None], alive: Callable[[], Awaitable[None]]
    ) -> None:
        """``wake()``: there is news, or the connection is lost; ``alive()`` tells the master that it stands."""
        self.news = False
        """What the server told of is to be fetched."""
        self._watch = watch
        self._plan = plan
        self._shared = shared
        self._wake = wake
        self._alive = alive
        self._failures = 0
        self._again_at = 0.0
        self._empty = 0
        self._kept_alive_at = float("-inf")

    def stands(self) -> bool:
        """Whether a connection is waited on between checks."""
        return (
            self._watch.can_listen
            and not self._watch.more
            and self._plan.last is CheckOutcome.OK
            and self._again_at <= self._plan.now()
        )

    def covers_all(self) -> bool:
        """Whether the connection that is waited on tells of everything."""
        return self.stands() and self._watch.push_covers_all

    def begin_anew(self) -> None:
        """What went wrong before says nothing any more."""
        self._failures, self._again_at = 0, 0.0

    def checked(self, how: str, found: int) -> None:
        """Note what a check found that was made because of news (``push``), or by itself."""
        self._empty = self._empty + 1 if how == "push" and not found else 0

    def kept_alive(self) -> None:
        """The master was just told that all is well."""
        self._kept_alive_at = self._plan.now()

    async def calm_down(self) -> None:
        """Before news are fetched: wait, if there were none so often before."""
        if self._empty > FREE_PUSHES:
            wait = min(0.25 * 2.0 ** (self._empty - FREE_PUSHES), self._plan.schedule.regular())
            await asyncio.sleep(wait)

    async def listen(self) -> None:
        """Wait for news, or until the connection is lost."""
        request_id.set(new_request_id())
        began = self._plan.now()
        try:
            ending = await guarded(self._until_news(), self._plan.schedule.deadline(), self._shared.redactor)
        except (LinkDownError, LedgerError):
            ending = Ending(outcome=CheckOutcome.TEMPORARY)
        if ending.outcome is CheckOutcome.OK:
            self.news = True
        else:
            logger.info("the push connection ended: %s", ending.reason)
            self._failures = 1 if self._plan.now() - began > PUSH_LASTED_SECONDS else self._failures + 1
            self._again_at = self._plan.now() + self._plan.schedule.push_again(self._failures)
            self._watch.can_listen = False
            # A poll tells whether it was only the connection; after that the usual interval.
            soon = self._shared.rng.random() if self._failures == 1 else self._plan.schedule.regular()
            self._plan.due = min(self._plan.due or self._plan.now() + soon, self._plan.now() + soon)
        self._wake()

    async def _until_news(self) -> None:
        while not await self._watch.listen():
            if self._watch.fenced:
                return
            self._failures = 0
            if self._plan.now() - self._kept_alive_at >= KEEP_ALIVE_SECONDS:
                self.kept_alive()
                await self._alive()
        self._failures = 0
