"""Calls of the XRPC API: a session from the app password, renewed in silence, and what refusals mean."""

import asyncio
import contextlib
import re
from typing import Any, Final

import msgspec

from worker.sdk.apis import Answer, Api, Query, Site, own_text
from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, RateLimited
from worker.sdk.platform import Context, Text, text

HEADERS: Final = {"User-Agent": "Watchkeeper"}
CHAT: Final = {"Atproto-Proxy": "did:web:api.bsky.chat#bsky_chat"}
"""Chats are a service behind the account's server, which passes the calls on."""
LIMIT_SECONDS: Final = 300.0
"""The length of the usual window, for a limit that names no time."""
CLOSE_SECONDS: Final = 2.0
_SESSION: Final = "/xrpc/com.atproto.server."
_EXPIRED: Final = frozenset(("ExpiredToken", "InvalidToken"))
_NO_CHATS: Final = frozenset(("Bad token method", "Bad token scope"))
_IDENTIFIER = re.compile(r"did:[a-z]+:[\w.:%-]+|[^\s@:/]+@[^\s@:/]+|[\w-]+(\.[\w-]+)+")


class _Service(msgspec.Struct, frozen=True):
    id: str = ""
    serviceEndpoint: Any = None  # noqa: N815 (as the API names it)


class _Document(msgspec.Struct, frozen=True):
    service: list[_Service] = []


class _Session(msgspec.Struct, frozen=True, rename="camel"):
    """What a sign-in returns. ``did_doc`` is read by itself: its shape is not the server's."""

    access_jwt: str
    refresh_jwt: str
    did: str
    handle: str = ""
    active: bool = True
    status: str = ""
    did_doc: msgspec.Raw = msgspec.Raw(b"null")

    def __repr__(self) -> str:
        return f"_Session({self.did})"


