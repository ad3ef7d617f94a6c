"""What the master is told of the checks of an account."""

import asyncio
import logging
from typing import Final

from worker.protocol.account_messages import CheckEnded, CheckStarted
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.states import CheckOutcome, ErrorCode
from worker.runtime.link import LinkDownError
from worker.runtime.shared import Shared
from worker.runtime.watches import Ending, Watch

logger = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 1.0
FINAL: Final = frozenset(
    {ErrorCode.STALE_EPOCH, ErrorCode.ACCOUNT_NOT_FOUND, ErrorCode.INVALID_PAYLOAD, ErrorCode.TOO_LARGE}
)
"""Refusals that would be the same the next time."""


class CheckTellings:
    """Of one account under one epoch."""

    def __init__(self, watch: Watch, shared: Shared) -> None:
        self._watch = watch
        self._shared = shared

    def started(self) -> "asyncio.Task[bool]":
        """Tell that a check begins; nobody has to wait for it to be heard."""
        assignment = self._watch.assignment
        started = CheckStarted(account_id=assignment.account_id, epoch=assignment.epoch)
        return self._shared.tasks.spawn(self._tell_once(started), f"check started {assignment.account_id}")

    async def ended(
        self,
        ending: Ending,
        how: str,
        seconds: float,
        found: int,
        *,
        failures: int,
        next_at: int | None,
        listening: bool,
    ) -> None:
        """Tell how a check ended, however long it takes to be heard: the master must not miss a refused sign-in."""
        assignment = self._watch.assignment
        message = CheckEnded(
            account_id=assignment.account_id,
            epoch=assignment.epoch,
            outcome=ending.outcome,
            at=now_ms(),
            duration_ms=round(seconds * 1000),
            found=found,
            how=how,
            reason=ending.reason,
            fields=ending.fields,
            failures=failures,
            retry_after_seconds=ending.retry_after,
            next_check_at=next_at,
            listening=listening,
            credentials_expire_at=self._watch.credentials_expire_at,
            certificates=self._watch.trust.certificates() if ending.outcome is CheckOutcome.OK else None,
        )
        while not self._watch.fenced and not await self._tell_once(message):
            await asyncio.sleep(AGAIN_SECONDS)
            await self._shared.link.up()

    async def _tell_once(self, message: Message) -> bool:
        """Return whether the master heard it: that the account is not ours is an answer, a fault of its own is none."""
        try:
            await self._shared.link.request(message, Done)
        except LinkDownError:
            return False
        except ProtocolError as error:
            logger.info("%s was refused: %s %s", type(message).__name__, error.code, error.message)
            return error.code in FINAL
        return True
