"""Facts about the database itself: the profile's id, the ledger's generation, counters that only grow."""

import uuid

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from master.store.tables import meta


class MetaStore:
    """The table of names and values."""

    def get(self, conn: Connection, key: str) -> str | None:
        """Return a value, None when it was never set."""
        return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()

    def set(self, conn: Connection, key: str, value: str) -> None:
        """Write a value."""
        statement = insert(meta).values(key=key, value=value)
        conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def ensure(self, conn: Connection) -> tuple[str, str]:
        """Return the profile's id and the ledger's generation, made at the first start."""
        return self._uuid(conn, "profile_id"), self._uuid(conn, "generation")

    def count_up(self, conn: Connection, key: str, count: int) -> int:
        """Take ``count`` (≥ 1) numbers of a counter and return the first; it begins at 1."""
        if count < 1:
            raise ValueError(f"cannot take {count} numbers")
        last = int(self.get(conn, key) or 0)
        self.set(conn, key, str(last + count))
        return last + 1

    def _uuid(self, conn: Connection, key: str) -> str:
        value = self.get(conn, key)
        if value is None:
            value = str(uuid.uuid4())
            self.set(conn, key, value)
        return value
