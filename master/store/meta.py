"""Facts about the database itself: the profile's id, the ledger's generation, counters that only grow."""

import uuid
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from master.store.system_tables import meta

PROFILE_ID: Final = "profile_id"
GENERATION: Final = "generation"


class MetaStore:
    """The table of names and values."""

    def get(self, conn: Connection, key: str) -> str | None:
        """Return a value, None when it was never set."""
        return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()

    def set(self, conn: Connection, key: str, value: str) -> None:
        """Write a value."""
        statement = insert(meta).values(key=key, value=value)
        conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def ensure(self, conn: Connection) -> None:
        """Make the profile's id and the ledger's generation at the first start."""
        for key in (PROFILE_ID, GENERATION):
            if self.get(conn, key) is None:
                self.set(conn, key, str(uuid.uuid4()))

    def profile_id(self, conn: Connection) -> str:
        """Return the UUID of this profile."""
        return self._known(conn, PROFILE_ID)

    def generation(self, conn: Connection) -> str:
        """Return the generation of the ledger, new at every restore."""
        return self._known(conn, GENERATION)

    def count_up(self, conn: Connection, key: str, count: int) -> int:
        """Take ``count`` (≥ 1) numbers of a counter and return the first; it begins at 1."""
        if count < 1:
            raise ValueError(f"cannot take {count} numbers")
        last = int(self.get(conn, key) or 0)
        self.set(conn, key, str(last + count))
        return last + 1

    def _known(self, conn: Connection, key: str) -> str:
        value = self.get(conn, key)
        if value is None:
            raise LookupError(f"the database has no {key}")
        return value
