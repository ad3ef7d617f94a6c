"""SIGINT and SIGTERM (Ctrl-Break on Windows) as a Qt signal: the first asks, the second forces."""

import contextlib
import os
import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

EXIT_FORCED = 1


class SignalWatcher(QObject):
    """Wakes Qt's loop when the process is asked to stop. Made on the main thread, closed there."""

    stop_requested = Signal(int)
    """Number of the first signal."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked = False
        self._receive, self._send = socket.socketpair()
        for end in (self._receive, self._send):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._receive.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_woken)
        self._wakeup_before = signal.set_wakeup_fd(self._send.fileno(), warn_on_full_buffer=False)
        wanted = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"]
        numbers = [getattr(signal, name) for name in wanted if hasattr(signal, name)]
        self._before = {number: signal.signal(number, self._on_signal) for number in numbers}

    def close(self) -> None:
        """Give the process its handlers back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._notifier.setEnabled(False)
        self._receive.close()
        self._send.close()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._asked:
            os._exit(EXIT_FORCED)
        self._asked = True
        self.stop_requested.emit(number)

    def _on_woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._receive.recv(64)
