"""Marking items as read at a service: wishes of the master, fulfilled between two checks of their account."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from worker.protocol.item_messages import ItemsMarked
from worker.protocol.states import CheckOutcome
from worker.protocol.texts import Text, text
from worker.runtime.redactions import Redactor
from worker.runtime.watches import Ending, guarded

logger = logging.getLogger(__name__)

MOST: Final = 8
"""So many wishes wait; the oldest is told to come again, for whoever sent it has long stopped waiting."""
USELESS: Final = frozenset({CheckOutcome.INVALID_CONFIG, CheckOutcome.ERROR})
"""It would go wrong the next time too."""


class Markings:
    """The wishes of one account."""

    def __init__(self, wake: Callable[[], None], redactor: Redactor) -> None:
        """``wake`` is called when there is something to do."""
        self._wake = wake
        self._redactor = redactor
        self._wishes: list[tuple[list[str], asyncio.Future[ItemsMarked]]] = []
        self._closed = False

    @property
    def waiting(self) -> bool:
        """Whether something is to be marked."""
        return bool(self._wishes)

    async def add(self, keys: list[str]) -> ItemsMarked:
        """Wait until it was tried, and return what came of it."""
        if self._closed:
            return _later("stopped")
        tried: asyncio.Future[ItemsMarked] = asyncio.get_running_loop().create_future()
        self._wishes.append((keys, tried))
        while len(self._wishes) > MOST:
            _answer(self._wishes.pop(0)[1], _later("busy"))
        self._wake()
        return await tried

    async def fulfil(self, mark: Callable[[list[str]], Awaitable[None]], seconds: float) -> list[Ending]:
        """Try what waits, ``seconds`` each; return how each ended. Raises what is no fault of the plug-in."""
        endings: list[Ending] = []
        while self._wishes:
            keys, tried = self._wishes.pop(0)
            try:
                ending = await guarded(_within(seconds, mark(keys)), seconds, self._redactor)
            except BaseException:
                _answer(tried, _later("interrupted"))
                raise
            endings.append(ending)
            if ending.outcome is not CheckOutcome.OK:
                logger.info("%d items could not be marked as read: %s", len(keys), ending.reason)
            _answer(tried, _answer_of(ending))
        return endings

    def put_off(self, why: Text | None) -> None:
        """It makes no sense now: whoever wishes it is told to come again."""
        while self._wishes:
            _answer(self._wishes.pop(0)[1], _later(str(why or "later")))

    def close(self) -> None:
        """The account is somebody else's now."""
        self._closed = True
        self.put_off(None)


async def _within(seconds: float, work: Awaitable[None]) -> None:
    async with asyncio.timeout(seconds):
        await work


def _answer_of(ending: Ending) -> ItemsMarked:
    if ending.outcome is CheckOutcome.OK:
        return ItemsMarked()
    return ItemsMarked(error=text("mark_failed", detail=str(ending.reason)), retry=ending.outcome not in USELESS)


def _later(why: str) -> ItemsMarked:
    return ItemsMarked(error=text("mark_failed", detail=why), retry=True)


def _answer(tried: asyncio.Future[ItemsMarked], answer: ItemsMarked) -> None:
    if not tried.done():
        tried.set_result(answer)
