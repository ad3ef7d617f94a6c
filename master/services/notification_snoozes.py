"""Single notifications that are snoozed, and told again: as a new row, so that every device's cursor is before it."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from master.api.notifications import Notification
from master.errors import Conflict, NotFound
from master.services.devices import row_of
from master.services.holds import Hold
from master.services.tellings import Standing
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord, NotificationStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text


class Notifications(Protocol):
    """Who tells of what changed."""

    def standing(self, account_id: str | None, now: int) -> Standing: ...

    def announce(self, records: Sequence[NotificationRecord]) -> None: ...

    def show_change(self, before: NotificationRecord, after: NotificationRecord) -> Notification: ...


Find = Callable[[Connection, int], NotificationRecord]


class NotificationSnoozes:
    """Owns the moments at which snoozed notifications are told again."""

    def __init__(self, *, database: Database, notifications: Notifications, find: Find) -> None:
        """``find`` raises :class:`NotFound`."""
        self._database = database
        self._notifications = notifications
        self._find = find
        self._store = NotificationStore()
        self._next_due_at: int | None = None

    async def load(self) -> None:
        """Read when the first one is due."""
        self._next_due_at = await self._database.read(self._store.next_due_at)

    async def snooze(self, notification_id: int, *, until: int) -> Notification:
        """Tell it again at ``until`` (UTC ms). Raises :class:`NotFound`, :class:`Conflict` when it was never told."""

        def work(conn: Connection) -> tuple[NotificationRecord, NotificationRecord]:
            before = self._find(conn, notification_id)
            if before.state in ("suppressed", "held"):
                raise Conflict(text("notification_never_told"))
            self._store.set_state(conn, notification_id, "snoozed", snoozed_until_at=until)
            return before, self._find(conn, notification_id)

        before, after = await self._database.write(work)
        self._next_due_at = min(until, self._next_due_at or until)
        return self._notifications.show_change(before, after)

    async def snoozed(self) -> list[Notification]:
        """Return those that are snoozed, the first to be told again first."""
        return [row_of(record) for record in await self._database.read(self._store.snoozed)]

    async def wake_now(self, notification_id: int) -> None:
        """End the snooze of a notification. Raises :class:`NotFound` when it is not snoozed."""
        await self._wake(now_ms(), notification_id)

    def is_due(self, now: int) -> bool:
        """Tell whether one is to be told again."""
        return self._next_due_at is not None and self._next_due_at <= now

    async def wake(self, now: int) -> None:
        """Tell again what was snoozed until ``now``."""
        await self._wake(now)

    async def _wake(self, now: int, only: int | None = None) -> None:
        def work(conn: Connection) -> tuple[list[NotificationRecord], list[NotificationRecord], int | None]:
            due = self._store.due(conn, now) if only is None else [self._snoozed(conn, only)]
            for record in due:
                self._store.set_state(conn, record.id, "dismissed")
            again = [self._again(record, now) for record in due]
            return due, self._store.insert(conn, again), self._store.next_due_at(conn)

        due, again, self._next_due_at = await self._database.write(work)
        for record in due:
            dismissed = msgspec.structs.replace(record, state="dismissed", snoozed_until_at=None)
            self._notifications.show_change(record, dismissed)
        self._notifications.announce(again)

    def _again(self, record: NotificationRecord, now: int) -> NotificationRecord:
        standing = self._notifications.standing(record.account_id, now)
        hold = standing.urgent_hold if record.level == "urgent" else standing.hold
        if standing.off:
            # Asked for by hand: not dropped as what is new would be, but told when they are switched on again.
            hold = Hold(reason=text("silent_off"), until=None)
        return msgspec.structs.replace(
            record,
            id=0,
            state="pending" if hold is None else "held",
            reason=text("told_again") if hold is None else hold.reason,
            dedupe="",
            created_at=now,
            changed_at=None,
            snoozed_until_at=None,
        )

    def _snoozed(self, conn: Connection, notification_id: int) -> NotificationRecord:
        record = self._store.get(conn, notification_id)
        if record is None or record.state != "snoozed":
            raise NotFound(text("snooze_unknown", id=f"notification:{notification_id}"))
        return record
