"""A notification service on a D-Bus session bus of its own, as a desktop's would be."""

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import pytest

if sys.platform != "linux":
    pytest.skip("the bus is one of Linux desktops", allow_module_level=True)

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
CAPABILITIES = ("actions", "body", "body-markup", "persistence", "sound")
DISMISSED, CLOSED = 2, 3

DBusStrings = Annotated[list[str], DBusSignature("as")]
FourStrings = Annotated[tuple[str, str, str, str], DBusSignature("ssss")]
TwoNumbers = Annotated[tuple[int, int], DBusSignature("uu")]
NumberAndString = Annotated[tuple[int, str], DBusSignature("us")]


@contextlib.asynccontextmanager
async def session_bus(folder: Path) -> AsyncIterator[str]:
    """A D-Bus session bus of its own; yields its address. Skips the test where there is no ``dbus-daemon``."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    process = await asyncio.create_subprocess_exec(
        "dbus-daemon",
        "--session",
        "--nofork",
        "--nopidfile",
        "--print-address=1",
        f"--address=unix:path={folder / 'bus'}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            yield (await process.stdout.readline()).decode().strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


class Popup:
    """A notice as a service was told to show it."""

    def __init__(self, title: str, body: str, actions: Sequence[str], hints: dict[str, Any], number: int) -> None:
        self.title, self.body, self.number = title, body, number
        self.actions = dict(zip(actions[::2], actions[1::2], strict=True))
        self.hints = {name: hint.value for name, hint in hints.items()}


class NotificationServer(ServiceInterface):
    """``org.freedesktop.Notifications``, version 1.2, as far as a program sees it."""

    def __init__(self, capabilities: Sequence[str] = CAPABILITIES) -> None:
        super().__init__(NAME)
        self.capabilities = list(capabilities)
        self.popups: dict[int, Popup] = {}
        self.hangs: asyncio.Event | None = None
        self._bus: MessageBus | None = None
        self._last = 0

    async def start(self, address: str) -> None:
        """Take the name on the bus."""
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.export(PATH, self)
        await self._bus.request_name(NAME)

    async def stop(self) -> None:
        """Be gone, without a word."""
        if self._bus is not None:
            self._bus.disconnect()
            await self._bus.wait_for_disconnect()
            self._bus = None
            self.popups.clear()

    def titles(self) -> list[str]:
        """Return what is seen, in the order in which it came."""
        return [popup.title for popup in self.popups.values()]

    def click(self, title: str) -> None:
        """A person clicks a notice."""
        self.press(title, "default")

    def press(self, title: str, action: str) -> None:
        """A person presses a button; the notice goes away."""
        popup = next(one for one in self.popups.values() if one.title == title)
        assert action in popup.actions
        self.action_invoked(popup.number, action)
        self._close(popup.number, DISMISSED)

    def dismiss(self, title: str) -> None:
        """A person waves a notice away."""
        self._close(next(one.number for one in self.popups.values() if one.title == title), DISMISSED)

    def _close(self, number: int, reason: int) -> None:
        if self.popups.pop(number, None) is not None:
            self.notification_closed(number, reason)

    @dbus_method(name="Notify")
    async def notify(
        self,
        app_name: DBusStr,
        replaces_id: DBusUInt32,
        app_icon: DBusStr,
        summary: DBusStr,
        body: DBusStr,
        actions: DBusStrings,
        hints: DBusDict,
        expire_timeout: DBusInt32,
    ) -> DBusUInt32:
        """Show something."""
        if self.hangs is not None:
            await self.hangs.wait()
        self._last = replaces_id or self._last + 1
        self.popups[self._last] = Popup(summary, body, actions, hints, self._last)
        return self._last

    @dbus_method(name="CloseNotification")
    def close_notification(self, number: DBusUInt32) -> None:
        """Take something away."""
        self._close(number, CLOSED)

    @dbus_method(name="GetCapabilities")
    def get_capabilities(self) -> DBusStrings:
        """Say what it can."""
        return self.capabilities

    @dbus_method(name="GetServerInformation")
    def get_server_information(self) -> FourStrings:
        """Say who it is."""
        return "test", "watchkeeper", "1", "1.2"

    @dbus_signal(name="NotificationClosed")
    def notification_closed(self, number: int, reason: int) -> TwoNumbers:
        """Something is gone."""
        return number, reason

    @dbus_signal(name="ActionInvoked")
    def action_invoked(self, number: int, action: str) -> NumberAndString:
        """Something was clicked."""
        return number, action
