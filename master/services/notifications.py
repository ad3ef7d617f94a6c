"""Notifications: what the person is told, which device was told what, and why something was not told."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from master.api.accounts import Account
from master.api.events import NotificationsSwept
from master.api.notifications import Notification, NotificationFilter
from master.api.rows import Count, Page
from master.api.rules import QuietHours, QuietHoursPatch
from master.api.system import Client
from master.errors import NotFound
from master.services.devices import DeviceService, row_of
from master.services.digests import DigestService
from master.services.events import Publisher
from master.services.holds import DEFAULT_SECONDS, HoldService
from master.services.notification_lists import NotificationLists
from master.services.notification_snoozes import NotificationSnoozes
from master.services.rule_matches import Found, subject_of
from master.services.rules import RuleService
from master.services.settings import SettingsService
from master.services.snoozes import SnoozeService
from master.services.tellings import Standing, Telling, fate, standing_of
from master.store.engine import Connection, Database
from master.store.notification_lists import Released, Swept
from master.store.notifications import Kind, NotificationRecord, NotificationStore, State
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

Accounts = Callable[[], Mapping[str, Account]]


class NotificationService:
    """Owns the notifications. Those of items and accounts are made in the transaction of their cause."""

    def __init__(self, *, database: Database, publisher: Publisher, settings: SettingsService) -> None:
        self._database = database
        self._publisher = publisher
        self._settings = settings
        self._accounts: Accounts = dict
        self.store: Final = NotificationStore()
        self.devices: Final = DeviceService(database=database, settings=settings)
        self.lists: Final = NotificationLists(database=database, settings=settings)
        self.rules: Final = RuleService(database=database, publisher=publisher, notifications=self)
        self.holds: Final = HoldService(database=database, publisher=publisher, settings=settings)
        self.digests: Final = DigestService(
            database=database,
            settings=settings,
            holds=self.holds,
            accounts=self._rows,
            released=self._released,
        )
        self.again: Final = NotificationSnoozes(database=database, notifications=self, find=self._found)
        self.snoozes: Final = SnoozeService(
            holds=self.holds,
            digests=self.digests,
            publisher=publisher,
            accounts=self._rows,
            notifications=self.again,
        )
        self._pending = 0

    def attach(self, accounts: Accounts) -> None:
        """Close the circle at composition. ``accounts()``: all rows by id."""
        self._accounts = accounts

    def _rows(self) -> Mapping[str, Account]:
        return self._accounts()

    async def load(self) -> None:
        """Read everything that is kept in memory."""

        await self.recount()
        for part in (self.again, self.devices, self.holds, self.digests, self.rules):
            await part.load()

    async def watch(self) -> None:
        """Tell what was held at the moment that nothing holds it any more, until cancelled."""
        await self.digests.watch(self._tick)

    async def _tick(self) -> None:
        self.rules.tick()
        self.snoozes.tell_all()
        if self.holds.turned(now_ms()):
            self._publisher.publish("quiet_hours.changed", await self.quiet_hours())

    # ------------------------------------------------------------ made with their cause

    async def prepare(self, account_id: str, found: Sequence[Found], attempt: int = 0) -> Telling:
        """Find out what is told of things that were found, before the transaction that stores them.

        ``attempt``: how often the rules were others by then.
        """
        if attempt > 1:
            # Somebody else wrote them.
            await self.rules.load()
        account = self._accounts().get(account_id)
        plan = await self.rules.plan([subject_of(one, account) for one in found])
        settings = self._settings.current
        return Telling(
            standing=self.standing(account_id, now_ms()),
            plan=plan,
            burst_limit=settings.item_burst_limit,
            burst_window_ms=settings.burst_window_seconds * 1000,
        )

    def standing(self, account_id: str | None, now: int) -> Standing:
        """Return what is true of an account at ``now``; None: of what belongs to none."""
        account = self._accounts().get(account_id) if account_id is not None else None
        return standing_of(
            account,
            off=not self._settings.current.notifications_enabled,
            hold=self.holds.hold(account, now, urgent=False),
            urgent_hold=self.holds.hold(account, now, urgent=True),
        )

    def fate(self, reason: Text, account_id: str | None = None) -> tuple[State, Text]:
        """Return state and reason of something that is told now, for ``reason``, unless it is held or switched off."""
        return fate(self.standing(account_id, now_ms()), reason)

    def alert_record(
        self, title: Text, detail: Text | None = None, *, account_id: str | None = None, dedupe: str = ""
    ) -> NotificationRecord:
        """Return an alert to be stored in the caller's transaction and then handed to :meth:`announce`."""
        return self.record("alert", text("told_alert"), title, detail, account_id=account_id, dedupe=dedupe)

    def record(
        self,
        kind: Kind,
        why: Text,
        title: Text,
        detail: Text | None = None,
        *,
        account_id: str | None = None,
        job_id: str | None = None,
        dedupe: str = "",
    ) -> NotificationRecord:
        """As :meth:`alert_record`, of any kind; ``why`` it is told, unless it is held or switched off."""
        state, reason = self.fate(why, account_id)
        return NotificationRecord(
            kind=kind,
            job_id=job_id,
            account_id=account_id,
            title=title,
            text=detail.message if detail is not None else "",
            detail=detail,
            state=state,
            reason=reason,
            dedupe=dedupe,
            created_at=now_ms(),
        )

    def announce(self, records: Sequence[NotificationRecord], changed: Sequence[NotificationRecord] = ()) -> None:
        """Tell everybody of notifications that were just stored, and of those that were ``changed`` with them."""
        for record in records:
            if record.state == "pending":
                self._pending += 1
            elif record.state == "held":
                self.digests.note(record)
        for record in (*records, *changed):
            self._publisher.publish("notification.changed", row_of(record))

    def announce_read(self, before: Sequence[NotificationRecord]) -> None:
        """Tell everybody that these were read; ``before``: as they were until then."""
        self._pending -= sum(record.state == "pending" for record in before)
        for record in before:
            changed = msgspec.structs.replace(record, state="read", snoozed_until_at=None)
            self._publisher.publish("notification.changed", row_of(changed))

    def show_change(self, before: NotificationRecord, after: NotificationRecord) -> Notification:
        """Tell everybody of a notification that was changed; return it as clients see it."""
        self._pending += (after.state == "pending") - (before.state == "pending")
        row = row_of(after)
        if before != after:
            self._publisher.publish("notification.changed", row)
        return row

    def announce_swept(self, swept: Swept, state: str, reason: Text | None = None) -> None:
        """Tell everybody what was changed at once; it must not have been pending, else count again first."""
        if swept.count:
            self._publisher.publish(
                "notifications.swept",
                NotificationsSwept(ids=swept.ids, state=state, reason=reason, count=swept.count),
            )

    async def recount(self) -> None:
        """Count again, after many rows changed."""
        self._pending = await self._database.read(self.store.count_pending)

    # ------------------------------------------------------------ requests

    async def page(
        self,
        limit: int = 100,
        cursor: str | None = None,
        filter: NotificationFilter | None = None,  # noqa: A002
    ) -> Page:
        """Return notifications, newest first. Raises :class:`Invalid` on a wrong cursor."""
        return await self.lists.page(filter or NotificationFilter(), limit, cursor)

    async def read_many(self, filter: NotificationFilter) -> Count:  # noqa: A002
        """Mark what waits to be seen as read."""
        return await self._swept(await self.lists.sweep(filter, ("pending",), "read"), "read")

    async def clear(self, filter: NotificationFilter) -> Count:  # noqa: A002
        """Put away what was told. What is held or snoozed comes all the same; what was not told keeps its reason."""
        return await self._swept(await self.lists.sweep(filter, ("pending", "read"), "dismissed"), "dismissed")

    async def snooze(
        self, notification_id: int, seconds: int = DEFAULT_SECONDS, *, until: int | None = None
    ) -> Notification:
        """Tell it again after ``seconds``, or at ``until``. Raises :class:`NotFound`, :class:`Conflict`: never told."""
        at = now_ms() + seconds * 1000 if until is None else until
        return await self.again.snooze(notification_id, until=at)

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
        return self.show_change(before, after)

    async def quiet_hours(self) -> QuietHours:
        """Return the quiet hours of all."""
        return self.holds.quiet_hours(sum((await self.digests.held()).values()))

    async def patch_quiet_hours(self, body: QuietHoursPatch) -> QuietHours:
        """Change them; what they held and hold no more is told at once."""
        await self.holds.patch_quiet_hours(body)
        await self.digests.release(now_ms())
        changed = await self.quiet_hours()
        self._publisher.publish("quiet_hours.changed", changed)
        return changed

    def pending_count(self) -> int:
        """Return how many wait to be seen."""
        return self._pending

    async def purge(self, before: int, dry_run: bool) -> int:
        """Delete (or count) what is older than the settings say; what had waited to be seen is counted no more."""
        count = await self.lists.purge(before, dry_run)
        if count and not dry_run:
            await self.recount()
        return count

    # ------------------------------------------------------------ snoozed ones

    def is_due(self, now: int) -> bool:
        """Tell whether a snoozed notification is to be told again."""
        return self.again.is_due(now)

    async def wake(self, now: int) -> None:
        """Tell again what was snoozed until ``now``."""
        await self.again.wake(now)

    # ------------------------------------------------------------ devices

    async def register_device(self, device_id: str, name: str, shown: int = 0) -> None:
        """Note that a device is there; an unknown one is told what comes from now on."""
        await self.devices.register(device_id, name, shown)

    def device_offline(self, device_id: str) -> None:
        """Note that a connection of a device ended."""
        self.devices.offline(device_id)

    async def missed(self, device_id: str) -> tuple[list[Notification], bool]:
        """Return what a device has not shown, oldest first; more than 20 as one digest (True)."""
        return await self.devices.missed(device_id)

    async def acknowledge(self, device_id: str, notification_id: int) -> None:
        """Note that a device showed a notification. Raises :class:`NotFound` for an unknown device."""
        await self.devices.acknowledge(device_id, notification_id)

    def clients(self) -> list[Client]:
        """Return all devices."""
        return self.devices.clients()

    # ------------------------------------------------------------ inside

    def _released(self, released: Released, told: list[NotificationRecord]) -> None:
        self.announce_swept(released.swept, "suppressed", text("silent_held"))
        self.announce(told)

    async def _swept(self, swept: Swept, state: str) -> Count:
        if swept.count:
            await self.recount()
            self.announce_swept(swept, state)
        return Count(count=swept.count)

    def _found(self, conn: Connection, notification_id: int) -> NotificationRecord:
        record = self.store.get(conn, notification_id)
        if record is None:
            raise NotFound(text("notification_unknown", id=notification_id))
        return record
