"""Fetching a feed: conditional, bounded in size and time, every failure as what it is."""

import asyncio
import email.utils
import ssl
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, RateLimited, TemporaryFailure
from worker.sdk.platform import Secret, text

MAX_BYTES = 10 * 1024 * 1024
TOTAL_SECONDS = 30.0
MAX_REDIRECTS = 8
USER_AGENT = "Watchkeeper (feed reader)"
ACCEPT = "application/rss+xml, application/atom+xml, application/xml, */*;q=0.5"


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: ``body`` None when nothing has changed."""

    body: bytes | None
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    modified: str = ""
    url: str = ""


def check_url(url: str) -> None:
    """Raise ``InvalidConfig`` for what is no address of the web."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidConfig(text("url_scheme"), {"url": text("url_scheme")})


@lru_cache(maxsize=8)
def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return the TLS context, one for all accounts with the same authorities (each costs a megabyte)."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


async def fetch(
    session: aiohttp.ClientSession, settings: Mapping[str, Any], secret: Secret, etag: str, modified: str
) -> Fetched:
    """Get the feed. Raises what ``worker.sdk.errors`` names."""
    url = str(settings["url"])
    check_url(url)
    host = urlsplit(url).hostname or url
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": "application/rss+xml, application/atom+xml, application/xml, */*;q=0.5",
    }
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    user = secret.get("username")
    if user:
        headers["Authorization"] = aiohttp.encode_basic_auth(user, secret.get("password"), "utf-8")
    try:
        async with session.get(
            url,
            headers=headers,
            ssl=_tls(settings),
            max_redirects=MAX_REDIRECTS,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=15),
        ) as answer:
            _check_status(answer, host, bool(user))
            if answer.status == 304:
                return Fetched(body=None, etag=etag, modified=modified)
            return Fetched(
                body=await _read(answer),
                content_type=answer.content_type,
                charset=answer.charset or "",
                etag=answer.headers.get("ETag", "")[:1000],
                modified=answer.headers.get("Last-Modified", "")[:200],
                url=str(answer.url),
            )
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError, OSError) as error:
        raise _as_failure(error, url) from error


def _tls(settings: Mapping[str, Any]) -> ssl.SSLContext | bool:
    if urlsplit(str(settings["url"])).scheme == "http" and not settings.get("ca_file"):
        return True
    try:
        return tls_context(str(settings.get("ca_file") or ""))
    except (OSError, ssl.SSLError) as error:
        reason = text("field_wrong", detail=str(error))
        raise InvalidConfig(reason, {"ca_file": reason}) from error


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Read the body, decompressed, up to the limit."""
    parts = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        parts += chunk
        if len(parts) > MAX_BYTES:
            raise InvalidConfig(
                text("too_large", limit_mb=MAX_BYTES // 1024 // 1024),
                {"url": text("too_large", limit_mb=MAX_BYTES // 1024 // 1024)},
            )
    return bytes(parts)


def _check_status(answer: aiohttp.ClientResponse, host: str, signed: bool) -> None:
    status = answer.status
    if status in {200, 203, 304}:
        return
    if status in {401, 403}:
        reason = text("http_auth", host=host, status=status)
        if signed or status == 401:
            raise AuthFailed(reason, {"username": reason, "password": reason} if signed else {"username": reason})
        raise TemporaryFailure(reason, {"url": reason})
    if status in {404, 410}:
        reason = text("http_not_found", status=status)
        raise TemporaryFailure(reason, {"url": reason})
    if status in {429, 503} and "Retry-After" in answer.headers:
        raise RateLimited(retry_after(answer.headers["Retry-After"]))
    if status == 429:
        raise RateLimited(None, text("http_rate_limited", host=host))
    raise TemporaryFailure(text("http_status", host=host, status=status))


def retry_after(value: str, now: float | None = None) -> float | None:
    """Return the seconds of a Retry-After header (a number or an HTTP date), None when it says nothing."""
    if value.strip().isdecimal():
        return min(float(value), 86_400.0)
    try:
        at = email.utils.parsedate_to_datetime(value).timestamp()
    except ValueError:
        return None
    return min(max(0.0, at - (time.time() if now is None else now)), 86_400.0)


def _as_failure(error: BaseException, url: str) -> PlatformError:
    parts = urlsplit(url)
    host, port = parts.hostname or url, parts.port or (443 if parts.scheme == "https" else 80)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return TemporaryFailure(text("tls_untrusted", host=host, detail=str(error.certificate_error)))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        reason = text("dns_failed", host=host)
        return TemporaryFailure(reason, {"url": reason})
    if isinstance(error, aiohttp.ClientSSLError):
        return TemporaryFailure(text("tls_failed", host=host, detail=str(error)))
    if isinstance(error, aiohttp.TooManyRedirects):
        reason = text("http_redirects", host=host)
        return TemporaryFailure(reason, {"url": reason})
    if isinstance(error, aiohttp.InvalidURL):
        return InvalidConfig(text("url_scheme"), {"url": text("url_scheme")})
    if isinstance(error, TimeoutError):
        return TemporaryFailure(text("connect_timeout", host=host, port=port, seconds=round(TOTAL_SECONDS)))
    if isinstance(error, aiohttp.ClientConnectorError):
        if isinstance(error.os_error, ConnectionRefusedError):
            return TemporaryFailure(text("connect_refused", host=host, port=port))
        return TemporaryFailure(text("network_unreachable", host=host, detail=str(error.os_error)))
    if isinstance(error, aiohttp.ClientResponseError):
        return TemporaryFailure(text("protocol_garbage", host=host, port=port, protocol="HTTP"))
    return TemporaryFailure(text("connection_lost", host=host, detail=str(error) or type(error).__name__))
