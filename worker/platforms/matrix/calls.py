"""Calls of the client-server API: signed in, bounded, and every failure as what it is.

The connection is the account's own: a long poll would keep the places of the session that all share.
"""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import msgspec

from worker.sdk.apis import Answer, Query, Site, meaning, own_text, reachable
from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, RateLimited, TemporaryFailure
from worker.sdk.names import RESOLVE_SECONDS, resolve
from worker.sdk.platform import Context, Text, text
from worker.sdk.proxies import connector
from worker.sdk.tls import client_context

CALL_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10.0
MAX_BYTES: Final = 16 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_USER = re.compile(r"@?[^\s:@/]{1,255}(:[^\s/@]{1,255})?")
_TOKEN_GONE: Final = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN")


class _Flow(msgspec.Struct, frozen=True):
    type: str = ""


class _Flows(msgspec.Struct, frozen=True):
    flows: list[_Flow] = []


class _Login(msgspec.Struct, frozen=True):
    user_id: str
    access_token: str = ""


class _Server(msgspec.Struct, frozen=True):
    base_url: str = ""


class _WellKnown(msgspec.Struct, frozen=True, rename={"server": "m.homeserver"}):
    server: _Server = _Server()


class Calls:
    """One account's way to its homeserver. ``device`` names the device that a password signs in."""

    def __init__(self, context: Context, device: str) -> None:
        self.site = reachable(context, Site.of(str(context.settings.get("homeserver") or ""), "homeserver"))
        self.user = _user(str(context.settings.get("user") or ""))
        self.me = ""
        """Our full user id, once signed in."""
        self._context = context
        self._device = f"WATCHKEEPER{hashlib.sha256(f'{device}{context.account_id}'.encode()).hexdigest()[:12].upper()}"
        self._token = ""
        self._from_password = False
        self._session: aiohttp.ClientSession | None = None

    async def resolve(self) -> None:
        """Find the server: the address that was typed, or the one that it names. Raises ``TemporaryFailure``."""
        await resolve(self._context, self.site.host, self.site.port, self.site.field)
        if not self.site.encrypted:
            return
        # A server without the file, or whose file cannot be read, is where it was said to be.
        with contextlib.suppress(PlatformError):
            answer = await self._ask("GET", "/.well-known/matrix/client", (), None, {})
            named = answer.read(_WellKnown).server.base_url if answer.status == 200 else ""
            if named:
                self.site = reachable(self._context, Site.of(named, "homeserver"))

    async def sign_in(self) -> None:
        """Get a token, or learn whose the stored one is. Raises ``AuthFailed``."""
        if self._token:
            return
        secret = await self._context.secret()
        password, token = secret.get("password"), secret.get("access_token")
        if not password and not token:
            raise AuthFailed(text("state_credentials_missing"), {"password": text("field_required")})
        if token:
            await self._use(token)
        else:
            await self._log_in(password)

    async def log_out(self) -> bool:
        """Remove the device that the password has made, and its token with it; return whether there was one.

        Its token is known to nobody but who watched, so one more is made for the same device, in place of it. A token
        that was typed stays: it is that of another program. Raises as :meth:`sign_in`.
        """
        if (await self._context.secret()).get("access_token"):
            return False
        await self.sign_in()
        answer = await self._ask("POST", "/_matrix/client/v3/logout", (), {}, self._signed())
        if answer.status != 200 and answer.word("errcode") not in _TOKEN_GONE:
            raise self._meaning(answer, "password")
        self._token = ""
        return True

    async def sign_out(self) -> None:
        """Remove the device again that a test has made."""
        if self._token:
            with contextlib.suppress(PlatformError):
                await self.log_out()
        self._token = ""

    async def get(self, path: str, query: Query = (), limit: int = MAX_BYTES, seconds: float = CALL_SECONDS) -> Answer:
        """Ask, signed in; statuses 400, 403 and 404 are the caller's. Raises what the others mean."""
        return await self._call("GET", path, query, None, limit, seconds)

    async def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Tell, signed in; as :meth:`get`."""
        return await self._call("POST", path, (), body, MAX_BYTES, CALL_SECONDS)

    async def _call(
        self, method: str, path: str, query: Query, body: Mapping[str, Any] | None, limit: int, seconds: float
    ) -> Answer:
        await self.sign_in()
        answer = await self._ask(method, path, query, body, self._signed(), limit, seconds)
        if answer.status == 401 and self._from_password and answer.word("errcode") in _TOKEN_GONE:
            # Signed out from elsewhere: only the password tells whether we may come back.
            self._token = ""
            await self.sign_in()
            answer = await self._ask(method, path, query, body, self._signed(), limit, seconds)
        if answer.status == 200 or answer.status in (400, 403, 404):
            return answer
        raise self._meaning(answer, "password" if self._from_password else "access_token")

    def refused(self, answer: Answer) -> PlatformError:
        """Return what a status means that the caller has no use for."""
        return self._meaning(answer, "password" if self._from_password else "access_token")

    async def close(self) -> None:
        """Let go of the connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _use(self, token: str) -> None:
        if not token.isascii() or not token.isprintable() or " " in token:
            raise self._auth("access_token", text("auth_refused", username=self.user))
        self._token, self._from_password = token, False
        answer = await self._ask("GET", "/_matrix/client/v3/account/whoami", (), None, self._signed())
        if answer.status != 200:
            self._token = ""
            raise self._meaning(answer, "access_token")
        self.me = answer.read(_Login).user_id
        if self.user.removeprefix("@").partition(":")[0] != self.me.removeprefix("@").partition(":")[0]:
            self._token = ""
            reason = own_text(self._context, "matrix_other_user", user=self.me[:255])
            raise InvalidConfig(reason, {"user": reason})

    async def _log_in(self, password: str) -> None:
        answer = await self._ask("GET", "/_matrix/client/v3/login", (), None, {})
        if answer.status != 200:
            raise self._meaning(answer, "password")
        if all(flow.type != "m.login.password" for flow in answer.read(_Flows).flows):
            reason = own_text(self._context, "matrix_no_password", host=self.site.host)
            raise InvalidConfig(reason, {"homeserver": reason})
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.user},
            "password": password,
            "device_id": self._device,
            "initial_device_display_name": "Watchkeeper",
        }
        answer = await self._ask("POST", "/_matrix/client/v3/login", (), body, {})
        if answer.status in (401, 403):
            word, said = answer.word("errcode"), answer.word("error")
            reason = text("auth_refused", username=self.user)
            if word not in ("M_FORBIDDEN", ""):
                reason = text("auth_refused_detail", detail=said or word)
            raise self._auth("password", reason)
        if answer.status != 200:
            raise self._meaning(answer, "password")
        login = answer.read(_Login)
        self.me, self._token, self._from_password = login.user_id, login.access_token, True

    def _meaning(self, answer: Answer, field: str) -> PlatformError:
        if answer.status == 429:
            said = answer.patience()
            return RateLimited(said if said is not None else _retry_after(answer))
        word = answer.word("error", "errcode")
        if answer.status == 401 or answer.word("errcode") in ("M_USER_DEACTIVATED", "M_USER_LOCKED"):
            return self._auth(field, text("auth_refused_detail", detail=word or "401"))
        if answer.status == 200 or (answer.status < 500 and not word):
            return self.site.garbage()
        return TemporaryFailure(text("server_unavailable", host=self.site.host, detail=word or str(answer.status)))

    def _auth(self, field: str, reason: Text) -> AuthFailed:
        return AuthFailed(reason, {field: reason})

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _ask(
        self,
        method: str,
        path: str,
        query: Query,
        body: Mapping[str, Any] | None,
        headers: dict[str, str],
        limit: int = MAX_BYTES,
        seconds: float = CALL_SECONDS,
    ) -> Answer:
        ca_file = str(self._context.settings.get("ca_file") or "")
        trust = await self._context.run_blocking(lambda: client_context(ca_file), RESOLVE_SECONDS)
        if self._session is None:
            opener = connector(self._context, limit=2)
            # What is compressed unasked is not unpacked: it may be of any size.
            self._session = aiohttp.ClientSession(
                connector=opener, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        data = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = msgspec.json.encode(body)
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.request(
                    method,
                    f"{self.site.url}{path}",
                    params=list(query) or None,
                    data=data,
                    headers=sent,
                    ssl=trust,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                ) as answer,
            ):
                return await self._read(answer, limit)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise meaning(error, self.site) from error

    async def _read(self, answer: aiohttp.ClientResponse, limit: int) -> Answer:
        read = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            read += chunk
            if len(read) > limit:
                raise self.site.temporary(text("too_large", limit_mb=max(1, limit // 1024 // 1024)))
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(site=self.site, status=answer.status, headers=headers, links={}, body=bytes(read))


def _user(given: str) -> str:
    user = given.strip()
    reason = text("field_required") if not user else text("field_wrong", detail="@name:example.org")
    if not _USER.fullmatch(user):
        raise InvalidConfig(reason, {"user": reason})
    return user


def _retry_after(answer: Answer) -> float | None:
    try:
        said = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    wait = said.get("retry_after_ms") if isinstance(said, dict) else None
    return min(max(0.0, wait / 1000), 86_400.0) if isinstance(wait, int | float) else None
