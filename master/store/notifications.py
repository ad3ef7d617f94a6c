"""Notifications, and which device was told what."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, and_, delete, func, select, update
from sqlalchemy.dialects import sqlite

from master.store.columns import from_json, to_json
from master.store.notification_tables import client_devices, notification_showings, notifications
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text

State = Literal["pending", "held", "suppressed", "dismissed", "snoozed", "read"]
Kind = Literal["item", "job", "alert", "system"]
Level = Literal["silent", "normal", "urgent"]

FORGET_MS = 180 * 86_400_000
"""A device that was not seen for so long is a new one when it comes back."""


class NotificationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row; ``id`` 0 before it is stored."""

    id: int = 0
    kind: Kind
    item_id: int | None = None
    alert_id: int | None = None
    job_id: str | None = None
    account_id: str | None = None
    title: Text
    text: str = ""
    detail: Text | None = None
    """What more there is to say in every language; ``text`` is its English message then."""
    state: State = "pending"
    reason: Text | None = None
    dedupe: str = ""
    """Not empty: told once only."""
    created_at: int
    snoozed_until_at: int | None = None
    level: Level = "normal"
    item_kind: ItemKind | None = None
    count: int = 1
    rule_id: str | None = None
    prominent: bool = False
    sound: str = ""
    changed_at: int | None = None
    told_by: int | None = None
    """The notification that told it together with others."""


INSERT: Final = (
    f"INSERT INTO notifications ({', '.join(NotificationRecord.__struct_fields__)}) "  # noqa: S608 (names of ours)
    f"VALUES ({', '.join('?' * len(NotificationRecord.__struct_fields__))})"
)
"""As the driver takes it: many rows are written with every batch of items."""


class DeviceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is told of notifications; ``cursor``: the last one that it showed."""

    device_id: str
    name: str
    cursor: int
    last_seen_at: int
    created_at: int


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """A device showed a notification."""

    device_name: str
    shown_at: int


class NotificationStore:
    """The tables of notifications and devices."""

    def insert(self, conn: Connection, records: Sequence[NotificationRecord]) -> list[NotificationRecord]:
        """Add notifications and return them with their ids; one whose ``dedupe`` was used is left out."""
        taken = self._taken(conn, [record.dedupe for record in records if record.dedupe])
        fresh = [record for record in records if not record.dedupe or record.dedupe not in taken]
        if not fresh:
            return []
        first = self.last_id(conn) + 1
        numbered = [msgspec.structs.replace(record, id=first + n) for n, record in enumerate(fresh)]
        reasons = {id(record.reason): to_json(record.reason) for record in numbered}  # the same for many
        conn.exec_driver_sql(INSERT, [_values(record, reasons[id(record.reason)]) for record in numbered])
        return numbered

    def last_id(self, conn: Connection) -> int:
        """Return the highest id that was ever given."""
        found = conn.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'notifications'").scalar()
        return int(found or 0)

    def get(self, conn: Connection, notification_id: int) -> NotificationRecord | None:
        """Return one notification."""
        found = self._some(conn, [notification_id])
        return found[0] if found else None

    def of_item(self, conn: Connection, item_id: int) -> list[NotificationRecord]:
        """Return the notifications of an item, oldest first."""
        statement = select(notifications).where(notifications.c.item_id == item_id).order_by(notifications.c.id)
        return [record_of(row) for row in conn.execute(statement).mappings()]

    def page(self, conn: Connection, limit: int, before: int | None = None) -> list[NotificationRecord]:
        """Return up to ``limit`` notifications, newest first, below the id ``before``."""
        statement = select(notifications).order_by(notifications.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(notifications.c.id < before)
        return [record_of(row) for row in conn.execute(statement).mappings()]

    def count_pending(self, conn: Connection) -> int:
        """Return how many wait to be seen."""
        statement = select(func.count()).select_from(notifications).where(notifications.c.state == "pending")
        return int(conn.execute(statement).scalar_one())

    def set_state(
        self,
        conn: Connection,
        notification_id: int,
        state: State,
        *,
        reason: Text | None = None,
        snoozed_until_at: int | None = None,
    ) -> None:
        """Write the state of a notification; ``reason`` None leaves the one that it has."""
        values: dict[str, Any] = {"state": state, "snoozed_until_at": snoozed_until_at}
        if reason is not None:
            values["reason"] = to_json(reason)
        conn.execute(update(notifications).where(notifications.c.id == notification_id).values(values))

    def recount(self, conn: Connection, record: NotificationRecord) -> None:
        """Write how many a notification stands for, and its title with that."""
        values = {"count": record.count, "title": to_json(record.title), "changed_at": record.changed_at}
        conn.execute(update(notifications).where(notifications.c.id == record.id).values(values))

    def read_items(self, conn: Connection, item_ids: Iterable[int]) -> list[NotificationRecord]:
        """Mark what was told of items as read, also what told of several of which none is unread any more.

        Return what changed, as it was before.
        """
        changed: list[NotificationRecord] = []
        ids = list(item_ids)
        for start in range(0, len(ids), 500):
            where = and_(
                notifications.c.item_id.in_(ids[start : start + 500]),
                notifications.c.state.in_(("pending", "held", "snoozed")),
            )
            changed += [record_of(row) for row in conn.execute(select(notifications).where(where)).mappings()]
            conn.execute(update(notifications).where(where).values(state="read", snoozed_until_at=None))
        merged = self._all_read(conn, ids)
        changed += merged
        where = notifications.c.id.in_([record.id for record in merged])
        if merged:
            conn.execute(update(notifications).where(where).values(state="read", snoozed_until_at=None))
        return changed

    def _all_read(self, conn: Connection, item_ids: Sequence[int]) -> list[NotificationRecord]:
        """Return what told of these items together with others, where nothing of all that is unread."""
        if not item_ids:
            return []
        told_by = conn.exec_driver_sql(
            "SELECT DISTINCT told_by FROM notifications"
            " WHERE item_id IN (SELECT value FROM json_each(?)) AND told_by IS NOT NULL",
            (msgspec.json.encode(item_ids).decode(),),
        )
        found = [
            one for one in self._some(conn, list(told_by.scalars())) if one.state in ("pending", "held", "snoozed")
        ]
        unread = (
            "SELECT 1 FROM notifications AS one LEFT JOIN items ON items.id = one.item_id"
            " WHERE one.told_by = ? AND (one.item_id IS NULL OR items.read = 0) LIMIT 1"
        )
        return [one for one in found if conn.exec_driver_sql(unread, (one.id,)).first() is None]

    def snoozed(self, conn: Connection) -> list[NotificationRecord]:
        """Return the snoozed notifications, the first to be told again first."""
        columns = notifications.c
        statement = select(notifications).where(columns.state == "snoozed").order_by(columns.snoozed_until_at)
        return [record_of(row) for row in conn.execute(statement).mappings()]

    def due(self, conn: Connection, now: int) -> list[NotificationRecord]:
        """Return snoozed notifications whose time has come."""
        where = and_(notifications.c.state == "snoozed", notifications.c.snoozed_until_at <= now)
        statement = select(notifications).where(where).order_by(notifications.c.id)
        return [record_of(row) for row in conn.execute(statement).mappings()]

    def next_due_at(self, conn: Connection) -> int | None:
        """Return when the next snoozed notification wakes."""
        statement = select(func.min(notifications.c.snoozed_until_at)).where(notifications.c.state == "snoozed")
        return conn.execute(statement).scalar_one_or_none()

    def forget_dedupe(self, conn: Connection, dedupe: str) -> None:
        """Let the same thing be told again."""
        conn.execute(update(notifications).where(notifications.c.dedupe == dedupe).values(dedupe=""))

    # ------------------------------------------------------------ devices

    def devices(self, conn: Connection) -> list[DeviceRecord]:
        """Return all devices."""
        statement = select(client_devices).order_by(client_devices.c.created_at)
        return [DeviceRecord(**row) for row in conn.execute(statement).mappings()]

    def put_device(self, conn: Connection, device_id: str, name: str, now: int, shown: int = 0) -> DeviceRecord:
        """Note that a device is there, and has ``shown`` so much; an unknown one begins at now.

        Devices long gone are forgotten.
        """
        conn.execute(delete(client_devices).where(client_devices.c.last_seen_at < now - FORGET_MS))
        statement = sqlite.insert(client_devices).values(
            device_id=device_id, name=name, cursor=self.last_id(conn), last_seen_at=now, created_at=now
        )
        # Nobody has shown what does not exist yet.
        cursor = func.max(client_devices.c.cursor, min(shown, self.last_id(conn)))
        changes = {"name": name, "last_seen_at": now, "cursor": cursor}
        conn.execute(statement.on_conflict_do_update(index_elements=["device_id"], set_=changes))
        row = conn.execute(select(client_devices).where(client_devices.c.device_id == device_id)).mappings().one()
        return DeviceRecord(**row)

    def missed(self, conn: Connection, device_id: str, limit: int) -> list[NotificationRecord]:
        """Return up to ``limit`` pending notifications that a device has not shown, oldest first."""
        cursor = select(client_devices.c.cursor).where(client_devices.c.device_id == device_id).scalar_subquery()
        statement = (
            select(notifications)
            .where(notifications.c.state == "pending", notifications.c.id > cursor)
            .order_by(notifications.c.id)
            .limit(limit)
        )
        return [record_of(row) for row in conn.execute(statement).mappings()]

    def missed_extent(self, conn: Connection, device_id: str) -> tuple[int, int]:
        """Return how many pending notifications a device has not shown, and the id of the last."""
        cursor = select(client_devices.c.cursor).where(client_devices.c.device_id == device_id).scalar_subquery()
        statement = select(func.count(), func.coalesce(func.max(notifications.c.id), 0)).where(
            notifications.c.state == "pending", notifications.c.id > cursor
        )
        count, last = conn.execute(statement).one()
        return count, last

    def acknowledge(self, conn: Connection, device_id: str, notification_id: int, now: int) -> DeviceRecord | None:
        """Move the cursor of a device (never back) and note that it showed a notification; None: no such device."""
        columns = client_devices.c
        row = conn.execute(select(client_devices).where(columns.device_id == device_id)).mappings().one_or_none()
        if row is None:
            return None
        before = DeviceRecord(**row)
        # Nobody has shown what does not exist yet.
        cursor = max(before.cursor, min(notification_id, self.last_id(conn)))
        after = msgspec.structs.replace(before, cursor=cursor, last_seen_at=now)
        conn.execute(
            update(client_devices).where(columns.device_id == device_id).values(cursor=cursor, last_seen_at=now)
        )
        if self.get(conn, notification_id) is not None:
            shown = sqlite.insert(notification_showings).values(
                notification_id=notification_id, device_id=device_id, device_name=before.name, shown_at=now
            )
            conn.execute(shown.on_conflict_do_nothing())
        return after

    def showings(self, conn: Connection, notification_ids: Sequence[int]) -> list[Showing]:
        """Return which devices showed these notifications, in order of time."""
        columns = notification_showings.c
        statement = (
            select(columns.device_name, columns.shown_at)
            .where(columns.notification_id.in_(notification_ids))
            .order_by(columns.shown_at)
        )
        return [Showing(**row) for row in conn.execute(statement).mappings()]

    def _some(self, conn: Connection, ids: Sequence[int]) -> list[NotificationRecord]:
        statement = select(notifications).where(notifications.c.id.in_(ids)).order_by(notifications.c.id)
        return [record_of(row) for row in conn.execute(statement).mappings()]

    def _taken(self, conn: Connection, names: Sequence[str]) -> set[str]:
        if not names:
            return set()
        statement = select(notifications.c.dedupe).where(notifications.c.dedupe.in_(names))
        return set(conn.execute(statement).scalars())


def _values(record: NotificationRecord, reason: str | None) -> tuple[Any, ...]:
    """Return the values of ``INSERT``."""
    values = msgspec.structs.asdict(record)
    values["title"] = to_json(record.title)
    values["reason"] = reason
    values["detail"] = to_json(record.detail)
    if record.item_kind is not None:
        values["item_kind"] = record.item_kind.value
    return tuple(values.values())


def record_of(row: Mapping[Any, Any]) -> NotificationRecord:
    """Return what a row of the table says."""
    values = dict(row)
    values["title"] = from_json(values["title"], Text)
    values["reason"] = from_json(values["reason"], Text | None)
    values["detail"] = from_json(values["detail"], Text | None)
    if values["item_kind"] is not None:
        values["item_kind"] = ItemKind(values["item_kind"])
    return NotificationRecord(**values)
