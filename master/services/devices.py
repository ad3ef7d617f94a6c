"""The devices that tell the person, and which was told what: each is told every notification until it has shown it."""

from typing import Final

import msgspec

from master.api.notifications import Notification
from master.api.system import Client
from master.errors import NotFound
from master.services.settings import SettingsService
from master.services.tellings import withheld
from master.store.engine import Connection, Database
from master.store.notifications import DeviceRecord, NotificationRecord, NotificationStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

DIGEST: Final = 20
"""A device that missed more than this is told how many, not each."""


class DeviceService:
    """Owns the devices and their cursors."""

    def __init__(self, *, database: Database, settings: SettingsService) -> None:
        self._database = database
        self._settings = settings
        self._store = NotificationStore()
        self._devices: dict[str, DeviceRecord] = {}
        self._online: dict[str, int] = {}

    async def load(self) -> None:
        """Read the devices."""
        devices = await self._database.read(self._store.devices)
        self._devices = {device.device_id: device for device in devices}

    async def register(self, device_id: str, name: str, shown: int = 0) -> None:
        """Note that a device is there; an unknown one is told what comes from now on. Twice online counts once.

        ``shown``: the last that it has shown, whether that was acknowledged or not.
        """
        now = now_ms()
        self._online[device_id] = self._online.get(device_id, 0) + 1
        try:
            self._devices[device_id] = await self._database.write(
                lambda conn: self._store.put_device(conn, device_id, name, now, shown)
            )
        except BaseException:
            self.offline(device_id)
            raise

    def offline(self, device_id: str) -> None:
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
            records = self._store.missed(conn, device_id, DIGEST + 1)
            if len(records) <= DIGEST:
                return records, 0, 0
            return records, *self._store.missed_extent(conn, device_id)

        records, count, last = await self._database.read(read)
        if not count:
            return [self.shown(row_of(record)) for record in records], False
        digest = Notification(
            id=last,
            kind="system",
            title=text("notify_digest", count=count),
            text="",
            state="pending",
            reason=None,
            created_at=now_ms(),
            count=count,
        )
        return [digest], True

    async def acknowledge(self, device_id: str, notification_id: int) -> None:
        """Note that a device showed a notification. Raises :class:`NotFound` for an unknown device."""
        now = now_ms()
        device = await self._database.write(lambda conn: self._store.acknowledge(conn, device_id, notification_id, now))
        if device is None:
            raise NotFound(text("device_unknown", device=device_id))
        self._devices[device_id] = device

    def cursor(self, device_id: str) -> int:
        """Return the last notification that a device has shown."""
        return self._devices[device_id].cursor

    def shown(self, row: Notification) -> Notification:
        """Return a notification as devices are given it: without its words in privacy mode."""
        return withheld(row) if self._settings.current.notification_privacy else row

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
        changed_at=record.created_at if record.changed_at is None else record.changed_at,
        snoozed_until_at=record.snoozed_until_at,
        level=record.level,
        item_kind=record.item_kind,
        count=record.count,
        rule_id=record.rule_id,
        prominent=record.prominent,
        sound=record.sound,
        told_by=record.told_by,
    )
