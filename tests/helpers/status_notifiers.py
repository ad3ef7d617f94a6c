"""The tray of KDE, and of GNOME with its extension: items that register on the session bus, and their menus."""

import sys
from typing import Annotated, Any

import pytest

if sys.platform != "linux":
    pytest.skip("the bus is one of Linux desktops", allow_module_level=True)

from dbus_fast import Message, MessageType, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

NAME = "org.kde.StatusNotifierWatcher"
ITEM_PATH, ITEM = "/StatusNotifierItem", "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"

Strings = Annotated[list[str], DBusSignature("as")]


class Watcher(ServiceInterface):
    """``org.kde.StatusNotifierWatcher`` with a host, and a host's questions to the items."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.items: list[str] = []
        self._bus: MessageBus | None = None

    async def start(self, address: str) -> None:
        """Take the name on the bus."""
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.export("/StatusNotifierWatcher", self)
        await self._bus.request_name(NAME)

    async def stop(self) -> None:
        """Be gone."""
        if self._bus is not None:
            self._bus.disconnect()
            await self._bus.wait_for_disconnect()

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        """Call a method of the first item's program and return its answer."""
        assert self._bus is not None
        answer = await self._bus.call(
            Message(
                destination=self.items[0].partition("/")[0],
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        assert answer is not None
        assert answer.message_type is not MessageType.ERROR, answer.body
        return answer.body[0] if answer.body else None

    async def property(self, name: str) -> Any:
        """Return a property of the first item."""
        found: Variant = await self.call(ITEM_PATH, "org.freedesktop.DBus.Properties", "Get", "ss", ITEM, name)
        return found.value

    async def menu(self) -> dict[str, int]:
        """Return the words of the visible entries of the first item's menu, and their numbers."""
        path = await self.property("Menu")
        layout = await self._layout(path)
        return {label: number for number, label in layout}

    async def _layout(self, path: str) -> list[tuple[int, str]]:
        assert self._bus is not None
        answer = await self._bus.call(
            Message(
                destination=self.items[0].partition("/")[0],
                path=path,
                interface=MENU,
                member="GetLayout",
                signature="iias",
                body=[0, -1, []],
            )
        )
        assert answer is not None
        return list(_entries(answer.body[1]))

    async def choose(self, number: int) -> None:
        """Choose an entry of the menu."""
        path = await self.property("Menu")
        await self.call(path, MENU, "Event", "isvu", number, "clicked", Variant("s", ""), 0)

    @dbus_method(name="RegisterStatusNotifierItem")
    def register_item(self, service: DBusStr) -> None:
        """An icon is there."""
        self.items.append(service)
        self.item_registered(service)

    @dbus_method(name="RegisterStatusNotifierHost")
    def register_host(self, service: DBusStr) -> None:
        """A panel is there."""

    @dbus_property(access=PropertyAccess.READ, name="RegisteredStatusNotifierItems")
    def registered(self) -> Strings:
        """The icons."""
        return self.items

    @dbus_property(access=PropertyAccess.READ, name="IsStatusNotifierHostRegistered")
    def hosted(self) -> DBusBool:
        """A panel is there."""
        return True

    @dbus_property(access=PropertyAccess.READ, name="ProtocolVersion")
    def version(self) -> DBusInt32:
        """Of the protocol."""
        return 0

    @dbus_signal(name="StatusNotifierItemRegistered")
    def item_registered(self, service: str) -> DBusStr:
        """An icon came."""
        return service


def _entries(node: Any) -> Any:
    number, properties, children = node
    label = properties.get("label")
    if label is not None and properties.get("visible", Variant("b", True)).value:
        yield number, label.value
    for child in children:
        yield from _entries(child.value if isinstance(child, Variant) else child)
