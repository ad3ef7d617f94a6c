"""Fetching a feed: conditional, bounded in size and time, every failure as what it is."""

import email.utils
import math
import ssl
import time
import zlib
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import msgspec

from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, RateLimited, TemporaryFailure
from worker.sdk.platform import Text, text

from .memories import Listed

MAX_BYTES: Final = 10 * 1024 * 1024
TOTAL_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10.0
MAX_REDIRECTS: Final = 8
MAX_PATIENCE: Final = 86_400.0
CHUNK: Final = 64 * 1024
MAX_VALIDATOR: Final = 1000
MAX_MEMBERS: Final = 1000
_GZIP: Final = b"\x1f\x8b"
HEADERS: Final = {
    "User-Agent": "Watchkeeper (feed reader)",
    "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a feed is."""

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
            raise InvalidConfig(text("url_scheme"), {"url": text("url_scheme")})
        if parts.username or parts.password:
            reason = text("field_secret_in_settings")
            raise InvalidConfig(reason, {"url": reason})
        encrypted = parts.scheme == "https"
        return cls(url=url, host=host, port=port or (443 if encrypted else 80), encrypted=encrypted)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the last answer said of itself, the hash of its body, and what it listed: the cursor of a feed."""

    etag: str = ""
    modified: str = ""
    hash: str = ""
    listed: tuple[Listed, ...] = ()


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is no 304."""

    body: bytes
    content_type: str
    url: str
    etag: str
    modified: str


async def fetch(
    session: aiohttp.ClientSession,
    address: Address,
    sign_in: str | None,
    tls: ssl.SSLContext | None,
    known: Known,
) -> Fetched | None:
    """Get the feed; None when nothing has changed since ``known``. Raises what ``worker.sdk.errors`` names.

    ``sign_in``: the ``Authorization`` header; it does not follow a redirect to another server.
    """
    headers = dict(HEADERS)
    # Looked at again: a cursor may be older than this rule.
    if etag := _validator(known.etag):
        headers["If-None-Match"] = etag
    if modified := _validator(known.modified):
        headers["If-Modified-Since"] = modified
    if sign_in is not None:
        headers["Authorization"] = sign_in
    try:
        async with session.get(
            address.url,
            headers=headers,
            ssl=tls if tls is not None else True,
            max_redirects=MAX_REDIRECTS,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
        ) as answer:
            if answer.status == 304:
                return None
            _check_status(answer, address, sign_in is not None)
            return Fetched(
                body=await _read(answer, address),
                content_type=_validator(answer.headers.get("Content-Type", "")),
                url=str(answer.url),
                etag=_validator(answer.headers.get("ETag", "")),
                modified=_validator(answer.headers.get("Last-Modified", "")),
            )
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise _meaning(error, address) from error


async def _read(answer: aiohttp.ClientResponse, address: Address) -> bytes:
    """Read the body, decompressed; the limit is for what it becomes, not for what came. Raises ``InvalidConfig``."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise TemporaryFailure(text("protocol_garbage", host=address.host, port=address.port, protocol="HTTP"))
    inflate = None if encoding in ("", "identity") else _Inflater()
    body = bytearray()
    received = 0
    async for chunk in answer.content.iter_chunked(CHUNK):
        received += len(chunk)
        body += chunk if inflate is None else inflate.add(chunk, MAX_BYTES + 1 - len(body))
        if max(len(body), received) > MAX_BYTES:
            reason = text("too_large", limit_mb=MAX_BYTES // 1024 // 1024)
            raise InvalidConfig(reason, {"url": reason})
    if inflate is not None and received and not inflate.ended:
        # Half a feed is none: what it lacks would be missed, and what is half of it be told.
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


def _meaning(error: BaseException, address: Address) -> PlatformError:
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
            return _temporary("url", text("protocol_garbage", host=host, port=port, protocol="HTTP"))
    return _temporary("", text("connection_lost", host=host, detail=detail))


def _temporary(field: str, reason: Text) -> TemporaryFailure:
    return TemporaryFailure(reason, {field: reason} if field else {})
