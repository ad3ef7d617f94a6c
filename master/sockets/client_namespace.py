"""``/client``: devices that tell the person. Each is told every notification until it has shown it."""

from functools import partial
from typing import Final

from master.api.accounts import Account
from master.api.events import Event, Unread
from master.api.items import Item
from master.api.messages import (
    ACCOUNT,
    CLIENT_MESSAGES,
    ITEM,
    PUSH,
    UNREAD,
    Done,
    Missed,
    NotificationShown,
    ReadItem,
    RegisterClient,
    SyncRequest,
)
from master.api.notifications import Notification
from master.services.services import Services
from master.sockets.listeners import Listener, ListenerNamespace
from master.sockets.outlets import Outlet, Parcel
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode

REMEMBERED: Final = 5000
"""So many notifications of a connection are known by their number; a row that old does not change any more."""


class Device(Listener):
    """One connection of one device."""

    def __init__(self, sid: str, outlet: Outlet) -> None:
        super().__init__(sid, outlet)
        self.device_id = ""
        """Empty until it has registered."""
        self._pushed: dict[int, None] = {}
        """Numbers of the notifications that were handed over last."""
        self._floor = 0
        """What is not above it was shown, or stands in a digest."""
        self.held: list[Parcel] | None = None
        """Notifications that were made while the missed ones are being read; None when they are not."""

    def take(self, number: int) -> bool:
        """Tell whether a notification is to be handed over: the first time only, in whatever order they are made."""
        if number <= self._floor or number in self._pushed:
            return False
        self._pushed[number] = None
        if len(self._pushed) > REMEMBERED:
            oldest = next(iter(self._pushed))
            del self._pushed[oldest]
            self._floor = max(self._floor, oldest)
        return True

    def skip(self, number: int) -> None:
        """Hand over nothing up to a number."""
        self._floor = max(self._floor, number)


class ClientNamespace(ListenerNamespace):
    """Client and admin tokens."""

    def __init__(self, services: Services) -> None:
        super().__init__("/client", services, scopes=("admin", "client"), messages=CLIENT_MESSAGES)
        self._handlers = {
            RegisterClient: self._on_register,
            NotificationShown: self._on_shown,
            ReadItem: self._on_read,
            SyncRequest: self._on_sync,
        }

    def welcome(self, sid: str) -> Device:
        """Tell nothing yet: which device it is decides what it has missed."""
        return Device(sid, self.make_outlet(sid))

    def part(self, listener: Device) -> None:
        """The device is away unless it has another connection."""
        if listener.device_id:
            self._services.notifications.device_offline(listener.device_id)

    async def _on_register(self, device: Device, message: RegisterClient) -> Missed:
        notifications = self._services.notifications
        if device.device_id:
            raise ProtocolError(ErrorCode.INVALID_PAYLOAD, "this connection has registered already")
        device.device_id = message.device_id
        try:
            await notifications.register_device(message.device_id, message.device_name, message.shown)
        except BaseException:
            device.device_id = ""
            raise
        if not self.is_connected(device):
            # It went while its registration was written: nobody else will say so.
            notifications.device_offline(message.device_id)
            raise ProtocolError(ErrorCode.INVALID_PAYLOAD, "the connection has ended")
        device.skip(notifications.devices.cursor(message.device_id))
        if device.unsubscribe is None:
            self.listen(device, partial(self._pass_on, device))
        return await self._missed(device)

    async def _on_sync(self, device: Device, _message: SyncRequest) -> Missed:
        self._demand_registration(device)
        return await self._missed(device)

    async def _on_shown(self, device: Device, message: NotificationShown) -> Done:
        self._demand_registration(device)
        await self._services.notifications.acknowledge(device.device_id, message.id)
        self._services.metrics.acknowledged(message.id)
        return Done()

    async def _on_read(self, _device: Device, message: ReadItem) -> Done:
        await self._services.items.mark(message.item_id, True)
        return Done()

    async def _missed(self, device: Device) -> Missed:
        """Return what it has not shown. What is made while that is read follows once, behind the answer."""
        if device.held is None:
            device.held = []
        try:
            rows, digest = await self._services.notifications.missed(device.device_id)
        finally:
            held, device.held = device.held or [], None
        for row in rows:
            device.take(row.id)
        if digest:
            device.skip(rows[-1].id)
        for parcel in held:
            _push(device, parcel)
        return Missed(notifications=rows, digest=digest, unread=self._services.items.unread())

    def _pass_on(self, device: Device, event: Event) -> None:
        data, outlet = event.data, device.outlet
        if event.type == "notification.changed" and isinstance(data, Notification):
            if data.state == "pending":
                _push(device, Parcel(PUSH, self._services.notifications.devices.shown(data), event.request_id))
        elif event.type == "item.detected" and isinstance(data, Item):
            outlet.put(Parcel(ITEM, data, event.request_id))
        elif event.type == "account.changed" and isinstance(data, Account):
            outlet.put_latest(data.id, Parcel(ACCOUNT, data, event.request_id))
        elif event.type == "unread.changed" and isinstance(data, Unread):
            outlet.put(Parcel(UNREAD, data, event.request_id))

    def _demand_registration(self, device: Device) -> None:
        if not device.device_id:
            raise ProtocolError(ErrorCode.INVALID_PAYLOAD, "register first")


def _push(device: Device, parcel: Parcel) -> None:
    if device.held is not None:
        device.held.append(parcel)
        return
    if isinstance(parcel.payload, Notification) and device.take(parcel.payload.id):
        device.outlet.put(parcel)
