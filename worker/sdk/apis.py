"""JSON over HTTP for platforms that sign in with a token: bounded in size and time, every failure as what it is.

The token goes to the server that the settings name and to no other: a redirect elsewhere is not followed, and without
encryption it goes nowhere but to this machine.
"""

import asyncio
import email.utils
import ipaddress
import math
import ssl
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
import msgspec

from worker.sdk import fetches
from worker.sdk.errors import InvalidConfig, ParseFailure, PlatformError, TemporaryFailure
from worker.sdk.fetches import CHUNK, CONNECT_SECONDS, MAX_PATIENCE, TOTAL_SECONDS
from worker.sdk.names import RESOLVE_SECONDS, resolve
from worker.sdk.places import here
from worker.sdk.platform import Context, Text, text
from worker.sdk.sessions import borrow, give_back
from worker.sdk.tls import client_context

T = TypeVar("T")
Query = Sequence[tuple[str, str]]

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_REDIRECTS: Final = 4
IN_CLEAR: Final = "http:// would show the token to the network"
_REDIRECTS: Final = (301, 302, 303, 307, 308)


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where an API is. ``url`` has no slash at its end; ``field`` is the setting that it was typed into."""

    url: str
    host: str
    port: int
    encrypted: bool
    field: str

    @classmethod
    def of(cls, url: str, field: str) -> "Site":
        """Read what was typed; ``https`` where no scheme was. Raises ``InvalidConfig`` that names ``field``."""
        url = url.strip()
        if "://" not in url:
            url = f"https://{url}"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise _invalid(field, text("url_scheme")) from None
        if parts.scheme not in ("http", "https") or not host or any(letter.isspace() for letter in url):
            raise _invalid(field, text("url_scheme"))
        if parts.username or parts.password:
            raise _invalid(field, text("field_secret_in_settings"))
        if parts.query or parts.fragment:
            raise _invalid(field, text("field_wrong", detail="?" if parts.query else "#"))
        encrypted = parts.scheme == "https"
        if not encrypted and not is_here(host):
            raise _invalid(field, text("field_wrong", detail=IN_CLEAR))
        return cls(
            url=url.rstrip("/"), host=host, port=port or (443 if encrypted else 80), encrypted=encrypted, field=field
        )

    def temporary(self, reason: Text) -> TemporaryFailure:
        """Return a failure that passes, shown beside the address."""
        return TemporaryFailure(reason, {self.field: reason} if self.field else {})

    def garbage(self) -> ParseFailure:
        """Return the failure of a server that says what nobody understands."""
        reason = text("protocol_garbage", host=self.host, port=self.port, protocol="JSON")
        return ParseFailure(reason, {self.field: reason} if self.field else {})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said, whatever its status. ``headers`` by lower-case name."""

    site: Site
    status: int
    headers: dict[str, str]
    links: dict[str, str]
    """Addresses of the ``Link`` header by their relation."""
    body: bytes

    def read(self, shape: type[T]) -> T:
        """Return the body as ``shape``. Raises ``TemporaryFailure`` for what it is not."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            # ValidationError is a DecodeError.
            raise self.site.garbage() from error

    def word(self, *names: str) -> str:
        """Return what an error's body says under the first of ``names``, "" when it is no such JSON."""
        try:
            said = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return ""
        found = [said.get(name) for name in names] if isinstance(said, dict) else []
        return next((word[:300] for word in found if isinstance(word, str) and word), "")

    def now(self) -> float:
        """Return the server's time in seconds; ours where it does not tell."""
        try:
            return email.utils.parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError, OverflowError):
            return time.time()

    def patience(self, reset: str = "") -> float | None:
        """Return the seconds to wait by ``Retry-After``, else until the moment in header ``reset``; None without both.

        The moment is in seconds since 1970 or in ISO 8601; it is measured by the server's own clock.
        """
        for header in ("retry-after", reset):
            value = self.headers.get(header, "").strip()
            seconds = self._until(value, header == "retry-after") if value else None
            if seconds is not None and math.isfinite(seconds):
                return min(max(0.0, seconds), MAX_PATIENCE)
        return None

    def _until(self, value: str, relative: bool) -> float | None:
        try:
            if value.isdecimal() and len(value) < 16:
                return float(value) - (0.0 if relative else self.now())
            if relative:
                return email.utils.parsedate_to_datetime(value).timestamp() - self.now()
            return seconds_of(value) - self.now()
        except (ValueError, TypeError, OverflowError):
            return None


