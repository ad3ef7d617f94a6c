"""What people do with alerts: look at them, acknowledge them, silence them."""

import asyncio
from collections.abc import Iterable
from typing import Literal

from master.api.alerts import Alert, AlertKind
from master.api.rows import Page
from master.errors import NotFound
from master.services.alert_readings import Key
from master.services.events import Publisher
from master.services.pages import read_cursor
from master.store.alerts import AlertStore
from master.store.engine import Connection, Database
from worker.protocol.codec import now_ms
from worker.protocol.texts import text


class AlertCommands:
    """Part of :class:`~master.services.alerts.AlertService`: the rows, and which of them are open."""

    def __init__(self, *, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher
        self._store = AlertStore(Alert)
        self._open: dict[Key, Alert] = {}
        self._silences: dict[Key, int] = {}
        self._lock = asyncio.Lock()

    def open_count(self) -> int:
        """Return how many alerts are open."""
        return len(self._open)

    async def page(
        self,
        limit: int = 100,
        cursor: str | None = None,
        state: Literal["open", "cleared"] | None = None,
        kind: AlertKind | None = None,
    ) -> Page:
        """Return alerts, newest first. Raises :class:`Invalid` on a wrong cursor."""
        before = read_cursor(cursor)
        is_open = None if state is None else state == "open"
        rows = await self._database.read(
            lambda conn: self._store.page(conn, limit + 1, before, is_open=is_open, kind=kind)
        )
        more = len(rows) > limit
        return Page(rows=rows[:limit], next_cursor=str(rows[limit - 1].id) if more else None)

    async def acknowledge(self, alert_id: int) -> Alert:
        """Note that somebody saw it; it stays open until it is over. Raises :class:`NotFound`."""

        def work(conn: Connection) -> tuple[Alert, Alert]:
            before = self._found(conn, alert_id)
            if before.acknowledged_at is None:
                self._store.update(conn, alert_id, acknowledged_at=now_ms())
            return before, self._found(conn, alert_id)

        async with self._lock:
            before, after = await self._database.write(work)
            self._changed([(before, after)])
        return after

    async def withdraw_acknowledgement(self, alert_id: int) -> Alert:
        """Nobody has seen it after all. Raises :class:`NotFound`."""

        def work(conn: Connection) -> tuple[Alert, Alert]:
            before = self._found(conn, alert_id)
            self._store.update(conn, alert_id, acknowledged_at=None)
            return before, self._found(conn, alert_id)

        async with self._lock:
            before, after = await self._database.write(work)
            self._changed([(before, after)])
        return after

    async def silence(self, alert_id: int, seconds: int) -> Alert:
        """Tell nothing more of its kind and subject for ``seconds`` (0 ends that). Raises :class:`NotFound`."""
        until = now_ms() + seconds * 1000 if seconds else None

        def work(conn: Connection) -> list[tuple[Alert, Alert]]:
            asked = self._found(conn, alert_id)
            opened = self._open.get((asked.kind, asked.subject))
            ids = {alert_id} | ({opened.id} if opened is not None else set())
            before = {number: self._found(conn, number) for number in sorted(ids)}
            self._store.end_silence(conn, asked.kind, asked.subject)
            for number in ids:
                self._store.update(conn, number, silenced_until_at=until)
            return [(row, self._found(conn, number)) for number, row in before.items()]

        async with self._lock:
            changes = await self._database.write(work)
            after = next(row for _, row in changes if row.id == alert_id)
            self._silences[(after.kind, after.subject)] = until or 0
            self._changed(changes)
        return after

    async def purge(self, before: int) -> int:
        """Delete what was over before ``before`` (UTC ms); return how many. Silences are kept until their end."""
        now = now_ms()
        return await self._database.write(lambda conn: self._store.purge(conn, before, now))

    def _found(self, conn: Connection, alert_id: int) -> Alert:
        alert = self._store.get(conn, alert_id)
        if alert is None:
            raise NotFound(text("alert_unknown", id=alert_id))
        return alert

    def _changed(self, changes: Iterable[tuple[Alert, Alert]]) -> None:
        for before, after in changes:
            self._keep(after)
            if before != after:
                self._publisher.publish("alert.changed", after)

    def _keep(self, alert: Alert) -> None:
        key: Key = (alert.kind, alert.subject)
        if alert.cleared_at is None:
            self._open[key] = alert
        elif key in self._open and self._open[key].id == alert.id:
            del self._open[key]
