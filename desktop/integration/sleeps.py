"""The system's own word on sleep and wake, one interface over three systems, and the clocks where nobody says it."""

import contextlib
import ctypes
import logging
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, QTimer, Signal

from desktop.bridge import Bridge
from master.api.client import ApiError

log = logging.getLogger("watchkeeper.desktop")

LOOK_MS: Final = 2000
SLEEP_SECONDS: Final = 5.0
"""A look that comes so much later than it should means that the machine slept."""
QUIET_SECONDS: Final = 120.0
"""So long after a wake what does not answer is no news."""

Say = Callable[[bool], None]
"""Called with True before the machine sleeps, with False once it woke."""


class SleepSource(Protocol):
    """Hears what a system says. Belongs to the GUI thread."""

    def open(self, say: Say) -> bool:
        """Begin to listen. False: this system says nothing, here and now."""

    def close(self) -> None:
        """Stop listening; may be called twice."""


class WindowsSleeps(QAbstractNativeEventFilter):
    """``WM_POWERBROADCAST``, as every window of the program gets it."""

    MESSAGE: Final = 0x0218
    SUSPENDS: Final = 0x0004
    RESUMED: Final = frozenset({0x0012, 0x0007, 0x0006})
    """By itself, by a person, after a critical suspend: two of them may come for one wake."""

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__()
        self._app = app
        self._say: Say | None = None
        self._asleep = False

    def open(self, say: Say) -> bool:
        """Listen."""
        self._say = say
        self._app.installNativeEventFilter(self)
        return True

    def close(self) -> None:
        """Stop."""
        if self._say is not None:
            self._say = None
            self._app.removeNativeEventFilter(self)

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        """Look at one message of Windows; none is kept from anybody."""
        if bytes(kind.data() if isinstance(kind, QByteArray) else kind) == b"windows_generic_MSG" and self._say:
            from ctypes import wintypes

            found = wintypes.MSG.from_address(int(message))
            if found.message == self.MESSAGE:
                self._hear(int(found.wParam))
        return False, 0

    def _hear(self, what: int) -> None:
        asleep = what == self.SUSPENDS
        if self._say is not None and (asleep or what in self.RESUMED) and asleep is not self._asleep:
            self._asleep = asleep
            self._say(asleep)


class MacSleeps:
    """``IORegisterForSystemPower``: its messages come through the run loop that Qt runs on."""

    CAN_SLEEP: Final = 0xE0000270
    WILL_SLEEP: Final = 0xE0000280
    HAS_WOKEN: Final = 0xE0000300
    _CALLBACK: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p)

    def __init__(self, iokit: Any = None, foundation: Any = None, modes: Any = None) -> None:
        """``iokit``, ``foundation``: the libraries, ``modes``: ``kCFRunLoopCommonModes``, or what stands for them."""
        self._iokit, self._foundation, self._modes = iokit, foundation, modes
        self._say: Say | None = None
        self._root = 0
        self._port = ctypes.c_void_p()
        self._notifier = ctypes.c_uint32()
        self._callback = self._CALLBACK(self._on_message)

    def open(self, say: Say) -> bool:
        """Listen."""
        frameworks = "/System/Library/Frameworks"
        io = self._iokit = self._iokit or ctypes.CDLL(f"{frameworks}/IOKit.framework/IOKit")
        core = self._foundation = self._foundation or ctypes.CDLL(
            f"{frameworks}/CoreFoundation.framework/CoreFoundation"
        )
        modes = self._modes or ctypes.c_void_p.in_dll(core, "kCFRunLoopCommonModes")
        io.IORegisterForSystemPower.restype = ctypes.c_uint32
        io.IONotificationPortGetRunLoopSource.restype = core.CFRunLoopGetMain.restype = ctypes.c_void_p
        io.IOAllowPowerChange.argtypes = [ctypes.c_uint32, ctypes.c_long]
        core.CFRunLoopAddSource.argtypes = [ctypes.c_void_p] * 3
        io.IONotificationPortGetRunLoopSource.argtypes = [ctypes.c_void_p]
        pointers = ctypes.byref(self._port), self._callback, ctypes.byref(self._notifier)
        self._root = int(io.IORegisterForSystemPower(None, *pointers))
        if not self._root:
            return False
        self._say = say
        core.CFRunLoopAddSource(core.CFRunLoopGetMain(), io.IONotificationPortGetRunLoopSource(self._port), modes)
        return True

    def close(self) -> None:
        """Stop."""
        if self._say is not None:
            self._say = None
            self._iokit.IODeregisterForSystemPower(ctypes.byref(self._notifier))

    def _on_message(self, _context: object, _service: int, kind: int, argument: int | None) -> None:
        if kind == self.WILL_SLEEP and self._say is not None:
            self._say(True)
        if kind in (self.CAN_SLEEP, self.WILL_SLEEP):
            # Without this word the system waits half a minute for it.
            self._iokit.IOAllowPowerChange(self._root, argument or 0)
        elif kind == self.HAS_WOKEN and self._say is not None:
            self._say(False)


class SleepWatch(QObject):
    """Knows whether the machine sleeps or woke a moment ago; passes on what the system says of it."""

    said = Signal(bool)
    """The system is about to sleep (True), or woke (False)."""
    woke = Signal()
    """It slept, whoever found out."""

    def __init__(
        self,
        source: Callable[[], SleepSource],
        parent: QObject | None = None,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``source`` is made by :meth:`open`."""
        super().__init__(parent)
        self._make_source = source
        self._source: SleepSource | None = None
        self._wall, self._monotonic = wall, monotonic
        self._seen = wall(), monotonic()
        self._quiet_until = float("-inf")
        self._asleep = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def open(self) -> None:
        """Begin. Where the system says nothing the clocks do."""
        self._seen = self._wall(), self._monotonic()
        self._timer.start()
        try:
            self._source = self._make_source()
            heard = self._source.open(self._on_said)
        except (OSError, AttributeError, ImportError) as error:
            log.info("the system's word on sleep cannot be heard: %s", error)
            heard = False
        if not heard:
            log.info("sleep is found by the clocks alone")

    def close(self) -> None:
        """Stop."""
        self._timer.stop()
        if self._source is not None:
            self._source.close()
            self._source = None

    @property
    def quiet(self) -> bool:
        """It sleeps, or woke within the last minutes: what does not answer is no news."""
        self.look()
        return self._asleep or self._monotonic() < self._quiet_until

    def look(self) -> None:
        """Compare the clocks."""
        before, self._seen = self._seen, (self._wall(), self._monotonic())
        if max(now - then for now, then in zip(self._seen, before, strict=True)) >= LOOK_MS / 1000 + SLEEP_SECONDS:
            self._on_woken()

    def _on_said(self, asleep: bool) -> None:
        self._asleep = asleep
        if not asleep:
            self._on_woken()
        self.said.emit(asleep)

    def _on_woken(self) -> None:
        self._asleep = False
        self._quiet_until = self._monotonic() + QUIET_SECONDS
        self.woke.emit()


async def pass_on(bridge: Bridge, asleep: bool) -> None:
    """Tell the master of this process what it would find out a moment later; one that is gone needs it no more."""
    with contextlib.suppress(ApiError):
        await bridge.call(bridge.client.machine_sleeps(asleep))
