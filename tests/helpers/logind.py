"""Fakes of system services on a bus of their own: logind, and the keeper of power profiles."""

import contextlib
import os
import shutil
import threading
from collections.abc import Iterator
from subprocess import PIPE, Popen
from typing import Final

import pytest
from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

LOGIND: Final = "org.freedesktop.login1"
PROFILES: Final = "org.freedesktop.UPower.PowerProfiles"


@contextlib.contextmanager
def private_bus() -> Iterator[str]:
    """Run a bus; return its address. Skips the test where there is none to run."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed")
    with Popen([daemon, "--session", "--nofork", "--print-address=1"], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class FakeSystem:
    """Answers as logind and as the keeper of power profiles, on a thread of its own."""

    def __init__(self, address: str) -> None:
        self.profile = "balanced"
        self.inhibited: list[tuple[str, ...]] = []
        self._locks: list[int] = []
        self._connection: DBusConnection = open_dbus_connection(bus=address, enable_fds=True)
        for name in (LOGIND, PROFILES):
            self._connection.send_and_get_reply(message_bus.RequestName(name))
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="fake system", daemon=True)
        self._thread.start()

    def say(self, asleep: bool) -> None:
        """Emit ``PrepareForSleep``."""
        place = DBusAddress("/org/freedesktop/login1", interface="org.freedesktop.login1.Manager")
        self._connection.send(new_signal(place, "PrepareForSleep", "b", (asleep,)))

    @property
    def held(self) -> int:
        """How many locks somebody still holds: the other end of each pipe is open."""
        return sum(not _hung_up(lock) for lock in self._locks)

    def close(self) -> None:
        """Stop."""
        self._ended = True
        self._thread.join(60)
        self._connection.close()
        for lock in self._locks:
            os.close(lock)

    def _serve(self) -> None:
        while not self._ended:
            try:
                message = self._connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            except (OSError, EOFError):
                return
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))

    def _answer(self, message: Message) -> Message:
        member = message.header.fields.get(HeaderFields.member)
        if member == "Inhibit":
            self.inhibited.append(tuple(message.body))
            here, there = os.pipe()
            os.set_blocking(here, False)
            self._locks.append(here)
            reply = new_method_return(message, "h", (there,))
            threading.Timer(0.5, os.close, (there,)).start()
            return reply
        if member == "Get":
            return new_method_return(message, "v", (("s", self.profile),))
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")


def _hung_up(pipe: int) -> bool:
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return False
