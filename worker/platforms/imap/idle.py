"""Connections that idle: one thread of the process watches all their sockets, so that none needs its own.

Not asyncio's ``add_reader``: the event loop of Windows has none.
"""

import contextlib
import selectors
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

Readable = Callable[[], bool]
"""Called on the watching thread when the socket can be read; True when it has read enough and is to be forgotten.
It must neither wait nor raise."""

ROOM: Final = 500 if sys.platform == "win32" else 1_000_000
"""Windows' ``select`` takes 512 sockets."""


class IdleSelector:
    """Watches sockets. Its thread begins with the first and ends with the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commands: deque[tuple[socket.socket, Readable | None]] = deque()
        self._thread: threading.Thread | None = None
        self._waker: socket.socket | None = None
        self._watched = 0

    @property
    def has_room(self) -> bool:
        """Whether one more socket can be watched."""
        return self._watched < ROOM

    def watch(self, watched: socket.socket, readable: Readable) -> None:
        """Call ``readable`` whenever ``watched`` can be read, or its peer has closed it."""
        with self._lock:
            self._commands.append((watched, readable))
            if self._thread is None or not self._thread.is_alive():
                receiver, self._waker = socket.socketpair()
                self._thread = threading.Thread(target=self._run, args=(receiver,), name="imap-idle", daemon=True)
                self._thread.start()
            self._wake()

    def forget(self, watched: socket.socket) -> None:
        """Watch no longer. One more call may be under way when this returns. Call it before closing the socket."""
        with self._lock:
            if self._thread is not None:
                self._commands.append((watched, None))
                self._wake()

    def _wake(self) -> None:
        # A full pipe wakes as well.
        with contextlib.suppress(BlockingIOError):
            if self._waker is not None:
                self._waker.send(b"\x00")

    def _run(self, receiver: socket.socket) -> None:
        receiver.setblocking(False)
        with selectors.DefaultSelector() as selector, receiver:
            selector.register(receiver, selectors.EVENT_READ)
            while self._obey(selector):
                for key, _ in self._select(selector):
                    if key.fileobj is receiver:
                        with contextlib.suppress(BlockingIOError):
                            receiver.recv(4096)
                    elif key.data():
                        _unregister(selector, key.fileobj)

    def _obey(self, selector: selectors.BaseSelector) -> bool:
        """Do what was asked for meanwhile; return whether anything is left to watch."""
        with self._lock:
            while self._commands:
                watched, readable = self._commands.popleft()
                _unregister(selector, watched)
                if readable is not None:
                    # A closed socket has nothing to say any more.
                    with contextlib.suppress(ValueError, OSError, KeyError):
                        selector.register(watched, selectors.EVENT_READ, readable)
            self._watched = len(selector.get_map()) - 1
            if self._watched > 0:
                return True
            self._thread = None
            if self._waker is not None:
                self._waker.close()
                self._waker = None
            return False

    @staticmethod
    def _select(selector: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
        try:
            return selector.select()
        except OSError:
            # One was closed before it was forgotten: Windows refuses all of them then.
            closed = [key.fileobj for key in selector.get_map().values() if _is_closed(key.fileobj)]
            for fileobj in closed:
                _unregister(selector, fileobj)
            return []


def _unregister(selector: selectors.BaseSelector, fileobj: object) -> None:
    with contextlib.suppress(KeyError, ValueError, OSError):
        selector.unregister(fileobj)  # type: ignore[arg-type]


def _is_closed(fileobj: object) -> bool:
    return isinstance(fileobj, socket.socket) and fileobj.fileno() < 0


SELECTOR: Final = IdleSelector()
"""The one of this process."""