class Api:
    """One API as one adapter calls it. ``headers`` go with every request."""

    def __init__(self, context: Context, site: Site, headers: Mapping[str, str]) -> None:
        self.site = reachable(context, site)
        self._context = context
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        self._tls: ssl.SSLContext | None = None

    async def resolve(self) -> None:
        """Find the server's address. Raises ``TemporaryFailure``."""
        await resolve(self._context, self.site.host, self.site.port, self.site.field)

    async def get(
        self, path: str, query: Query = (), token: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for ``path``, or a whole address on this server. Raises ``TemporaryFailure`` and ``InvalidConfig``."""
        url = path if "://" in path else f"{self.site.url}{path}"
        sent = self.signed(token) | dict(headers or {})
        try:
            async with here().request(self.site.host, self._context), asyncio.timeout(TOTAL_SECONDS):
                for _ in range(MAX_REDIRECTS + 1):
                    self.check_origin(url)
                    answer = await self._ask(url, query, sent)
                    if answer.status not in _REDIRECTS or "location" not in answer.headers:
                        return answer
                    url, query = urljoin(url, answer.headers["location"]), ()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise meaning(error, self.site) from error
        raise self.site.temporary(text("http_redirects", host=self.site.host))

    async def post(
        self,
        path: str,
        body: object = None,
        token: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Answer:
        """Send ``body`` as JSON to ``path``; a redirect is an answer like others. Raises as ``get`` does.

        ``method``: another one, such as PATCH.
        """
        sent = self.signed(token) | dict(headers or {})
        data = b""
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = msgspec.json.encode(body)
        try:
            async with here().request(self.site.host, self._context), asyncio.timeout(TOTAL_SECONDS):
                return await self._ask(f"{self.site.url}{path}", (), sent, data, method)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise meaning(error, self.site) from error

    async def form(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form to ``url`` on this server. A redirect is an answer like others. Raises like get."""
        sent = self._headers | {"Content-Type": "application/x-www-form-urlencoded"} | dict(headers or {})
        self.check_origin(url)
        try:
            async with here().request(self.site.host, self._context), asyncio.timeout(TOTAL_SECONDS):
                return await self._ask(url, (), sent, urlencode(fields).encode())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise meaning(error, self.site) from error

    def signed(self, token: str) -> dict[str, str]:
        """Return the headers of a request, with ``token`` where there is a usable one."""
        usable = token.isascii() and token.isprintable() and " " not in token
        return self._headers | ({"Authorization": f"Bearer {token}"} if token and usable else {})

    async def tls(self) -> ssl.SSLContext | bool:
        """Return what encrypted connections trust."""
        ca_file = str(self._context.settings.get("ca_file") or "")
        if self._tls is None and (self.site.encrypted or ca_file):
            self._tls = await self._context.run_blocking(lambda: client_context(ca_file), RESOLVE_SECONDS)
        return self._tls if self._tls is not None else True

    def check_origin(self, url: str) -> None:
        """Raise ``InvalidConfig`` unless ``url`` is on this very server."""
        there = fetches.origin(url)
        if there != fetches.origin(self.site.url):
            raise _invalid(self.site.field, text("field_wrong", detail=f"it leads to {there[0]}://{there[1]}"[:300]))

    async def _ask(
        self, url: str, query: Query, headers: Mapping[str, str], data: bytes | None = None, method: str = "POST"
    ) -> Answer:
        timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS)
        async with borrow(self, self._context).request(
            "GET" if data is None else method,
            url,
            params=list(query) or None,
            data=data,
            headers=headers,
            ssl=await self.tls(),
            allow_redirects=False,
            timeout=timeout,
        ) as answer:
            if answer.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
                raise self.site.garbage()
            body = bytearray()
            async for chunk in answer.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > MAX_BYTES:
                    raise self.site.temporary(text("too_large", limit_mb=MAX_BYTES // 1024 // 1024))
            return Answer(
                site=self.site,
                status=answer.status,
                headers={name.lower(): value for name, value in answer.headers.items()},
                links=_links(answer),
                body=bytes(body),
            )

    async def close(self) -> None:
        """Let go of the session."""
        await give_back(self)


def _links(answer: aiohttp.ClientResponse) -> dict[str, str]:
    try:
        return {str(name): str(link["url"]) for name, link in answer.links.items() if "url" in link}
    except (ValueError, KeyError):
        return {}


def reachable(context: Context, site: Site) -> Site:
    """Return ``site``, where tokens may go. Raises ``InvalidConfig``: behind a proxy this machine is another one."""
    if context.proxy is not None and not site.encrypted:
        raise _invalid(site.field, text("field_wrong", detail=IN_CLEAR))
    return site


def is_here(host: str) -> bool:
    """Return whether ``host`` is this machine by name or number."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_web(url: str | None) -> bool:
    """Return whether ``url`` is for a browser."""
    return url is not None and url.startswith(("https://", "http://")) and url.isprintable()


def seconds_of(moment: str) -> float:
    """Return an ISO 8601 moment as seconds since 1970; without a zone it is UTC. Raises ``ValueError``."""
    try:
        read = datetime.fromisoformat(moment)
        return (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).timestamp()
    except (TypeError, OverflowError, OSError) as error:
        raise ValueError(str(error)) from error


def meaning(error: BaseException, site: Site) -> PlatformError:
    """Return what an error of ``aiohttp`` means, shown beside the address that was typed."""
    address = fetches.Address(url=site.url, host=site.host, port=site.port, encrypted=site.encrypted)
    meant = fetches.meaning(error, address)
    return type(meant)(meant.reason, {site.field: meant.reason} if meant.fields and site.field else {})


def own_text(context: Context, code: str, **params: str | int | float) -> Text:
    """Return the sentence ``code`` of the plug-in's own manifest. Raises ``KeyError`` for what does not stand there."""
    sentence = context.manifest.texts[code]["en"]
    return Text(code=code, params=dict(params), message=sentence.format(**params))


def _invalid(field: str, reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {field: reason} if field else {})


__all__ = ["Answer", "Api", "Query", "Site", "is_web", "own_text", "seconds_of"]
