"""Learns an older history by and by: what a former version stored is indexed and counted beside the daily work."""

import asyncio
import logging
import time
from typing import Final

from master.api.item_statistics import ItemIndex
from master.store.engine import Connection, Database, DatabaseError
from master.store.items import ItemStore

logger = logging.getLogger(__name__)

PART: Final = 200
"""So many items at once: whoever wants to write meanwhile waits for no more."""
REST: Final = 1.0
"""For every second of work so many seconds of rest: the watch goes on meanwhile."""
AGAIN_SECONDS: Final = 60.0


class ItemHistoryService:
    """Knows how far it is. :meth:`run` ends when everything is learnt."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._store = ItemStore()
        self._left = 0
        self._total = 0

    async def load(self) -> None:
        """See how much there is to learn."""

        def begin(conn: Connection) -> int:
            self._store.begin(conn)
            return self._store.unlearnt(conn)

        self._left = self._total = await self._database.write(begin)

    def state(self) -> ItemIndex:
        """Return how far it is."""
        return ItemIndex(complete=self._left == 0, done=self._total - self._left, total=self._total)

    async def run(self) -> None:
        """Learn everything, the newest first."""
        if self._left:
            logger.info("%d older items are made searchable in the background", self._left)
        while self._left:
            began = time.perf_counter()
            try:
                position, count = await self._database.write(lambda conn: self._store.learn(conn, PART))
            except DatabaseError:
                logger.exception("older items could not be made searchable; tried again in %.0f s", AGAIN_SECONDS)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self._left = max(0, self._left - count) if position else 0
            if not position:
                logger.info("all %d older items can be searched now", self._total)
            await asyncio.sleep(REST * (time.perf_counter() - began))
