"""How much of an account was told lately."""

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from master.store.notification_tables import notification_bursts


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """What was told of an account since ``began_at``."""

    account_id: str
    began_at: int
    told: int = 0
    urgent: int = 0
    silent: int = 0
    more_id: int | None = None
    """The notification that counts the others."""


class BurstStore:
    """The table of bursts: one row an account, rewritten with each new window of time."""

    def get(self, conn: Connection, account_id: str) -> Burst | None:
        """Return the last burst of an account."""
        statement = select(notification_bursts).where(notification_bursts.c.account_id == account_id)
        row = conn.execute(statement).mappings().one_or_none()
        return None if row is None else Burst(**row)

    def put(self, conn: Connection, burst: Burst) -> None:
        """Write the burst of an account."""
        values = msgspec.structs.asdict(burst)
        statement = insert(notification_bursts).values(values)
        del values["account_id"]
        conn.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))
