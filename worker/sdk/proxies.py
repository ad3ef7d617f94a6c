"""Ways through a proxy: HTTP CONNECT and SOCKS5, with or without password. The proxy resolves the names of servers.

Every connection of an account that has a proxy begins with :func:`tunnel` or :func:`connector`; what goes wrong before
the server is reached is raised as what it is: the proxy's fault, never a refused sign-in.
"""

import asyncio
import base64
import ipaddress
import socket
import ssl
from collections.abc import Generator
from typing import Any, Final, Literal

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import Param
from worker.sdk import certificates
from worker.sdk.errors import InvalidConfig, PlatformError, TemporaryFailure
from worker.sdk.platform import Context, Text, now_ms, text
from worker.sdk.sockets import Address, first_connected

TUNNEL_SECONDS: Final = 20.0
"""A proxy may need as long for a server as we would, and then there is the way to the proxy."""
RESOLVE_SECONDS: Final = 10.0
ATTEMPT_SECONDS: Final = 5.0
"""After so long the proxy's next address is tried, while there is one."""
MAX_HEAD: Final = 16 * 1024
FIELD: Final = "proxy_id"
"""The field of the account that is shown as wrong."""
_PROTOCOLS: Final = {"http": "HTTP CONNECT", "socks5": "SOCKS5"}
_REPLIES: Final = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}
_FORBIDDEN: Final = 2

Handshake = Generator[bytes | int, bytes, None]
"""Yields bytes to be sent, or how many are to be read; is sent what was read."""


class _GarbageError(Exception):
    """The proxy says what no proxy of its kind says."""


class _RefusedError(Exception):
    """The proxy refuses; ``kind`` says what."""

    def __init__(self, kind: Literal["wants", "refuses", "forbids", "no_way"], detail: str = "") -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def http_connect(username: str, password: str, host: str, port: int) -> Handshake:
    """CONNECT (RFC 9110 §9.3.6), with basic authentication where there is a user name."""
    name = _ascii(host)
    target = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if username:
        # The user name of a proxy of this kind has no colon.
        pair = base64.b64encode(f"{username}:{password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {pair}")
    yield "\r\n".join([*lines, "", ""]).encode()
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        # What comes behind the head is the server's already: not a byte more may be taken.
        head += yield 1
        if len(head) > MAX_HEAD or not head.startswith(b"HTTP/"[: len(head)]):
            raise _GarbageError
    line, _, _ = bytes(head).partition(b"\r\n")
    parts = line.decode("latin-1").split(" ", 2)
    if len(parts) < 2 or not parts[1].isascii() or not parts[1].isdecimal() or len(parts[1]) != 3:
        raise _GarbageError
    status = int(parts[1])
    if 200 <= status < 300:
        return
    if status == 407:
        raise _RefusedError("refuses" if username else "wants")
    words = "".join(letter for letter in " ".join(parts[1:]) if letter.isprintable())
    raise _RefusedError("no_way" if status >= 500 else "forbids", words[:200])


def socks5(username: str, password: str, host: str, port: int) -> Handshake:
    """CONNECT of SOCKS5 (RFC 1928), with user name and password (RFC 1929) where there are some."""
    yield b"\x05\x02\x00\x02" if username else b"\x05\x01\x00"
    version, method = yield 2
    if version != 5:
        raise _GarbageError
    if method == 0xFF or (method == 2 and not username):
        raise _RefusedError("refuses" if username else "wants")
    if method == 2:
        name, secret = username.encode()[:255], password.encode()[:255]
        yield bytes((1, len(name))) + name + bytes((len(secret),)) + secret
        _, status = yield 2
        if status != 0:
            raise _RefusedError("refuses")
    elif method != 0:
        raise _GarbageError
    yield b"\x05\x01\x00" + _address(host) + port.to_bytes(2, "big")
    version, reply, _, kind = yield 4
    if version != 5:
        raise _GarbageError
    if reply != 0:
        raise _RefusedError("forbids" if reply == _FORBIDDEN else "no_way", _REPLIES.get(reply, f"code {reply}"))
    if kind not in (1, 3, 4):
        raise _GarbageError
    length = {1: 4, 4: 16}.get(kind) or (yield 1)[0]
    yield length + 2


