"""Idling connections: one thread of the process watches all their sockets, so that none needs a thread of its own."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from functools import lru_cache


class SocketWatch:
    """Calls back, once, when a socket can be read. The thread begins with the first socket."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._wanted: dict[int, tuple[socket.socket, Callable[[], None]]] = {}
        self._receive, self._send = socket.socketpair()
        self._receive.setblocking(False)
        self._selector.register(self._receive, selectors.EVENT_READ)
        self._thread: threading.Thread | None = None

    def watch(self, watched: socket.socket, ready: Callable[[], None]) -> None:
        """Call ``ready`` on the watching thread as soon as ``watched`` can be read (or is closed by its peer)."""
        with self._lock:
            self._wanted[watched.fileno()] = (watched, ready)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="imap-idle", daemon=True)
                self._thread.start()
        self._wake()

    def forget(self, watched: socket.socket) -> None:
        """Stop watching; call it before the socket is closed."""
        with self._lock:
            number = watched.fileno()
            self._wanted.pop(number, None)
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(watched)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._send.send(b"\x00")

    def _run(self) -> None:
        while True:
            self._register()
            for key, _events in self._selector.select(timeout=30):
                if key.fileobj is self._receive:
                    with contextlib.suppress(BlockingIOError):
                        self._receive.recv(4096)
                    continue
                with self._lock:
                    entry = self._wanted.pop(key.fd, None)
                    with contextlib.suppress(KeyError, ValueError):
                        self._selector.unregister(key.fileobj)
                if entry is not None:
                    entry[1]()

    def _register(self) -> None:
        with self._lock:
            for number, (watched, _ready) in list(self._wanted.items()):
                if number in self._selector.get_map():
                    continue
                try:
                    self._selector.register(watched, selectors.EVENT_READ)
                except (ValueError, OSError):
                    del self._wanted[number]


@lru_cache(maxsize=1)
def socket_watch() -> SocketWatch:
    """Return the watch of this process."""
    return SocketWatch()
