"""Calls of the REST API, and what its refusals mean."""

from typing import Final

import msgspec

from worker.sdk.apis import Answer, Api, Query, Site, own_text
from worker.sdk.errors import AuthFailed, PlatformError, RateLimited, TemporaryFailure
from worker.sdk.platform import Context, Text, text

HEADERS: Final = {"User-Agent": "Watchkeeper"}
LIMIT_SECONDS: Final = 300.0
"""The length of the server's usual window, for one that names no time."""
INSTANCES: Final = ("/api/v2/instance", "/api/v1/instance")


class _Urls(msgspec.Struct, frozen=True):
    streaming: str | None = None
    streaming_api: str | None = None


class _Configuration(msgspec.Struct, frozen=True):
    urls: _Urls | None = None


class _Instance(msgspec.Struct, frozen=True):
    """What both versions of the endpoint say of streaming, each in its own place."""

    urls: _Urls | None = None
    configuration: _Configuration | None = None


class Me(msgspec.Struct, frozen=True):
    """Who we are."""

    id: str
    acct: str = ""


class Calls:
    """The API as one account sees it. All methods raise what ``worker.sdk.errors`` names."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.api = Api(context, Site.of(str(context.settings.get("server") or ""), "server"), HEADERS)

    async def token(self) -> str:
        """Return the token. Keep it nowhere."""
        return (await self.context.secret()).get("access_token").strip()

    async def get(self, path: str, query: Query = ()) -> Answer:
        """Ask as who we are; the answer has the status 200."""
        answer = await self.api.get(path, query, await self.token())
        if answer.status == 200:
            return answer
        raise self._refusal(answer)

    async def streaming(self) -> str:
        """Return where the server offers streaming (``wss://…``), "" where it does not."""
        for path in INSTANCES:
            # With the token: servers for members only tell others nothing.
            answer = await self.api.get(path, (), await self.token())
            if answer.status == 200:
                instance = answer.read(_Instance)
                urls = (instance.configuration and instance.configuration.urls) or instance.urls or _Urls()
                return urls.streaming or urls.streaming_api or ""
            if answer.status == 429 or answer.status >= 500:
                raise self._refusal(answer)
        return ""

    def _refusal(self, answer: Answer) -> PlatformError:
        site, status, said = answer.site, answer.status, answer.word("error_description", "error")
        if status == 429 or (status == 503 and answer.patience() is not None):
            patience = answer.patience("x-ratelimit-reset")
            seconds = LIMIT_SECONDS if patience is None else patience
            reason = own_text(self.context, "mastodon_limit", host=site.host, seconds=round(seconds))
            return RateLimited(seconds, reason)
        if status == 401:
            return _refused(text("auth_refused_detail", detail=said or str(status)))
        if status == 403 and "scope" in said:
            return _refused(own_text(self.context, "mastodon_scope", detail=said))
        if status in (403, 422) and said:
            # A sign-in that is disabled or not confirmed; a token of an application without a user.
            return _refused(text("auth_refused_detail", detail=said))
        if status in (404, 410):
            return site.temporary(text("http_not_found", status=status))
        return site.temporary(text("http_status", host=site.host, status=status))


def lost(site: Site, detail: str) -> TemporaryFailure:
    """Return the failure of a connection that has ended."""
    return TemporaryFailure(text("connection_lost", host=site.host, detail=detail[:300]))


def _refused(reason: Text) -> AuthFailed:
    return AuthFailed(reason, {"access_token": reason})
