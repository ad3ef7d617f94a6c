"""Credentials that their services renewed, on their way to the master: whatever becomes of the check that wanted them.

A service that rotates refresh tokens has given the only one that is good. It is in the memory of this process until the
master has committed it, and on no disk: so nothing is renewed while the master is away, what was renewed is sent at
once and again until it is acknowledged, and a worker that stops in order waits for that.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.credential_messages import CredentialKept, CredentialStored, CredentialUpdated
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text
from worker.runtime.link import LinkDownError, Master
from worker.runtime.tasks import Tasks
from worker.sdk.errors import TemporaryFailure

logger = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 15.0
TURN_SECONDS: Final = 70.0
"""So long is waited for the right while somebody else has it: longer than another worker can keep it."""
HOPELESS: Final = frozenset({ErrorCode.ACCOUNT_NOT_FOUND, ErrorCode.INVALID_PAYLOAD, ErrorCode.TOO_LARGE})
"""Refusals that would be the same the next time."""


class Renewals:
    """What is under way in the whole worker; outlives sessions."""

    def __init__(self) -> None:
        self._open: set[asyncio.Task[Any]] = set()
        self._turns: dict[str | int, tuple[asyncio.Lock, list[object]]] = {}
        """By account: whose turn it is, and who is there at all."""

    async def turn(self, account_id: str | int) -> Callable[[], None]:
        """Wait until nobody else in this worker renews the credentials of an account; call the result at the end.

        The master gives the right to a worker: it cannot tell the watch of an earlier epoch, whose renewal goes on,
        from that of a later one. Raises ``TemporaryFailure``.
        """
        lock, there = self._turns.setdefault(account_id, (asyncio.Lock(), []))
        me = object()
        there.append(me)
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await lock.acquire()
        except BaseException as error:
            self._leave(account_id, me)
            if isinstance(error, TimeoutError):
                raise TemporaryFailure(text("credentials_renewed_elsewhere")) from error
            raise
        return partial(self._end_turn, account_id, me)

    def _end_turn(self, account_id: str | int, me: object) -> None:
        self._turns[account_id][0].release()
        self._leave(account_id, me)

    def _leave(self, account_id: str | int, me: object) -> None:
        there = self._turns[account_id][1]
        there.remove(me)
        if not there:
            del self._turns[account_id]

    def spawn(self, tasks: Tasks, work: Coroutine[Any, Any, Any], name: str) -> "asyncio.Task[Any]":
        """Run ``work`` to its end, whoever stops waiting for it."""
        task = tasks.spawn(work, name)
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        return task

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way, so long at most."""
        if self._open:
            _, left = await asyncio.wait(self._open, timeout=seconds)
            if left:
                logger.error("%d renewed credentials could not be handed to the master before the end", len(left))


async def store(link: Master, message: CredentialUpdated) -> CredentialStored:
    """Have the master keep renewed credentials, however long that takes; return what it says."""
    pause = AGAIN_SECONDS
    while True:
        await link.up()
        try:
            return await link.request(message, CredentialStored)
        except LinkDownError as error:
            logger.info("the renewed credentials of %s are sent again: %s", message.account_id, error)
        except ProtocolError as error:
            if error.code in HOPELESS:
                logger.warning("the renewed credentials of %s were refused: %s", message.account_id, error.message)
                return CredentialStored(stored=False, version=0)
            logger.warning("the renewed credentials of %s are not kept yet: %s", message.account_id, error.message)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        await asyncio.sleep(pause)


async def give_up(link: Master, account_id: str, version: int) -> None:
    """Tell that the credentials are as they were. Unheard, the right to renew them ends by itself."""
    try:
        await link.request(CredentialKept(account_id=account_id, version=version), Done)
    except (LinkDownError, ProtocolError) as error:
        logger.info("the right to renew the credentials of %s ends by itself: %s", account_id, error)
