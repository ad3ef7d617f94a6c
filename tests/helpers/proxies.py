"""Small real proxies, HTTP CONNECT and SOCKS5, that know what they were asked for; and who connected past them."""

import base64
import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import pytest

from tests.helpers.ports import LOOPBACK
from worker.protocol.proxy_routes import ProxyRoute
from worker.sdk.testing import TestContext

THREADS = "small-proxy"
SECONDS = 60.0


class SmallProxy:
    """``names``: where names lead to that only this proxy knows; ``refuse``: a status or reply for every target."""

    host = LOOPBACK

    def __init__(
        self,
        kind: str,
        user: str = "",
        password: str = "",
        *,
        names: dict[str, str] | None = None,
        refuse: int | None = None,
        garbage: bytes = b"",
    ) -> None:
        self.kind = kind
        self.asked: list[tuple[str, int]] = []
        """Hosts and ports as they were asked for."""
        self._user, self._password = user, password
        self._names = names or {}
        self._refuse = refuse
        self._garbage = garbage
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._main, name=THREADS, daemon=True)]

    def route(self, **more: Any) -> ProxyRoute:
        """Return the way to it, with its user name."""
        values: dict[str, Any] = {
            "proxy_id": "p1",
            "name": "Small",
            "kind": self.kind,
            "host": self.host,
            "port": self.port,
            "username": self._user,
            "has_password": bool(self._password),
        }
        return ProxyRoute(**(values | more))

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in (self._listener, *self._open):
            # A closed one wakes nobody who waits for it.
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)
        for opened in (self._listener, *self._open):
            opened.close()

    def _main(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(SECONDS)
            self._open.append(client)
            thread = threading.Thread(target=self._serve, args=(client,), name=THREADS, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), contextlib.closing(client):
            if self._garbage:
                client.sendall(self._garbage)
                return
            upstream = self._http(client) if self.kind == "http" else self._socks5(client)
            if upstream is not None:
                with contextlib.closing(upstream):
                    _relay(client, upstream)

    def _reach(self, host: str, port: int) -> socket.socket:
        self.asked.append((host, port))
        upstream = socket.create_connection((self._names.get(host, host), port), timeout=SECONDS)
        self._open.append(upstream)
        return upstream

    def _http(self, client: socket.socket) -> socket.socket | None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _exactly(client, 1)
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        if method != "CONNECT":
            client.sendall(b"HTTP/1.1 405 No\r\n\r\n")
            return None
        headers = dict(line.split(": ", 1) for line in lines if line)
        wanted = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        if self._user and headers.get("Proxy-Authorization") != f"Basic {wanted}":
            client.sendall(b"HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic\r\n\r\n")
            return None
        host, _, port = target.rpartition(":")
        if self._refuse is not None:
            self.asked.append((host, int(port)))
            client.sendall(f"HTTP/1.1 {self._refuse} Not there\r\n\r\n".encode())
            return None
        try:
            upstream = self._reach(host.strip("[]"), int(port))
        except OSError:
            client.sendall(b"HTTP/1.1 502 Not reached\r\n\r\n")
            return None
        client.sendall(b"HTTP/1.1 200 Go\r\nVia: small\r\n\r\n")
        return upstream

    def _socks5(self, client: socket.socket) -> socket.socket | None:
        _, count = _exactly(client, 2)
        method = 2 if self._user else 0
        if method not in _exactly(client, count):
            client.sendall(b"\x05\xff")
            return None
        client.sendall(bytes((5, method)))
        if method == 2:
            user = _exactly(client, _exactly(client, 2)[1])
            password = _exactly(client, _exactly(client, 1)[0])
            right = (user.decode(), password.decode()) == (self._user, self._password)
            client.sendall(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                return None
        kind = _exactly(client, 4)[3]
        if kind == 3:
            host = _exactly(client, _exactly(client, 1)[0]).decode()
        else:
            family, length = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
            host = socket.inet_ntop(family, _exactly(client, length))
        port = int.from_bytes(_exactly(client, 2), "big")
        reply, upstream = 0, None
        if self._refuse is not None:
            self.asked.append((host, port))
            reply = self._refuse
        else:
            try:
                upstream = self._reach(host, port)
            except OSError:
                reply = 4
        client.sendall(bytes((5, reply, 0, 1)) + bytes(6))
        return upstream


def _exactly(client: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        more = client.recv(count - len(read))
        if not more:
            raise EOFError
        read += more
    return read


def _relay(one: socket.socket, other: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in selector.select(SECONDS):
                data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if not data:
                    return
                key.data.sendall(data)


class ProxiedContext(TestContext):
    """A context whose account has a proxy."""

    def __init__(self, route: ProxyRoute, password: str, *given: Any) -> None:
        super().__init__(*given)
        self.proxy = route
        self._password = password

    async def proxy_password(self) -> str:
        return self._password


class Ways:
    """What this process connects to and which names it asks for, but the small proxies themselves."""

    def __init__(self) -> None:
        self.ports: set[int] = set()
        self.names: set[str] = set()
        self._looking = True

    @contextlib.contextmanager
    def unwatched(self) -> Iterator[None]:
        """Look away, while the other side does something."""
        self._looking = False
        try:
            yield
        finally:
            self._looking = True

    @contextlib.contextmanager
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Self]:
        """Note it all while this lasts."""
        connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

        def note(address: Any) -> None:
            if self._looking and isinstance(address, tuple) and threading.current_thread().name != THREADS:
                self.ports.add(address[1])

        def noted(opened: socket.socket, address: Any) -> None:
            note(address)
            connect(opened, address)

        def noted_ex(opened: socket.socket, address: Any) -> int:
            note(address)
            return connect_ex(opened, address)

        def looked_up(host: Any, *more: Any, **named: Any) -> Any:
            if self._looking and threading.current_thread().name != THREADS:
                self.names.add(str(host))
            return look_up(host, *more, **named)

        with monkeypatch.context() as patched:
            patched.setattr(socket.socket, "connect", noted)
            patched.setattr(socket.socket, "connect_ex", noted_ex)
            patched.setattr(socket, "getaddrinfo", looked_up)
            yield self
