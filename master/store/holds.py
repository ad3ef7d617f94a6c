"""Why notifications are held: quiet hours and snoozes."""

from typing import Generic, Literal, TypeVar

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from master.store.columns import from_json, to_json
from master.store.rule_tables import quiet_hours, snoozes

T = TypeVar("T", bound=msgspec.Struct)

Scope = Literal["account", "group"]


class QuietRecord(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """The quiet hours of all."""

    enabled: bool = False
    windows: list[T] = []
    time_zone: str = "local"
    version: int = 1


class SnoozeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An account or a group that is snoozed."""

    scope: Scope
    target_id: str
    until_at: int
    created_at: int


class HoldStore(Generic[T]):
    """The tables of quiet hours and snoozes. ``window``: the type of one window of time."""

    def __init__(self, window: type[T]) -> None:
        self._windows = list[window]  # type: ignore[valid-type]

    def quiet_hours(self, conn: Connection) -> QuietRecord[T]:
        """Return the quiet hours, none before they were ever set."""
        row = conn.execute(select(quiet_hours)).mappings().one_or_none()
        if row is None:
            return QuietRecord()
        values = dict(row)
        del values["id"]
        values["windows"] = from_json(values["windows"], self._windows)
        return QuietRecord(**values)

    def set_quiet_hours(self, conn: Connection, record: QuietRecord[T]) -> None:
        """Write the quiet hours."""
        values = msgspec.structs.asdict(record)
        values["windows"] = to_json(record.windows)
        statement = insert(quiet_hours).values(id=1, **values)
        conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def snoozes(self, conn: Connection) -> list[SnoozeRecord]:
        """Return all snoozes."""
        return [SnoozeRecord(**row) for row in conn.execute(select(snoozes)).mappings()]

    def put_snooze(self, conn: Connection, record: SnoozeRecord) -> None:
        """Snooze a target, anew when it is snoozed already."""
        statement = insert(snoozes).values(msgspec.structs.asdict(record))
        changed = {"until_at": record.until_at, "created_at": record.created_at}
        conn.execute(statement.on_conflict_do_update(index_elements=["scope", "target_id"], set_=changed))

    def end_snooze(self, conn: Connection, scope: str, target_id: str, until: int | None = None) -> bool:
        """End a snooze; False when there is none (that ends up to ``until``)."""
        columns = snoozes.c
        statement = delete(snoozes).where(columns.scope == scope, columns.target_id == target_id)
        if until is not None:
            statement = statement.where(columns.until_at <= until)
        return conn.execute(statement).rowcount > 0
