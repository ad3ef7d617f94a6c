"""Servers that speak nothing anybody understands: garbage, silence, or a refused port."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from tests.helpers.ports import LOOPBACK

GARBAGE = bytes(range(256)) * 4 + b"\r\n\r\n"


class RawServer:
    """Accepts TCP connections on a free loopback port; says ``greeting`` to each, then either hangs up or stays.

    An empty greeting that stays is a server that accepts and never answers.
    """

    host = LOOPBACK

    def __init__(self, greeting: bytes = GARBAGE, hang_up: bool = True) -> None:
        self._greeting = greeting
        self._hang_up = hang_up
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._main, name="raw-server", daemon=True)

    @property
    def url(self) -> str:
        """The server as a web address."""
        return f"http://{self.host}:{self.port}/feed"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # wakes accept() on Linux; elsewhere close() does
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(60)
        for connection in self._open:
            connection.close()

    def _main(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            with contextlib.suppress(OSError):  # the client may be gone already
                connection.sendall(self._greeting)
            if self._hang_up:
                connection.close()
            else:
                self._open.append(connection)


def garbage_server() -> RawServer:
    """Speaks garbage to whoever connects, then hangs up."""
    return RawServer()


def silent_server() -> RawServer:
    """Accepts and never answers."""
    return RawServer(b"", hang_up=False)
