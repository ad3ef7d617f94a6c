"""Servers that misbehave in one way each, over TCP or TLS, on threads of their own."""

import contextlib
import datetime
import itertools
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme

from tests.helpers.ports import LOOPBACK

Behaviour = Callable[[socket.socket], None]
HTTP_OK = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
FLOOD_BYTES = 50 * 1024 * 1024
_CHUNK = b"x" * 65_536


class FaultServer:
    """A context manager: accepts connections and treats each as ``behave`` says, one thread a connection."""

    host = LOOPBACK

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._behave = behave
        self._tls = tls
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._main_thread = threading.Thread(target=self._main, name="fault-server", daemon=True)

    def __enter__(self) -> Self:
        self._main_thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in (self._main_thread, *self._threads):
            thread.join(60)

    def _main(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(10)
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), name="fault-connection", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # Whoever had enough hangs up, which is what tests want of it.
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self._behave(connection)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)


def read_request(connection: socket.socket) -> bytes:
    """Read one HTTP request with its body, as far as a length tells."""
    read = b""
    while b"\r\n\r\n" not in read:
        part = connection.recv(65_536)
        if not part:
            raise OSError("gone")
        read += part
    head, _, body = read.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        part = connection.recv(65_536)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body


class Flood:
    """Sends fifty megabytes; ``sent`` counts what was taken. ``http``: as the body of an answer."""

    def __init__(self, http: bool) -> None:
        self.http = http
        self.sent = 0

    def __call__(self, connection: socket.socket) -> None:
        if self.http:
            read_request(connection)
            connection.sendall(HTTP_OK % b"application/json" + b"Connection: close\r\n\r\n")
        while self.sent < FLOOD_BYTES:
            connection.sendall(_CHUNK)
            self.sent += len(_CHUNK)


class Redirects:
    """Leads on for ever, each time to another address of its own; ``asked`` counts."""

    def __init__(self) -> None:
        self.asked = 0
        self._numbers = itertools.count()

    def __call__(self, connection: socket.socket) -> None:
        while True:
            read_request(connection)
            self.asked += 1
            target = f"/elsewhere/{next(self._numbers)}".encode()
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n")


def answers(body: bytes, content_type: str, status: bytes = b"200 OK") -> Behaviour:
    """Answer every request so."""

    def behave(connection: socket.socket) -> None:
        while True:
            read_request(connection)
            head = b"HTTP/1.1 " + status + b"\r\nContent-Type: " + content_type.encode()
            connection.sendall(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    return behave


def expired(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return the TLS context of a server whose certificate ended yesterday, and the file of who vouches for it."""
    ca = trustme.CA()
    today = datetime.datetime.now(datetime.UTC)
    leaf = ca.issue_cert(
        "localhost",
        LOOPBACK,
        not_before=today - datetime.timedelta(days=9),
        not_after=today - datetime.timedelta(days=1),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    path = folder / "expired-ca.pem"
    ca.cert_pem.write_to_path(path)
    return context, path
