"""Fetching over HTTP: conditional, bounded in size and time, every failure as what it is.

The settings' field is ``url``, those of the credentials are ``username`` and ``password``.
"""

import asyncio
import email.utils
import math
import ssl
import time
import zlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp
import msgspec

from worker.sdk.errors import (
    NO_TLS,
    AuthFailed,
    InvalidConfig,
    ParseFailure,
    PlatformError,
    RateLimited,
    TemporaryFailure,
)
from worker.sdk.platform import Text, text

MAX_BYTES: Final = 10 * 1024 * 1024
TOTAL_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10.0
MAX_REDIRECTS: Final = 8
MAX_PATIENCE: Final = 86_400.0
CHUNK: Final = 64 * 1024
MAX_VALIDATOR: Final = 1000
MAX_LINK: Final = 8000
MAX_MEMBERS: Final = 1000
_GZIP: Final = b"\x1f\x8b"
HEADERS: Final = {"User-Agent": "Watchkeeper", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where something is on the web."""

    url: str
    host: str
    port: int
    encrypted: bool

    @classmethod
    def of(cls, url: str) -> "Address":
        """Read what was typed. Raises ``InvalidConfig`` for what is no address of the web."""
        url = url.strip()
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not host or any(letter.isspace() for letter in url):
            reason = text("url_unreadable" if url.lower().startswith(("http://", "https://")) else "url_scheme")
            raise InvalidConfig(reason, {"url": reason})
        if parts.username or parts.password:
            reason = text("field_secret_in_settings")
            raise InvalidConfig(reason, {"url": reason})
        encrypted = parts.scheme == "https"
        return cls(url=url, host=host, port=port or (443 if encrypted else 80), encrypted=encrypted)


class Validators(msgspec.Struct, frozen=True, kw_only=True):
    """What the last answer said of itself: sent back, they ask for an answer only if it has changed."""

    etag: str = ""
    modified: str = ""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is no 304."""

    body: bytes
    content_type: str
    url: str
    etag: str
    modified: str
    link: str = ""
    """Its ``Link`` header: where other pages of it are."""


async def fetch(
    session: aiohttp.ClientSession,
    address: Address,
    tls: ssl.SSLContext | None,
    known: Validators,
    *,
    headers: Mapping[str, str] | None = None,
    private: Mapping[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Fetched | None:
    """Get what is there; None when nothing has changed since ``known``. Raises what ``worker.sdk.errors`` names.

    ``private``: headers that sign in; they do not follow a redirect to another server.
    """
    sent = {**HEADERS, **(headers or {}), **(private or {})}
    # Looked at again: a cursor may be older than this rule.
    if etag := _validator(known.etag):
        sent["If-None-Match"] = etag
    if modified := _validator(known.modified):
        sent["If-Modified-Since"] = modified
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return await _follow(session, address, tls, sent, private or {}, max_bytes)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise meaning(error, address) from error


async def _follow(
    session: aiohttp.ClientSession,
    address: Address,
    tls: ssl.SSLContext | None,
    sent: dict[str, str],
    private: Mapping[str, str],
    max_bytes: int,
) -> Fetched | None:
    """Follow redirects by hand: only so do headers stay with the server that they are meant for."""
    url = address.url
    timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS)
    for _ in range(MAX_REDIRECTS + 1):
        async with session.get(
            url, headers=sent, ssl=tls if tls is not None else True, allow_redirects=False, timeout=timeout
        ) as answer:
            target = answer.headers.get("Location", "").strip()
            if answer.status not in _REDIRECTS or not target:
                return await _fetched(answer, address, bool(private), max_bytes)
            following = urljoin(str(answer.url), target).partition("#")[0]
            if not following.startswith(("http://", "https://")):
                raise InvalidConfig(text("url_scheme"), {"url": text("url_scheme")})
            if origin(following) != origin(url):
                sent = {name: value for name, value in sent.items() if name not in private}
                private = {}
            url = following
    raise _temporary("url", text("http_redirects", host=address.host))


async def _fetched(answer: aiohttp.ClientResponse, address: Address, signed: bool, max_bytes: int) -> Fetched | None:
    if answer.status == 304:
        return None
    _check_status(answer, address, signed)
    return Fetched(
        body=await _read(answer, address, max_bytes),
        content_type=_validator(answer.headers.get("Content-Type", "")),
        url=str(answer.url),
        etag=_validator(answer.headers.get("ETag", "")),
        modified=_validator(answer.headers.get("Last-Modified", "")),
        link=", ".join(answer.headers.getall("Link", []))[:MAX_LINK],
    )


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port: what a sign-in is for. Raises ``ValueError`` for what is no address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def basic(user: str, password: str) -> str:
    """Return the ``Authorization`` header of a user name. Raises ``InvalidConfig`` for a name that cannot be sent."""
    if ":" in user:
        reason = text("field_wrong", detail=":")
        raise InvalidConfig(reason, {"username": reason})
    return aiohttp.encode_basic_auth(user, password, "utf-8")


async def _read(answer: aiohttp.ClientResponse, address: Address, max_bytes: int) -> bytes:
    """Read the body, decompressed; the limit is for what it becomes, not for what came. Raises ``InvalidConfig``."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise _garbage(address)
    inflate = None if encoding in ("", "identity") else _Inflater()
    body = bytearray()
    received = 0
    async for chunk in answer.content.iter_chunked(CHUNK):
        received += len(chunk)
        body += chunk if inflate is None else inflate.add(chunk, max_bytes + 1 - len(body))
        if max(len(body), received) > max_bytes:
            reason = text("too_large", limit_mb=max_bytes // 1024 // 1024)
            raise InvalidConfig(reason, {"url": reason})
    if inflate is not None and received and not inflate.ended:
        # Half an answer is none: what it lacks would be missed, and what is half of it be told.
        raise _temporary("", text("connection_lost", host=address.host, detail="its compressed answer is cut off"))
    return bytes(body)


def _validator(value: str) -> str:
    """Return a header's value, "" for one that cannot be sent back as it came: foreign letters, controls, too long."""
    value = value.strip()
    return value if len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else ""


class _Inflater:
    """Decompresses gzip, of one member or many, and both kinds of deflate."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._waiting = b""
        self._members = 0

    @property
    def ended(self) -> bool:
        """Whether what was begun is whole."""
        return self._stream.eof

    def add(self, chunk: bytes, room: int) -> bytes:
        """Return at most ``room`` bytes. Raises ``ValueError`` for what is not compressed."""
        chunk, self._waiting = self._waiting + chunk, b""
        grown = bytearray()
        while chunk and len(grown) < room:
            if self._members and not self._stream.eof:
                grown += self._inflated(chunk, room - len(grown))
            elif len(chunk) < len(_GZIP):
                # Too short to tell what begins.
                self._waiting = chunk
                break
            elif not self._members:
                grown += self._first(chunk, room)
            elif chunk.startswith(_GZIP) and self._members < MAX_MEMBERS:
                self._members += 1
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
                grown += self._inflated(chunk, room - len(grown))
            elif chunk.startswith(_GZIP):
                raise ValueError("too many members")
            else:
                # Padding behind the end, as gzip itself takes it.
                break
            chunk = self._stream.unused_data
        return bytes(grown)

    def _first(self, chunk: bytes, room: int) -> bytes:
        self._members = 1
        try:
            return self._stream.decompress(chunk, room)
        except zlib.error:
            # Deflate without the header that the standard asks for.
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._inflated(chunk, room)

    def _inflated(self, chunk: bytes, room: int) -> bytes:
        try:
            return self._stream.decompress(chunk, room)
        except zlib.error as error:
            raise ValueError(str(error)) from error


def _check_status(answer: aiohttp.ClientResponse, address: Address, signed: bool) -> None:
    status, host = answer.status, address.host
    match status:
        case 200 | 203 | 204:
            return
        case 401 | 403 if signed or status == 401:
            reason = text("http_auth", host=host, status=status)
            raise AuthFailed(reason, {"username": reason, "password": reason})
        case 403:
            raise _temporary("url", text("http_auth", host=host, status=status))
        case 404 | 410:
            # The site may be half-way through a change; the address is shown as what to look at.
            raise _temporary("url", text("http_not_found", status=status))
        case 429:
            raise RateLimited(_patience(answer), text("http_rate_limited", host=host))
        case 503 if _patience(answer) is not None:
            raise RateLimited(_patience(answer), text("http_status", host=host, status=status))
    raise _temporary("", text("http_status", host=host, status=status))


def _patience(answer: aiohttp.ClientResponse) -> float | None:
    return retry_after(answer.headers.get("Retry-After", ""), time.time())


def retry_after(value: str, now: float) -> float | None:
    """Return the seconds of a Retry-After header (a number or an HTTP date), None when it says nothing."""
    value = value.strip()
    try:
        seconds = float(value) if value.isdecimal() else email.utils.parsedate_to_datetime(value).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, seconds), MAX_PATIENCE) if math.isfinite(seconds) else None


def meaning(error: BaseException, address: Address) -> PlatformError:
    """Return what an error means; special ones before general ones."""
    host, port = address.host, address.port
    detail = str(error) or type(error).__name__
    match error:
        case aiohttp.ClientConnectorCertificateError():
            why = getattr(error.certificate_error, "verify_message", "") or str(error.certificate_error)
            return _temporary("url", text("tls_untrusted", host=host, detail=why))
        case aiohttp.ClientConnectorDNSError():
            return _temporary("url", text("dns_failed", host=host))
        case aiohttp.ClientSSLError():
            if getattr(error.os_error, "reason", "") in NO_TLS:
                return _temporary("url", text("tls_not_spoken_web", host=host, port=port))
            return _temporary("url", text("tls_failed", host=host, detail=str(error.os_error)))
        case aiohttp.TooManyRedirects():
            return _temporary("url", text("http_redirects", host=host))
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return InvalidConfig(text("url_scheme"), {"url": text("url_scheme")})
        case TimeoutError():
            return _temporary("url", text("connect_timeout", host=host, port=port, seconds=round(TOTAL_SECONDS)))
        case aiohttp.ClientConnectorError():
            if isinstance(error.os_error, ConnectionRefusedError):
                return _temporary("url", text("connect_refused", host=host, port=port))
            return _temporary("url", text("network_unreachable", host=host, detail=str(error.os_error)))
        case aiohttp.ClientResponseError() | ValueError():
            return _garbage(address)
    return _temporary("", text("connection_lost", host=host, detail=detail))


def _garbage(address: Address) -> ParseFailure:
    reason = text("protocol_garbage", host=address.host, port=address.port, protocol="HTTP")
    return ParseFailure(reason, {"url": reason})


def _temporary(field: str, reason: Text) -> TemporaryFailure:
    return TemporaryFailure(reason, {field: reason} if field else {})