async def tunnel(context: Context, host: str, port: int) -> socket.socket:
    """Return a connected, non-blocking socket that leads to ``host``:``port`` through the account's proxy.

    Raises ``TemporaryFailure``, and ``InvalidConfig`` for what only a person can mend: both name ``proxy_id``.
    """
    route = context.proxy
    if route is None:
        raise ValueError("this account has no proxy")
    if route.kind not in _PROTOCOLS:
        raise _wrong(text("proxy_unknown", id=route.proxy_id))
    addresses = await resolved(context, route)
    password = await context.proxy_password() if route.has_password else ""
    try:
        async with asyncio.timeout(TUNNEL_SECONDS):
            opened = await reached(route, addresses)
            try:
                await through(opened, route, password, host, port)
            except BaseException:
                opened.close()
                raise
            return opened
    except TimeoutError as error:
        place: dict[str, Param] = {"proxy": route.name, "host": route.host, "port": route.port}
        raise _passing(text("proxy_timeout", **place, seconds=round(TUNNEL_SECONDS))) from error


async def resolved(context: Context, route: ProxyRoute) -> list[Address]:
    """Return the proxy's addresses. Raises ``TemporaryFailure``."""
    try:
        found = await context.run_blocking(
            lambda: socket.getaddrinfo(route.host, route.port, type=socket.SOCK_STREAM), RESOLVE_SECONDS
        )
    except (OSError, UnicodeError) as error:
        # TimeoutError is an OSError.
        reason = text("proxy_unresolved", proxy=route.name, host=route.host)
        raise TemporaryFailure(reason, {FIELD: reason}) from error
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


async def reached(route: ProxyRoute, addresses: list[Address]) -> socket.socket:
    """Return a non-blocking socket that is connected to the proxy. Raises ``TemporaryFailure``."""
    try:
        return await first_connected(addresses, ATTEMPT_SECONDS)
    except OSError as error:
        detail = error.strerror or str(error)
        reason = text("proxy_unreachable", proxy=route.name, host=route.host, port=route.port, detail=detail)
        raise _passing(reason) from error


