"""Telling workers what is theirs and what no longer is, until they have acknowledged it."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import msgspec

from master.errors import NotFound, ServiceError
from master.services.leases import Leases
from master.services.ownership import Grant
from master.tasks import Tasks
from worker.protocol.account_messages import AssignAccount, Assignment, RevokeAccount
from worker.protocol.bases import Message
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode

logger = logging.getLogger(__name__)

ASSIGN_SECONDS: Final = 5.0
REVOKE_SECONDS: Final = 5.0
SHORTEST_SECONDS: Final = 0.01
"""Less is not waited: the end of a lease is a rounded number."""
ANSWER_BYTES: Final = 768 * 1024
"""So much of assignments goes into one answer; a message may have 1 MiB."""
AT_ONCE: Final = 64
"""Most messages under way to all workers together."""


class Send(Protocol):
    """Sends a message to a worker and returns its answer.

    Raises :class:`~master.errors.Unavailable` when it cannot be reached in time, ``ProtocolError`` when it refuses.
    """

    async def __call__(self, worker_id: str, message: Message, timeout_s: float) -> Message: ...


class Deliveries:
    """Commands under way. It decides nothing: it reports what became of each."""

    def __init__(
        self,
        *,
        send: Send,
        tasks: Tasks,
        leases: Leases,
        holds: Callable[[str, Grant], bool],
        seated: Callable[[str], bool],
        assignment: Callable[[str], Assignment],
        released: Callable[[str], None],
        taken: Callable[[str], None],
        refused: Callable[[str, Grant], None],
        robbed: Callable[[str], None],
    ) -> None:
        """``released(account)``: its old owner has let go; ``taken(account)``: the new one took it, or
        ``refused(account, grant)``: it did not; ``robbed(worker)``: its lease ended before it let go of something.
        """
        self.send: Final = send
        self._tasks = tasks
        self._leases = leases
        self._holds = holds
        self._seated = seated
        self._assignment = assignment
        self._released = released
        self._taken = taken
        self._refused = refused
        self._robbed = robbed
        self._assigning: dict[str, int] = {}
        self._releasing: dict[str, tuple[Grant, asyncio.Event]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def under_way(self, account_id: str) -> bool:
        """Tell whether a command about this account waits for its acknowledgement."""
        return account_id in self._assigning or account_id in self._releasing

    def releasing(self, account_id: str) -> bool:
        """Tell whether its old owner may still be at it."""
        return account_id in self._releasing

    def assign(self, grants: Iterable[tuple[str, Grant]]) -> None:
        """Tell workers what they were granted, all at the same time."""
        for account_id, grant in grants:
            self._assigning[account_id] = self._assigning.get(account_id, 0) + 1
            self._tasks.spawn(self._assign(account_id, grant), name=f"assign {account_id}")

    def release(self, account_id: str, grant: Grant) -> None:
        """Have a worker let go of an account; ``released`` is called when it surely has."""
        gone = asyncio.Event()
        self._releasing[account_id] = (grant, gone)
        self._tasks.spawn(self._release(account_id, grant, gone), name=f"revoke {account_id}")

    def awaits(self, worker_id: str) -> bool:
        """Tell whether a worker was asked to let go of something and may still be at it."""
        return any(grant.worker_id == worker_id for grant, _gone in self._releasing.values())

    @property
    def leaving(self) -> int:
        """How many accounts are being let go of."""
        return len(self._releasing)

    def worker_gone(self, worker_id: str) -> bool:
        """A process or its lease ended: it has let go of everything. True when something waited for that."""
        waited = [gone for grant, gone in self._releasing.values() if grant.worker_id == worker_id]
        for gone in waited:
            gone.set()
        return bool(waited)

    async def _assign(self, account_id: str, grant: Grant) -> None:
        try:
            taken = await self._try_twice(account_id, grant)
        finally:
            left = self._assigning[account_id] - 1
            if left:
                self._assigning[account_id] = left
            else:
                del self._assigning[account_id]
        if taken:
            self._taken(account_id)
        # A worker that is away gets everything when it registers again, or loses it when its process ends.
        if not taken and self._holds(account_id, grant) and self._seated(grant.worker_id):
            logger.warning("%s did not take %s", grant.worker_id, account_id, extra={"account_id": account_id})
            self._refused(account_id, grant)

    async def _try_twice(self, account_id: str, grant: Grant) -> bool:
        for _attempt in range(2):
            try:
                async with self._slots:
                    # Asked when it is its turn: while it waited the account may have gone to somebody else.
                    if not self._holds(account_id, grant) or not self._seated(grant.worker_id):
                        return False
                    assignment = self._assignment(account_id)
                    await self.send(grant.worker_id, AssignAccount(assignment=assignment), ASSIGN_SECONDS)
            except NotFound:
                # Deleted meanwhile.
                return True
            except (ServiceError, ProtocolError) as error:
                logger.info("%s: assigning %s: %s", grant.worker_id, account_id, error)
                continue
            return True
        return False

    async def _release(self, account_id: str, grant: Grant, gone: asyncio.Event) -> None:
        message = RevokeAccount(account_id=account_id, epoch=grant.epoch)
        try:
            while not await self._let_go(grant.worker_id, message, gone):
                continue
        finally:
            if self._releasing.get(account_id, (None, None))[1] is gone:
                del self._releasing[account_id]
        self._released(account_id)

    async def _let_go(self, worker_id: str, message: RevokeAccount, gone: asyncio.Event) -> bool:
        """Ask once. True: acknowledged, or its lease ran out unrenewed, or its process is gone."""
        if gone.is_set():
            return True
        asked = self._tasks.spawn(self._ask(worker_id, message), name=f"ask {worker_id}")
        ended = self._tasks.spawn(gone.wait(), name=f"end of {worker_id}")
        try:
            await asyncio.wait((asked, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            ended.cancel()
        if gone.is_set() or asked.result():
            return True
        remaining = self._leases.remaining(worker_id)
        if remaining > 0:
            try:
                await asyncio.wait_for(gone.wait(), max(remaining, SHORTEST_SECONDS))
            except TimeoutError:
                if self._leases.remaining(worker_id) > 0:
                    # A worker that pulses on has renewed it: asked again.
                    return False
        if not gone.is_set():
            # It believes the account its own still: no late pulse may revive that.
            self._robbed(worker_id)
        return True

    async def _ask(self, worker_id: str, message: RevokeAccount) -> bool:
        """Return whether the worker itself says that it watches the account no longer."""
        try:
            await self.send(worker_id, message, REVOKE_SECONDS)
        except ProtocolError as error:
            if error.code in (ErrorCode.ACCOUNT_NOT_FOUND, ErrorCode.STALE_EPOCH):
                return True
            logger.info("%s: revoking %s: %s", worker_id, message.account_id, error)
            return False
        except ServiceError as error:
            logger.info("%s: revoking %s: %s", worker_id, message.account_id, error)
            return False
        return True


def fitting(assignments: Sequence[Assignment]) -> list[Assignment]:
    """Return as many of the first as one message holds."""
    size = 0
    for number, assignment in enumerate(assignments):
        size += len(msgspec.json.encode(assignment))
        if size > ANSWER_BYTES:
            return list(assignments[:number])
    return list(assignments)
