"""``PrepareForSleep`` of systemd-logind, over the system bus."""

import logging
import os
from typing import Final, cast

from PySide6.QtCore import SLOT, QObject, QTimer, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusUnixFileDescriptor

from desktop.integration.sleeps import Say

log = logging.getLogger("watchkeeper.desktop")

SERVICE: Final = "org.freedesktop.login1"
PATH: Final = "/org/freedesktop/login1"
MANAGER: Final = "org.freedesktop.login1.Manager"
_SLOT: Final = cast("bytes", SLOT("on_prepare(bool)"))
"""Said to be bytes, and taken only as text."""
HAND_OVER_MS: Final = 700
"""So long the system is asked to wait: time for a word to the workers. It waits for nobody longer than some seconds."""


class LogindSleeps(QObject):
    """Listens, and holds a lock that delays the sleep until the word has gone out."""

    def __init__(self, bus: QDBusConnection | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus if bus is not None else QDBusConnection.systemBus()
        self._say: Say | None = None
        self._lock: int | None = None
        self._asking: QDBusPendingCallWatcher | None = None

    def open(self, say: Say) -> bool:
        """Listen. False: there is no system bus, or nobody on it that sends systems to sleep."""
        interface = self._bus.interface() if self._bus.isConnected() else None
        if interface is None or not interface.isServiceRegistered(SERVICE).value():
            return False
        self._say = say
        if not self._bus.connect(SERVICE, PATH, MANAGER, "PrepareForSleep", self, _SLOT):
            return False
        self._take_lock()
        return True

    def close(self) -> None:
        """Stop."""
        if self._say is not None:
            self._say = None
            self._bus.disconnect(SERVICE, PATH, MANAGER, "PrepareForSleep", self, _SLOT)
        self._let_go()

    @Slot(bool)
    def on_prepare(self, asleep: bool) -> None:
        """The system is about to sleep, or woke."""
        if self._say is None:
            return
        self._say(asleep)
        if asleep:
            QTimer.singleShot(HAND_OVER_MS, self, self._let_go)
        else:
            self._take_lock()

    # -- inside

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        message = QDBusMessage.createMethodCall(SERVICE, PATH, MANAGER, "Inhibit")
        message.setArguments(["sleep", "Watchkeeper", "Checks that run are ended in order", "delay"])
        self._asking = QDBusPendingCallWatcher(self._bus.asyncCall(message), self)
        self._asking.finished.connect(self._on_lock)

    def _on_lock(self, watcher: QDBusPendingCallWatcher) -> None:
        found = watcher.reply().arguments()
        watcher.deleteLater()
        self._asking = None
        if self._say is None or self._lock is not None:
            return
        if found and isinstance(found[0], QDBusUnixFileDescriptor) and found[0].isValid():
            self._lock = os.dup(found[0].fileDescriptor())
        else:
            log.info("the system does not wait for this program before it sleeps")

    def _let_go(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)
