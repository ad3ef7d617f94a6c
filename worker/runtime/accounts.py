"""The accounts that this worker holds: one session each, made and ended as the master says."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Final

from worker.protocol.account_messages import AssignAccount, Assignment, CatchUp, CheckAccount, RevokeAccount
from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.item_messages import ItemsMarked, MarkItems
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text
from worker.protocol.worker_messages import HeartbeatAcknowledged, Holding
from worker.runtime.registry import Registry
from worker.runtime.session import Session
from worker.runtime.shared import Shared

logger = logging.getLogger(__name__)

STOP_AT_ONCE: Final = 64


class Accounts:
    """Keeps the sessions in step with the master. Changes happen one after the other."""

    def __init__(self, registry: Registry, shared: Shared) -> None:
        self._registry = registry
        self._shared = shared
        self._sessions: dict[str, Session] = {}
        self._fresh: set[str] = set()
        self._revoked: dict[str, int] = {}
        self._connection = 0
        self._changing = asyncio.Lock()
        self._closed = False
        self._closing: set[asyncio.Task[None]] = set()
        """Adapters that are being let go of."""

    def holding(self) -> list[Holding]:
        """Return the accounts with their epochs."""
        return [session.holding for session in self._sessions.values()]

    def connected(self) -> None:
        """A new connection begins: what is assigned on it from now on is newer than the registration's answer."""
        self._connection += 1
        self._fresh.clear()
        self._revoked.clear()

    async def reconcile(self, assignments: Iterable[Assignment]) -> None:
        """Hold exactly ``assignments``, and what was assigned since :meth:`connected`."""
        wanted = {
            assignment.account_id: assignment
            for assignment in assignments
            if assignment.epoch > self._revoked.get(assignment.account_id, -1)
        }
        async with self._changing:
            gone = [account for account in self._sessions if account not in wanted and account not in self._fresh]
            await self._drop(gone)
            for assignment in wanted.values():
                if assignment.account_id not in self._fresh:
                    await self._take(assignment)

    async def assign(self, command: AssignAccount) -> Done:
        """Watch an account, or take its changed settings over."""
        connection = self._connection
        async with self._changing:
            if connection != self._connection:
                # It waited here while a new connection began, whose registration says what holds now.
                raise ProtocolError(ErrorCode.WORKER_OFFLINE, "the connection that this came by has ended")
            await self._take(command.assignment)
            self._fresh.add(command.assignment.account_id)
        return Done()

    async def revoke(self, command: RevokeAccount) -> Done:
        """Stop watching. No check of the account runs when this returns. A newer epoch is left alone."""
        async with self._changing:
            self._revoked[command.account_id] = max(command.epoch, self._revoked.get(command.account_id, -1))
            session = self._sessions.get(command.account_id)
            if session is not None and session.holding.epoch <= command.epoch:
                self._fresh.discard(command.account_id)
                await self._drop([command.account_id])
        return Done()

    async def check(self, command: CheckAccount) -> Done:
        """Check now. Raises ``ProtocolError`` when the account is not ours, or no longer under this epoch."""
        self._session(command.account_id, command.epoch).check_now()
        return Done()

    async def catch_up(self, command: CatchUp) -> Done:
        """The machine slept: check each account when it says. What is not ours, or no longer, is passed over."""
        for planned in command.checks:
            session = self._sessions.get(planned.account_id)
            if session is not None and session.holding.epoch == planned.epoch:
                session.catch_up(planned.first_check_ms / 1000, fresh=command.fresh)
        return Done()

    async def mark(self, command: MarkItems) -> ItemsMarked:
        """Mark items as read at the service, between two checks. Raises ``ProtocolError`` as :meth:`check`."""
        session = self._session(command.account_id, command.epoch)
        if not session.marks:
            return ItemsMarked(error=text("mark_unable"))
        return await session.mark(command.keys)

    async def mend(self, answer: HeartbeatAcknowledged) -> None:
        """Do what a heartbeat's answer says differs."""
        async with self._changing:
            for holding in answer.revoke:
                session = self._sessions.get(holding.account_id)
                if session is not None and session.holding.epoch == holding.epoch:
                    await self._drop([holding.account_id])
            for assignment in answer.assign:
                # What was revoked while the answer was under way is another's by now.
                if assignment.epoch > self._revoked.get(assignment.account_id, -1):
                    await self._take(assignment)

    async def close(self, patience: float) -> None:
        """Hand all over; checks that run may finish within ``patience`` seconds."""
        self._closed = True
        async with self._changing:
            await self._drop(list(self._sessions), patience)

    async def adapters_closed(self) -> None:
        """Wait until all adapters were let go of; a slow one takes some seconds."""
        if self._closing:
            await asyncio.wait(self._closing)

    def _session(self, account: str, epoch: int) -> Session:
        session = self._sessions.get(account)
        if session is None:
            raise ProtocolError(ErrorCode.ACCOUNT_NOT_FOUND, f"account {account[:80]!r} is not watched here")
        if session.holding.epoch != epoch:
            raise ProtocolError(ErrorCode.STALE_EPOCH, f"it is watched under epoch {session.holding.epoch}")
        return session

    async def _take(self, assignment: Assignment) -> None:
        if self._closed:
            raise ProtocolError(ErrorCode.WORKER_OFFLINE, "this worker is stopping")
        account = assignment.account_id
        if assignment.epoch <= self._revoked.get(account, -1):
            raise ProtocolError(ErrorCode.STALE_EPOCH, f"it was revoked under epoch {self._revoked[account]}")
        before = self._sessions.get(account)
        if before is not None and before.holding.epoch > assignment.epoch:
            logger.info("an assignment of %s under the older epoch %d is ignored", account, assignment.epoch)
            return
        if before is not None and before.holding.epoch == assignment.epoch:
            before.update(assignment)
            return
        await self._drop([account])
        session = Session(assignment, self._registry.get(assignment.platform), self._shared)
        session.start()
        self._sessions[account] = session

    async def _drop(self, accounts: list[str], patience: float = 0.0) -> None:
        sessions = [session for account in accounts if (session := self._sessions.pop(account, None)) is not None]
        limit = asyncio.Semaphore(STOP_AT_ONCE)

        async def stop(session: Session) -> None:
            async with limit:
                closing = await session.stop(patience)
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

        await asyncio.gather(*(stop(session) for session in sessions))
