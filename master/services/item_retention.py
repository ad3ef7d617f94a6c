"""How long items stay: days by kind, and a limit of the database's size. The ledger of keys is never touched.

So what was deleted is never told again, however long a service keeps offering it. Unread items are left alone by the
days unless the settings say otherwise; the size is kept whatever it costs: read items go first, the oldest first.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from master.services.janitor import Purge
from master.services.settings import SettingsService
from master.store.engine import Database
from master.store.item_pages import HIGHEST, ItemQuery
from master.store.items import ItemStore
from master.store.rooms import RoomStore
from worker.protocol.codec import now_ms

logger = logging.getLogger(__name__)

DAY_MS: Final = 86_400_000
PART: Final = 200
"""So many are deleted at once: whoever wants to write meanwhile waits for no more."""
MERGED: Final = 500
"""Pages of the index of words that are merged after each part."""
FREE_BYTES: Final = 16 * 1_048_576
"""So much, or a tenth of the file, stays free within it: it is used again soon."""
SHRUNK: Final = 2000
"""Pages that are given back at once."""


class Items(Protocol):
    """What the items are told."""

    async def remove(self, ids: Sequence[int]) -> int: ...


class ItemRetention:
    """Each part counts what it clears, or (dry run) what it would clear."""

    def __init__(self, *, database: Database, settings: SettingsService, items: Items) -> None:
        self._database = database
        self._settings = settings
        self._items = items
        self._store = ItemStore()
        self._rooms = RoomStore()

    def purges(self) -> Mapping[str, Purge]:
        """Return what the janitor runs, by what is cleared."""
        return {
            "items": lambda _before, dry_run: self.clear_old(dry_run=dry_run),
            "items_room": lambda _before, dry_run: self.clear_large(dry_run=dry_run),
        }

    async def clear_old(self, *, dry_run: bool) -> int:
        """Delete what is older than items of its kind are kept, by when it was found."""
        settings = self._settings.current
        count = 0
        for kind, days in settings.item_keep_days.items():
            query = ItemQuery(kinds=[kind], until=max(0, now_ms() - days * DAY_MS))
            if settings.item_keep_unread:
                query = ItemQuery(kinds=[kind], until=query.until, unread=False)
            count += await self._clear(query, HIGHEST, dry_run)
        if count and not dry_run:
            await self._shrink()
        return count

    async def clear_large(self, *, dry_run: bool) -> int:
        """Delete the oldest items until the database has room."""
        limit = self._settings.current.item_keep_total_mb
        if limit is None:
            return 0
        used, _ = await self._database.read(self._rooms.room)
        stored = await self._database.read(self._store.count)
        excess = used - limit * 1_048_576
        if excess <= 0 or not stored:
            return 0
        wanted = min(stored, -(-excess * stored // used))
        count = await self._clear(ItemQuery(unread=False), wanted, dry_run)
        if count < wanted:
            count += await self._clear(ItemQuery(unread=True), wanted - count, dry_run)
        if count and not dry_run:
            await self._shrink()
        return count

    async def _clear(self, query: ItemQuery, limit: int, dry_run: bool) -> int:
        """Delete up to ``limit`` items of a query, the oldest first."""
        if dry_run:
            read = partial(self._store.pages.ids, query=query, limit=min(limit, 1 << 40), newest=False)
            return len(await self._database.read(read))
        count = 0
        while count < limit:
            part = min(PART, limit - count)
            ids = await self._database.read(partial(self._store.pages.ids, query=query, limit=part, newest=False))
            if not ids:
                break
            count += await self._items.remove(ids)
            await self._database.write(lambda conn: self._store.indices.tidy(conn, MERGED))
        return count

    async def _shrink(self) -> None:
        """Give free room back to the disk, a little at a time."""
        if not await self._database.read(self._rooms.shrinks):
            return
        while True:
            room = await self._database.read(self._rooms.room)
            if room.free <= max(FREE_BYTES, (room.used + room.free) // 10):
                return
            await self._database.write(lambda conn: self._rooms.shrink(conn, SHRUNK))
            if (await self._database.read(self._rooms.room)).free >= room.free:
                return
