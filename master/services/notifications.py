"""Notifications: what the person is told, which device was told what, and why something was not told."""

import logging
from collections.abc import Sequence
from typing import Final

import msgspec

from master.api.notifications import Notification
from master.api.rows import Page
from master.api.system import Client
from master.errors import Conflict, NotFound
from master.services.events import Publisher
from master.services.pages import read_cursor
from master.services.settings import SettingsService
from master.store.engine import Connection, Database
from master.store.notifications import DeviceRecord, NotificationRecord, NotificationStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

DIGEST: Final = 20
"""A device that missed more than this is told how many, not each."""


class NotificationService:
    """Owns the notifications. Those of items and accounts are made in the transaction of their cause."""

    def __init__(self, *, database: Database, publisher: Publisher, settings: SettingsService) -> None:
        self._database = database
        self._publisher = publisher
        self._settings = settings
        self.store: Final = NotificationStore()
        self._pending = 0
        self._devices: dict[str, DeviceRecord] = {}
        self._online: dict[str, int] = {}
        self._next_due_at: int | None = None

    async def load(self) -> None:
        """Read the counts and the devices."""

        def read(conn: Connection) -> tuple[int, list[DeviceRecord], int | None]:
            return self.store.count_pending(conn), self.store.devices(conn), self.store.next_due_at(conn)

        self._pending, devices, self._next_due_at = await self._database.read(read)
        self._devices = {device.device_id: device for device in devices}

    # ------------------------------------------------------------ made with their cause

    def muted(self, now: int) -> bool:
        """Tell whether notifications are kept but not shown now."""
        settings = self._settings.current
        return not settings.notifications_enabled or (settings.muted_until_at or 0) > now

    def alert_record(
        self, title: Text, detail: Text | None = None, *, account_id: str | None = None, dedupe: str = ""
    ) -> NotificationRecord:
        """Return an alert to be stored in the caller's transaction and then handed to :meth:`announce`."""
        now = now_ms()
        muted = self.muted(now)
        return NotificationRecord(
            kind="alert",
            account_id=account_id,
            title=title,
            text=detail.message if detail is not None else "",
            detail=detail,
            state="suppressed" if muted else "pending",
            reason=text("silent_muted" if muted else "told_alert"),
            dedupe=dedupe,
            created_at=now,
        )

    def announce(self, records: Sequence[NotificationRecord]) -> None:
        """Tell everybody of notifications that were just stored."""
        self._pending += sum(record.state == "pending" for record in records)
        for record in records:
            self._publisher.publish("notification.changed", row_of(record))

    def announce_read(self, before: Sequence[NotificationRecord]) -> None:
        """Tell everybody that these were read; ``before``: as they were until then."""
        self._pending -= sum(record.state == "pending" for record in before)
        for record in before:
            changed = msgspec.structs.replace(record, state="read", snoozed_until_at=None)
            self._publisher.publish("notification.changed", row_of(changed))

    async def recount(self) -> None:
        """Count again, after rows went with their account."""
        self._pending = await self._database.read(self.store.count_pending)

    # ------------------------------------------------------------ requests

    async def page(self, limit: int = 100, cursor: str | None = None) -> Page:
        """Return notifications, newest first. Raises :class:`Invalid` on a wrong cursor."""
        before = read_cursor(cursor)
        records = await self._database.read(lambda conn: self.store.page(conn, limit + 1, before))
        rows = [row_of(record) for record in records[:limit]]
        return Page(rows=rows, next_cursor=str(rows[-1].id) if len(records) > limit else None)

    async def snooze(self, notification_id: int, seconds: int) -> Notification:
        """Tell it again after ``seconds``. Raises :class:`NotFound`, :class:`Conflict` when it was never told."""
        until = now_ms() + seconds * 1000

        def work(conn: Connection) -> tuple[NotificationRecord, NotificationRecord]:
            before = self._found(conn, notification_id)
            if before.state == "suppressed":
                raise Conflict(text("notification_never_told"))
            self.store.set_state(conn, notification_id, "snoozed", snoozed_until_at=until)
            return before, self._found(conn, notification_id)

        before, after = await self._database.write(work)
        self._next_due_at = min(until, self._next_due_at or until)
        return self._changed(before, after)

    async def dismiss(self, notification_id: int) -> Notification:
        """Put it away. Raises :class:`NotFound`."""

        def work(conn: Connection) -> tuple[NotificationRecord, NotificationRecord]:
            before = self._found(conn, notification_id)
            self.store.set_state(conn, notification_id, "dismissed")
            if before.dedupe:
                # Whoever put it away wants to know when it happens again.
                self.store.forget_dedupe(conn, before.dedupe)
            return before, self._found(conn, notification_id)

        before, after = await self._database.write(work)
        return self._changed(before, after)

    def pending_count(self) -> int:
        """Return how many wait to be seen."""
        return self._pending

    # ------------------------------------------------------------ snoozed ones

    def is_due(self, now: int) -> bool:
        """Tell whether a snoozed notification is to be told again."""
        return self._next_due_at is not None and self._next_due_at <= now

    async def wake(self, now: int) -> None:
        """Tell again what was snoozed until ``now``: as a new row, so that every device's cursor is before it."""

        def work(conn: Connection) -> tuple[list[NotificationRecord], list[NotificationRecord], int | None]:
            due = self.store.due(conn, now)
            again = []
            for record in due:
                self.store.set_state(conn, record.id, "dismissed")
                again.append(
                    msgspec.structs.replace(
                        record,
                        id=0,
                        state="pending",
                        reason=text("told_again"),
                        dedupe="",
                        created_at=now,
                        snoozed_until_at=None,
                    )
                )
            return due, self.store.insert(conn, again), self.store.next_due_at(conn)

        due, again, self._next_due_at = await self._database.write(work)
        for record in due:
            dismissed = msgspec.structs.replace(record, state="dismissed", snoozed_until_at=None)
            self._publisher.publish("notification.changed", row_of(dismissed))
        self.announce(again)

    # ------------------------------------------------------------ devices

    async def register_device(self, device_id: str, name: str) -> None:
        """Note that a device is there; an unknown one is told what comes from now on. Twice online counts once."""
        now = now_ms()
        self._online[device_id] = self._online.get(device_id, 0) + 1
        try:
            self._devices[device_id] = await self._database.write(
                lambda conn: self.store.put_device(conn, device_id, name, now)
            )
        except BaseException:
            self.device_offline(device_id)
            raise

    def device_offline(self, device_id: str) -> None:
        """Note that a connection of a device ended."""
        left = self._online.get(device_id, 0) - 1
        if left > 0:
            self._online[device_id] = left
        else:
            self._online.pop(device_id, None)
        if device_id in self._devices:
            self._devices[device_id] = msgspec.structs.replace(self._devices[device_id], last_seen_at=now_ms())

    async def missed(self, device_id: str) -> tuple[list[Notification], bool]:
        """Return what a device has not shown, oldest first.

        More than 20 become one digest (True): a row whose id is that of the last one, so that acknowledging it
        moves the cursor past all of them.
        """

        def read(conn: Connection) -> tuple[list[NotificationRecord], int, int]:
            records = self.store.missed(conn, device_id, DIGEST + 1)
            if len(records) <= DIGEST:
                return records, 0, 0
            return records, *self.store.missed_extent(conn, device_id)

        records, count, last = await self._database.read(read)
        if not count:
            return [row_of(record) for record in records], False
        digest = Notification(
            id=last,
            kind="system",
            title=text("notify_digest", count=count),
            text="",
            state="pending",
            reason=None,
            created_at=now_ms(),
        )
        return [digest], True

    async def acknowledge(self, device_id: str, notification_id: int) -> None:
        """Note that a device showed a notification. Raises :class:`NotFound` for an unknown device."""
        now = now_ms()
        device = await self._database.write(lambda conn: self.store.acknowledge(conn, device_id, notification_id, now))
        if device is None:
            raise NotFound(text("device_unknown", device=device_id))
        self._devices[device_id] = device

    def clients(self) -> list[Client]:
        """Return all devices."""
        return [
            Client(
                device_id=device.device_id,
                name=device.name,
                online=device.device_id in self._online,
                last_seen_at=device.last_seen_at,
                cursor=device.cursor,
            )
            for device in self._devices.values()
        ]

    # ------------------------------------------------------------ inside

    def _found(self, conn: Connection, notification_id: int) -> NotificationRecord:
        record = self.store.get(conn, notification_id)
        if record is None:
            raise NotFound(text("notification_unknown", id=notification_id))
        return record

    def _changed(self, before: NotificationRecord, after: NotificationRecord) -> Notification:
        self._pending += (after.state == "pending") - (before.state == "pending")
        row = row_of(after)
        if before != after:
            self._publisher.publish("notification.changed", row)
        return row


def row_of(record: NotificationRecord) -> Notification:
    """Return what clients see of a stored notification."""
    return Notification(
        id=record.id,
        kind=record.kind,
        item_id=record.item_id,
        job_id=record.job_id,
        alert_id=record.alert_id,
        account_id=record.account_id,
        title=record.title,
        text=record.text,
        detail=record.detail,
        state=record.state,
        reason=record.reason,
        created_at=record.created_at,
        snoozed_until_at=record.snoozed_until_at,
    )
