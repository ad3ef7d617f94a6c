"""Connections to an IMAP server: opened, encrypted, signed in; every failure as what it is. All synchronous."""

import contextlib
import imaplib
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, TemporaryFailure
from worker.sdk.platform import Text, text

CONNECT_SECONDS = 15.0
READ_SECONDS = 30.0
PORTS = {"tls": 993, "starttls": 143, "none": 143}
PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")

# At debug level these print what is sent, passwords included.
logging.getLogger("imapclient").setLevel(logging.WARNING)


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mailbox is, from the account's settings."""

    host: str
    port: int
    security: str
    username: str
    ca_file: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Server":
        """Read the settings. Raises ``InvalidConfig`` where they cannot be safe."""
        security = str(settings.get("security") or "tls")
        server = cls(
            host=str(settings.get("host") or "").strip(),
            port=int(settings.get("port") or PORTS[security]),
            security=security,
            username=str(settings.get("username") or ""),
            ca_file=str(settings.get("ca_file") or ""),
        )
        if not server.host:
            raise InvalidConfig(text("field_required"), {"host": text("field_required")})
        if security == "none" and not is_loopback(server.host):
            raise InvalidConfig(text("plain_not_loopback"), {"security": text("plain_not_loopback")})
        return server


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine by name or number."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return False


@lru_cache(maxsize=8)
def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return the TLS context, one for all accounts with the same authorities (each costs a megabyte)."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def resolve(server: Server) -> None:
    """Raise ``TemporaryFailure`` when the name does not resolve."""
    with failures(server):
        socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)


def reach(server: Server) -> None:
    """Raise ``TemporaryFailure`` when nothing listens there."""
    with failures(server):
        socket.create_connection((server.host, server.port), CONNECT_SECONDS).close()


def connect(server: Server) -> IMAPClient:
    """Open a connection and encrypt it as asked. Raises what ``worker.sdk.errors`` names."""
    with failures(server):
        context = None if server.security == "none" else _tls(server)
        client = IMAPClient(
            server.host,
            server.port,
            ssl=server.security == "tls",
            ssl_context=context if server.security == "tls" else None,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )
        try:
            client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if server.security == "starttls":
                if not client.has_capability("STARTTLS"):
                    raise InvalidConfig(
                        text("starttls_missing", host=server.host),
                        {"security": text("starttls_missing", host=server.host)},
                    )
                client.starttls(ssl_context=context)
        except BaseException:
            hang_up(client)
            raise
        return client


def sign_in(client: IMAPClient, server: Server, password: str) -> None:
    """Sign in. Raises ``AuthFailed`` for a refusal that another try would only repeat."""
    if client.has_capability("LOGINDISABLED"):
        reason = text("login_disabled", host=server.host)
        raise InvalidConfig(reason, {"security": reason})
    try:
        with failures(server):
            client.login(server.username, password)
    except _Refused as error:
        if any(code in error.answer.upper() for code in PASSING):
            raise TemporaryFailure(text("network_unreachable", host=server.host, detail=error.answer)) from error
        reason = text("auth_refused", username=server.username)
        raise AuthFailed(reason, {"password": reason}) from error


def open_signed_in(server: Server, password: str) -> IMAPClient:
    """Connect and sign in; nothing stays open when that fails."""
    client = connect(server)
    try:
        sign_in(client, server, password)
    except BaseException:
        hang_up(client)
        raise
    return client


def hang_up(client: IMAPClient) -> None:
    """Close the socket without a word: the server may be gone."""
    with contextlib.suppress(OSError, imaplib.IMAP4.error, AttributeError):
        client.shutdown()


class _Refused(Exception):
    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


def _tls(server: Server) -> ssl.SSLContext:
    try:
        return tls_context(server.ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = text("field_wrong", detail=str(error))
        raise InvalidConfig(reason, {"ca_file": reason}) from error


@contextlib.contextmanager
def failures(server: Server) -> Iterator[None]:
    """Turn what sockets, TLS and IMAP raise into the plug-in errors."""
    try:
        yield
    except LoginError as error:
        raise _Refused(str(error)) from error
    except (OSError, imaplib.IMAP4.error, IMAPClientError, CapabilityError, ValueError) as error:
        raise _as_failure(error, server) from error


def _as_failure(error: BaseException, server: Server) -> PlatformError:
    """Return the plug-in error for ``error``; the first that fits, special before general."""
    host, port = server.host, server.port
    detail = str(error) or type(error).__name__
    seconds = round(CONNECT_SECONDS)
    cases: list[tuple[type[BaseException], Callable[[], Text], str]] = [
        (socket.gaierror, lambda: text("dns_failed", host=host), "host"),
        (UnicodeError, lambda: text("dns_failed", host=host), "host"),
        (ssl.SSLCertVerificationError, lambda: text("tls_untrusted", host=host, detail=_why(error)), "host"),
        (TimeoutError, lambda: text("connect_timeout", host=host, port=port, seconds=seconds), "host"),
        (ssl.SSLError, lambda: text("tls_failed", host=host, detail=detail), "security"),
        (ConnectionRefusedError, lambda: text("connect_refused", host=host, port=port), "port"),
        (ConnectionError, lambda: text("connection_lost", host=host, detail=detail), ""),
        (imaplib.IMAP4.abort, lambda: text("connection_lost", host=host, detail=detail), ""),
        (imaplib.IMAP4.error, lambda: text("protocol_garbage", host=host, port=port, protocol="IMAP"), "port"),
        (OSError, lambda: text("network_unreachable", host=host, detail=detail), "host"),
    ]
    for kind, say, field in cases:
        if isinstance(error, kind):
            reason = say()
            return TemporaryFailure(reason, {field: reason} if field else {})
    return TemporaryFailure(text("protocol_garbage", host=host, port=port, protocol="IMAP"))


def _why(error: BaseException) -> str:
    return str(getattr(error, "verify_message", "") or error)
