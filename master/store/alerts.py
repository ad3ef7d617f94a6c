"""The table of alerts."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from master.store.columns import from_json, to_json
from master.store.system_tables import alerts
from worker.protocol.texts import Text

A = TypeVar("A", bound=msgspec.Struct)

Key = tuple[str, str]
"""Kind and subject."""


class AlertStore(Generic[A]):
    """Open alerts and those of the past, as structs with the fields of the table."""

    def __init__(self, kind: type[A]) -> None:
        self._kind = kind

    def open(self, conn: Connection) -> list[A]:
        """Return the open alerts, oldest first."""
        statement = select(alerts).where(alerts.c.cleared_at.is_(None)).order_by(alerts.c.id)
        return [self._alert(row) for row in conn.execute(statement).mappings()]

    def page(
        self, conn: Connection, limit: int, before: int | None, *, is_open: bool | None, kind: str | None
    ) -> list[A]:
        """Return up to ``limit`` alerts, newest first, below the id ``before``; ``is_open`` None: all."""
        statement = select(alerts).order_by(alerts.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(alerts.c.id < before)
        if is_open is not None:
            cleared = alerts.c.cleared_at
            statement = statement.where(cleared.is_(None) if is_open else cleared.is_not(None))
        if kind is not None:
            statement = statement.where(alerts.c.kind == kind)
        return [self._alert(row) for row in conn.execute(statement).mappings()]

    def get(self, conn: Connection, alert_id: int) -> A | None:
        """Return one alert."""
        row = conn.execute(select(alerts).where(alerts.c.id == alert_id)).mappings().one_or_none()
        return self._alert(row) if row is not None else None

    def insert(self, conn: Connection, alert: A) -> A:
        """Add an alert (its id is ignored) and return it. ``IntegrityError``: there is an open one."""
        values = msgspec.structs.asdict(alert)
        values["title"], values["detail"] = to_json(values["title"]), to_json(values["detail"]) or ""
        del values["id"]
        number = conn.execute(insert(alerts).values(values)).inserted_primary_key
        assert number is not None
        return msgspec.structs.replace(alert, id=number[0])

    def update(self, conn: Connection, alert_id: int, **values: int | None) -> None:
        """Write times of an alert."""
        conn.execute(update(alerts).where(alerts.c.id == alert_id).values(values))

    def end_silence(self, conn: Connection, kind: str, subject: str) -> None:
        """End the silences of all alerts of a kind and subject."""
        same = (alerts.c.kind == kind) & (alerts.c.subject == subject)
        conn.execute(update(alerts).where(same).values(silenced_until_at=None))

    def silences(self, conn: Connection, now: int) -> dict[Key, int]:
        """Return until when each kind and subject is silent; only those that are now."""
        last = func.max(alerts.c.silenced_until_at)
        statement = select(alerts.c.kind, alerts.c.subject, last).group_by(alerts.c.kind, alerts.c.subject)
        rows = conn.execute(statement.having(last > now)).all()
        return {(kind, subject): until for kind, subject, until in rows}

    def purge(self, conn: Connection, before: int, now: int) -> int:
        """Delete what was cleared before ``before`` and silences nothing after ``now``; return how many."""
        where = (alerts.c.cleared_at < before) & (func.coalesce(alerts.c.silenced_until_at, 0) <= now)
        return conn.execute(delete(alerts).where(where)).rowcount

    def _alert(self, row: Mapping[Any, Any]) -> A:
        values = {str(name): value for name, value in row.items()}
        detail = from_json(row["detail"] or None, Text)
        return self._kind(**values | {"title": from_json(row["title"], Text), "detail": detail})