async def through(opened: socket.socket, route: ProxyRoute, password: str, host: str, port: int) -> None:
    """Ask the proxy at the other end of ``opened`` for ``host``:``port``. Raises as :func:`tunnel`."""
    loop = asyncio.get_running_loop()
    make = http_connect if route.kind == "http" else socks5
    try:
        handshake = make(route.username, password, host, port)
        asked = next(handshake)
        while True:
            if isinstance(asked, bytes):
                await loop.sock_sendall(opened, asked)
                asked = handshake.send(b"")
                continue
            read = b""
            while len(read) < asked:
                if not (more := await loop.sock_recv(opened, asked - len(read))):
                    raise ConnectionResetError("it closed the connection")
                read += more
            asked = handshake.send(read)
    except StopIteration:
        return
    except (_GarbageError, _RefusedError, OSError, UnicodeError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise _meaning(error, route, host, port) from error


def _meaning(error: Exception, route: ProxyRoute, host: str, port: int) -> PlatformError:
    place: dict[str, Param] = {"proxy": route.name, "host": route.host, "port": route.port}
    if isinstance(error, _RefusedError):
        detail = error.detail or "?"
        match error.kind:
            case "wants":
                return _wrong(text("proxy_wants_password", **place))
            case "refuses":
                return _wrong(text("proxy_refuses_password", **place))
            case "forbids":
                return _wrong(text("proxy_forbids", proxy=route.name, host=host, port=port, detail=detail))
            case "no_way":
                # The proxy works: it may well be the server.
                return TemporaryFailure(text("proxy_no_way", proxy=route.name, host=host, port=port, detail=detail))
    if isinstance(error, UnicodeError):
        return TemporaryFailure(text("dns_failed", host=host))
    if isinstance(error, OSError):
        return _passing(text("proxy_lost", **place, detail=error.strerror or str(error)))
    return _passing(text("proxy_garbage", **place, protocol=_PROTOCOLS[route.kind]))


class _Unresolved(AbstractResolver):
    """Leaves names as they are: they are for the proxy."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = ResolveResult(
            hostname=host, host=host, port=port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
        )
        return [found]

    async def close(self) -> None:
        """Nothing is held."""


class _Noting(aiohttp.TCPConnector):
    """Notes whose certificates its connections showed, also of those that another account has opened."""

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:
        """Get a connection; one that stands for too long to say what the server's certificate is, is opened anew."""
        while True:
            began = now_ms()
            found = await super().connect(req, traces, timeout)
            secured = found.transport.get_extra_info("ssl_object") if found.transport is not None else None
            sight = certificates.note(secured) if secured is not None else None
            if sight is None or sight.seen_at >= began or not sight.is_old(now_ms()):
                return found
            found.close()


class _Tunnels(_Noting):
    """Opens every connection through the proxy of one account."""

    def __init__(self, context: Context, **more: Any) -> None:
        super().__init__(resolver=_Unresolved(), use_dns_cache=False, **more)
        self._context = context

    async def _wrap_create_connection(self, *args: Any, **kwargs: Any) -> Any:
        """Open one connection. Not of the library's public interface, which has no way to bring a socket."""
        addresses, request, timeout = kwargs.pop("addr_infos"), kwargs.pop("req"), kwargs.pop("timeout")
        failed = kwargs.pop("client_error", aiohttp.ClientConnectorError)
        host, port = addresses[0][4][:2]
        opened = await tunnel(self._context, host, port)
        try:
            async with asyncio.timeout(timeout.sock_connect):
                return await self._loop.create_connection(*args, **kwargs, sock=opened)
        except BaseException as error:
            opened.close()
            if isinstance(error, ssl.CertificateError):
                raise aiohttp.ClientConnectorCertificateError(request.connection_key, error) from error
            if isinstance(error, ssl.SSLError):
                raise aiohttp.ClientConnectorSSLError(request.connection_key, error) from error
            if isinstance(error, OSError) and not isinstance(error, TimeoutError):
                raise failed(request.connection_key, error) from error
            raise


def connector(context: Context, **more: Any) -> aiohttp.TCPConnector:
    """Return what opens the connections of an account's session: through its proxy, where it has one.

    ``more``: as :class:`aiohttp.TCPConnector` takes it, but the resolver. Raises in use as :func:`tunnel`.
    """
    if context.proxy is not None:
        return _Tunnels(context, **more)
    # Names as the system resolves them, whatever resolver else is installed.
    return _Noting(resolver=aiohttp.ThreadedResolver(), **more)


def _address(host: str) -> bytes:
    """Return an address as SOCKS5 writes it. Raises ``UnicodeError`` for a name that there cannot be."""
    try:
        number = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        name = _ascii(host).encode()
        if not 0 < len(name) < 256:
            raise UnicodeError("too long") from None
        return bytes((3, len(name))) + name
    return bytes((1 if number.version == 4 else 4,)) + number.packed


def _ascii(host: str) -> str:
    if not host.isprintable() or " " in host:
        # Servers name other servers: nothing of such a name may become a line of a request.
        raise UnicodeError("no name of a server")
    return host if host.isascii() else host.encode("idna").decode()


def _passing(reason: Text) -> TemporaryFailure:
    return TemporaryFailure(reason, {FIELD: reason})


def _wrong(reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {FIELD: reason})
