"""Searches that people keep under a name."""

from typing import Final

import msgspec

from master.api.events import Deleted
from master.api.items import ItemFilter
from master.api.searches import Search, SearchCreate
from master.errors import Conflict, NotFound
from master.services.events import Publisher
from master.store.engine import Connection, Database, IntegrityError
from master.store.searches import SearchRecord, SearchStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

MOST: Final = 500


class SearchService:
    """Owns the saved searches."""

    def __init__(self, *, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher
        self._store = SearchStore()

    async def rows(self) -> list[Search]:
        """Return all of them by name."""
        return [_row(record) for record in await self._database.read(self._store.all)]

    async def create(self, body: SearchCreate) -> Search:
        """Keep one. Raises :class:`Conflict` when the name is taken or there are too many."""
        record = SearchRecord(
            name=body.name,
            filter=msgspec.json.encode(body.filter).decode(),
            item_order=body.order,
            created_at=now_ms(),
        )

        def work(conn: Connection) -> SearchRecord:
            if len(self._store.all(conn)) >= MOST:
                raise Conflict(text("search_many", maximum=MOST))
            return self._store.insert(conn, record)

        try:
            row = _row(await self._database.write(work))
        except IntegrityError as error:
            raise Conflict(text("search_taken"), fields={"name": text("search_taken")}) from error
        self._publisher.publish("search.changed", row)
        return row

    async def delete(self, search_id: int) -> None:
        """Forget one. Raises :class:`NotFound`."""
        if not await self._database.write(lambda conn: self._store.delete(conn, search_id)):
            raise NotFound(text("search_unknown", id=search_id))
        self._publisher.publish("search.deleted", Deleted(id=str(search_id)))


def _row(record: SearchRecord) -> Search:
    return Search(
        id=record.id,
        name=record.name,
        filter=msgspec.json.decode(record.filter, type=ItemFilter),
        order=msgspec.convert(record.item_order or "newest", Search.__annotations__["order"]),
        created_at=record.created_at,
    )
