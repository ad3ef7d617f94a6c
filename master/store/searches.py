"""Saved searches."""

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from master.store.item_tables import searches


class SearchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row; ``id`` 0 before it is stored. ``filter`` is JSON."""

    id: int = 0
    name: str
    filter: str
    item_order: str
    created_at: int


class SearchStore:
    """The table of saved searches."""

    def all(self, conn: Connection) -> list[SearchRecord]:
        """Return all of them by name."""
        statement = select(searches).order_by(func.lower(searches.c.name), searches.c.id)
        return [SearchRecord(**row) for row in conn.execute(statement).mappings()]

    def insert(self, conn: Connection, record: SearchRecord) -> SearchRecord:
        """Add one and return it with its id. Raises ``IntegrityError`` when its name is taken."""
        values = msgspec.structs.asdict(record)
        del values["id"]
        found = conn.execute(insert(searches).values(values)).inserted_primary_key
        assert found is not None
        return msgspec.structs.replace(record, id=found[0])

    def delete(self, conn: Connection, search_id: int) -> bool:
        """Remove one; return whether it was there."""
        return conn.execute(delete(searches).where(searches.c.id == search_id)).rowcount == 1