class Calls:
    """The API as one account sees it. All methods raise what ``worker.sdk.errors`` names."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.identifier = _identifier(str(context.settings.get("identifier") or ""))
        self.entry = Api(context, Site.of(str(context.settings.get("server") or ""), "server"), HEADERS)
        self._home = self.entry
        self._session: _Session | None = None

    @property
    def did(self) -> str:
        """Who we are; "" before a sign-in."""
        return self._session.did if self._session is not None else ""

    @property
    def handle(self) -> str:
        """The name that others see."""
        return self._session.handle if self._session is not None else ""

    async def sign_in(self) -> None:
        """Begin a session where there is none."""
        if self._session is not None:
            return
        password = (await self._context.secret()).get("password").strip()
        if not password:
            raise AuthFailed(text("state_credentials_missing"), {"password": text("field_required")})
        body = {"identifier": self.identifier, "password": password}
        answer = await self.entry.post(f"{_SESSION}createSession", body)
        if answer.status != 200:
            raise self._not_in(answer)
        await self._begin(answer.read(_Session))

    async def get(self, method: str, query: Query = (), chat: bool = False) -> Answer:
        """Ask as who we are; the answer has the status 200, or 400 with an error that is not the session's."""
        return await self._call(method, query, None, chat)

    async def post(self, method: str, body: object, chat: bool = False) -> Answer:
        """Change something as who we are; answers as ``get``."""
        return await self._call(method, (), body, chat)

    async def close(self) -> None:
        """End the session and let go of the connections; a failure is of no interest."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(PlatformError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self.entry.post(f"{_SESSION}deleteSession", None, session.refresh_jwt)
        for api in {id(api): api for api in (self._home, self.entry)}.values():
            await api.close()

    def refusal(self, answer: Answer) -> PlatformError:
        """Return what a status means that the caller has no use for."""
        site, status, name, said = answer.site, answer.status, answer.word("error"), answer.word("message")
        if status == 429 or (status == 503 and answer.patience() is not None):
            patience = answer.patience("ratelimit-reset")
            seconds = LIMIT_SECONDS if patience is None else patience
            return RateLimited(
                seconds, own_text(self._context, "bluesky_limit", host=site.host, seconds=round(seconds))
            )
        if said in _NO_CHATS:
            return _refused(own_text(self._context, "bluesky_no_chats"))
        if status == 401 or name in _EXPIRED or name.startswith("Account"):
            return _refused(text("auth_refused_detail", detail=said or name or str(status)))
        if status in (404, 410):
            return site.temporary(text("http_not_found", status=status))
        return site.temporary(text("http_status", host=site.host, status=status))

    async def _call(self, method: str, query: Query, body: object, chat: bool) -> Answer:
        await self.sign_in()
        answer = await self._ask(method, query, body, chat)
        if _is_expired(answer):
            await self._renew()
            answer = await self._ask(method, query, body, chat)
        if answer.status == 200 or (answer.status == 400 and not _is_session_fault(answer)):
            return answer
        raise self.refusal(answer)

    async def _ask(self, method: str, query: Query, body: object, chat: bool) -> Answer:
        token = self._session.access_jwt if self._session is not None else ""
        headers, path = (CHAT if chat else {}), f"/xrpc/{method}"
        if body is None:
            return await self._home.get(path, query, token, headers)
        return await self._home.post(path, body, token, headers)

    async def _renew(self) -> None:
        """Go on with the refresh token; where that is refused too, only the password tells whether we may."""
        session = self._session
        answer = await self.entry.post(f"{_SESSION}refreshSession", None, session.refresh_jwt if session else "")
        if answer.status == 200:
            await self._begin(answer.read(_Session))
        elif answer.status in (400, 401):
            self._session = None
            await self.sign_in()
        else:
            raise self.refusal(answer)

    async def _begin(self, session: _Session) -> None:
        if not session.active:
            detail = session.status[:100] or "inactive"
            raise _refused(own_text(self._context, "bluesky_inactive", host=self.entry.site.host, detail=detail))
        self._session = session
        home = _home_of(session, self.entry.site)
        if home != self._home.site:
            if self._home is not self.entry:
                await self._home.close()
            self._home = self.entry if home == self.entry.site else Api(self._context, home, HEADERS)

    def _not_in(self, answer: Answer) -> PlatformError:
        if answer.word("error") == "AuthFactorTokenRequired":
            return _refused(own_text(self._context, "bluesky_factor"))
        if answer.status == 401 and answer.word("error") in ("AuthenticationRequired", ""):
            return _refused(text("auth_refused", username=self.identifier))
        if answer.status == 400 and answer.word("error") == "InvalidRequest":
            reason = text("field_wrong", detail=answer.word("message"))
            return InvalidConfig(reason, {"identifier": reason})
        return self.refusal(answer)


def _home_of(session: _Session, entry: Site) -> Site:
    """Return the server that holds the account, which may be another one than it signs in at."""
    try:
        document = msgspec.json.decode(session.did_doc, type=_Document)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return entry
    for service in document.service:
        if service.id.endswith("#atproto_pds") and isinstance(service.serviceEndpoint, str):
            try:
                return Site.of(service.serviceEndpoint, entry.field)
            except InvalidConfig:
                # Unencrypted, or no address: the server that we know passes calls on.
                return entry
    return entry


def _is_expired(answer: Answer) -> bool:
    if answer.status not in (400, 401) or answer.word("message") in _NO_CHATS:
        return False
    return answer.status == 401 or answer.word("error") in _EXPIRED


def _is_session_fault(answer: Answer) -> bool:
    name = answer.word("error")
    return name in _EXPIRED or name.startswith("Account")


def _identifier(typed: str) -> str:
    identifier = typed.strip().removeprefix("@")
    reason = text("field_required") if not identifier else text("field_wrong", detail="you.bsky.social")
    if len(identifier) > 512 or not _IDENTIFIER.fullmatch(identifier):
        raise InvalidConfig(reason, {"identifier": reason})
    return identifier


def _refused(reason: Text) -> AuthFailed:
    return AuthFailed(reason, {"password": reason})
