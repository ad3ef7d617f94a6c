"""Ships what sessions found: in order for each account, several accounts at once, until the master has it."""

import asyncio
import contextlib
import logging
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from worker.protocol.codec import ProtocolError, split_items
from worker.protocol.item_messages import Item, ItemsAcknowledged, ItemsDetected
from worker.protocol.states import ErrorCode
from worker.runtime.failures import tell_failure
from worker.runtime.ledger import Ledger, LedgerError
from worker.runtime.ledger_files import Appended
from worker.runtime.link import LinkDownError, Master
from worker.runtime.stats import Stats
from worker.runtime.tasks import Tasks

logger = logging.getLogger(__name__)

AT_ONCE: Final = 4
SEND_SECONDS: Final = 15.0
FIRST_RETRY: Final = 0.5
LONGEST_RETRY: Final = 30.0

_POISON: Final = (ErrorCode.TOO_LARGE, ErrorCode.INVALID_PAYLOAD)
"""Refusals that would be the same the next time."""


class Outbox:
    """Items on their way to the master. They leave the disk only when the master has acknowledged them."""

    def __init__(self, ledger: Ledger, link: Master, tasks: Tasks, stats: Stats) -> None:
        self._ledger = ledger
        self._link = link
        self._tasks = tasks
        self._stats = stats
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._draining: dict[str, bool] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._stored: dict[str, int] = {}
        self._resumed = asyncio.Event()

    def stored(self, account: str) -> int:
        """Return how many new items of an account the master has stored since this worker started."""
        return self._stored.get(account, 0)

    def resume(self) -> None:
        """The link is up: send everything that waits."""
        self._resumed.set()
        for account in self._ledger.waiting():
            self._kick(account)

    async def append(
        self,
        account: str,
        epoch: int,
        items: Sequence[Item],
        *,
        baseline: bool,
        cursor: str | None,
        how: str,
        read: Sequence[str] = (),
        shown: Collection[str] = (),
    ) -> Appended:
        """Put a page on disk and begin to send it. ``shown``: keys of a baseline that become items all the same."""
        added = await self._ledger.append(
            account, epoch, items, baseline=baseline, cursor=cursor, how=how, read=read, shown=shown
        )
        if added.pending:
            self._kick(account)
        return added

    async def delivered(self, account: str) -> None:
        """Wait until nothing of ``account`` waits any more."""
        if account not in self._ledger.waiting():
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(account, []).append(done)
        self._kick(account)
        await done

    async def flush(self) -> None:
        """Wait until all accounts are delivered; give it a deadline."""
        for account in self._ledger.waiting():
            await self.delivered(account)

    def _kick(self, account: str) -> None:
        if account in self._draining:
            self._draining[account] = True
            return
        self._draining[account] = False
        self._tasks.spawn(self._drain(account), f"outbox {account}")

    async def _drain(self, account: str) -> None:
        retry = FIRST_RETRY
        try:
            while self._link.connected:
                self._draining[account] = False
                try:
                    async with self._slots:
                        more = await self._send_next(account)
                except (LinkDownError, ProtocolError, LedgerError) as error:
                    logger.warning("items wait in the outbox: %s", error)
                except Exception as error:
                    # The guard of the pump: what waits must not wait for the next check, or for ever.
                    logger.exception("items wait in the outbox")
                    self._tasks.spawn(tell_failure(self._link, "ERR_OUTBOX", error), "tell a failure")
                else:
                    retry = FIRST_RETRY
                    if not more and not self._draining[account]:
                        return
                    continue
                await self._rest(retry)
                retry = min(2 * retry, LONGEST_RETRY)
        finally:
            del self._draining[account]

    async def _rest(self, seconds: float) -> None:
        """Wait before sending again, but not past a new connection."""
        self._resumed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._resumed.wait()

    async def _send_next(self, account: str) -> bool:
        """Send one batch; return False when nothing was left, and tell those who wait for that."""
        batch = await self._ledger.next_batch(account)
        if batch is None:
            for done in self._waiting.pop(account, []):
                if not done.done():
                    done.set_result(None)
            return False
        for part in split_items(batch):
            await self._send(part)
        return True

    async def _send(self, part: ItemsDetected) -> None:
        try:
            acknowledged = await self._link.request(part, ItemsAcknowledged, SEND_SECONDS)
        except ProtocolError as error:
            if error.code is ErrorCode.ACCOUNT_NOT_FOUND:
                logger.info("the account %s exists no more: what waited of it is dropped", part.account_id)
                await self._ledger.forget(part.account_id)
                return
            if error.code not in _POISON:
                raise
            await self._isolate(part, error)
            return
        await self._note(part, acknowledged)

    async def _note(self, part: ItemsDetected, acknowledged: ItemsAcknowledged) -> None:
        baseline = {report.seq: report.baseline for report in part.reports}
        results = [result for result in acknowledged.results if result.seq in baseline]
        for result in results:
            if result.result == "rejected":
                logger.warning("the master rejected item %d of %s: %s", result.seq, part.account_id, result.error)
        if acknowledged.cursor == "gap":
            logger.warning("the cursor of %s was not stored: earlier items are missing there", part.account_id)
        stored = sum(1 for result in results if result.result == "stored" and not baseline[result.seq])
        self._stats.items += stored
        self._stored[part.account_id] = self.stored(part.account_id) + stored
        complete = len({result.seq for result in results}) == len(baseline)
        if not complete:
            # What it did not speak of is sent again, and what comes behind it too.
            part = msgspec.structs.replace(part, cursor=None, read=[])
        await self._ledger.acknowledge(part, [result.seq for result in results])
        if not complete:
            raise LinkDownError("the master did not speak of every item")

    async def _isolate(self, part: ItemsDetected, error: ProtocolError) -> None:
        """One thing in ``part`` is refused for ever: find it, drop it, keep the rest."""
        pieces = list(_pieces(part))
        if len(pieces) > 1:
            for piece in pieces:
                await self._send(piece)
            return
        what = f"item {part.reports[0].seq}" if part.reports else "the cursor"
        logger.error("%s of %s can never be delivered and is dropped: %s", what, part.account_id, error.message)
        await self._ledger.acknowledge(part, [report.seq for report in part.reports])


def _pieces(part: ItemsDetected) -> Iterator[ItemsDetected]:
    for report in part.reports:
        yield msgspec.structs.replace(part, reports=[report], cursor=None, read=[])
    if part.read and part.cursor is not None:
        yield msgspec.structs.replace(part, reports=[], cursor=None)
        yield msgspec.structs.replace(part, reports=[], read=[])
    elif part.read or part.cursor is not None:
        yield msgspec.structs.replace(part, reports=[])
