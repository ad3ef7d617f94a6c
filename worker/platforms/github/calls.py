"""Calls of the REST API, and what its refusals mean."""

from typing import Final

from worker.sdk.apis import Answer, Api, Query, Site, own_text
from worker.sdk.errors import AuthFailed, PlatformError, RateLimited
from worker.sdk.moments import moment
from worker.sdk.platform import Context, Text, text

from .threads import Thread

HEADERS: Final = {
    "User-Agent": "Watchkeeper",
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}
SCOPES: Final = frozenset(("notifications", "repo"))
EXPIRATION: Final = "github-authentication-token-expiration"
SECONDARY_SECONDS: Final = 60.0
"""A limit that names no time is kept for at least a minute."""


class Calls:
    """The API as one account sees it. All methods raise what ``worker.sdk.errors`` names."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.api = Api(context, Site.of(str(context.settings.get("server") or ""), "server"), HEADERS)

    async def get(self, path: str, query: Query = (), modified: str = "") -> Answer:
        """Ask as who we are; an answer has the status 200 or, with ``modified``, 304."""
        answer = await self._ask(path, query, {"If-Modified-Since": modified} if modified else {})
        if answer.status == 200 or (answer.status == 304 and modified):
            return answer
        raise self._refusal(answer)

    async def thread(self, number: str) -> Thread | None:
        """Return a thread, None for one that is gone."""
        answer = await self._ask(f"/notifications/threads/{number}", (), {})
        if answer.status == 200:
            return answer.read(Thread)
        if answer.status == 404:
            return None
        raise self._refusal(answer)

    async def mark(self, thread: str) -> None:
        """Mark a thread as read."""
        answer = await self.api.post(f"/notifications/threads/{thread}", None, await self._token(), method="PATCH")
        if answer.status not in (200, 205, 304, 403, 404):
            raise self._refusal(answer)

    async def look(self, url: str) -> Answer:
        """Ask for ``url`` on this server as who we are; the answer has any status."""
        return await self._ask(url, (), {})

    async def _ask(self, path: str, query: Query, headers: dict[str, str]) -> Answer:
        return await self.api.get(path, query, await self._token(), headers)

    async def _token(self) -> str:
        """Return the token that was typed, or that a sign-in gave. Keep it nowhere."""
        secret = await self._context.secret()
        return (secret.get("token") or secret.get("access_token")).strip()

    def check_scopes(self, answer: Answer) -> None:
        """Raise ``AuthFailed`` where the server lists the token's scopes, and none of them opens the inbox."""
        listed = answer.headers.get("x-oauth-scopes")
        if listed is not None and not SCOPES & _scopes(listed):
            raise _refused(self._lacking(answer))

    def _lacking(self, answer: Answer) -> Text:
        scopes = sorted(_scopes(answer.headers.get("x-oauth-scopes", "")))
        return own_text(self._context, "github_scope", scopes=", ".join(scopes)[:200] or "-")

    def _refusal(self, answer: Answer) -> PlatformError:
        site, status, said = answer.site, answer.status, answer.word("message")
        if status in (403, 429) and _is_limit(answer, said):
            patience = answer.patience("x-ratelimit-reset" if _is_spent(answer) else "")
            seconds = SECONDARY_SECONDS if patience is None else patience
            reason = own_text(self._context, "github_limit", host=site.host, seconds=round(seconds))
            return RateLimited(seconds, reason)
        if status == 401:
            return _refused(text("auth_refused_detail", detail=said or str(status)))
        if status == 403 and said:
            listed = answer.headers.get("x-oauth-scopes")
            if "scope" in said or (listed is not None and not SCOPES & _scopes(listed)):
                return _refused(self._lacking(answer))
            organisation = answer.headers.get("x-github-sso", "")
            return _refused(text("auth_refused_detail", detail=f"{said} {organisation}".strip()[:600]))
        if status == 503 and answer.patience() is not None:
            return RateLimited(answer.patience(), text("http_status", host=site.host, status=status))
        if status in (404, 410):
            return site.temporary(text("http_not_found", status=status))
        return site.temporary(text("http_status", host=site.host, status=status))


def token_ends(answer: Answer) -> int | None:
    """Return when the token ends, in UTC milliseconds, as the server tells of one that does."""
    return moment(answer.headers.get(EXPIRATION, "").replace(" UTC", "+00:00"))


def _is_spent(answer: Answer) -> bool:
    return answer.headers.get("x-ratelimit-remaining", "").strip() == "0"


def _is_limit(answer: Answer, said: str) -> bool:
    return (
        answer.status == 429
        or "retry-after" in answer.headers
        or _is_spent(answer)
        or any(words in said.lower() for words in ("rate limit", "abuse detection"))
    )


def _scopes(listed: str) -> set[str]:
    return {scope.strip() for scope in listed.split(",") if scope.strip()}


def _refused(reason: Text) -> AuthFailed:
    return AuthFailed(reason, {"token": reason})
