"""A stand-in for GitHub's REST API: its inbox, as its documentation describes it."""

import itertools
import time
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.helpers.api_servers import ApiServer

TOKEN = "ghp_right"
DOCUMENTATION = "https://docs.github.com/rest"
Thread = dict[str, Any]


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


class GithubServer(ApiServer):
    """One user's inbox. ``interval`` is what ``X-Poll-Interval`` says; None sends none."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = {TOKEN: "notifications, read:user"}
        """Scopes by token; revoking takes one out."""
        self.interval: int | None = 60
        self.threads: list[Thread] = []
        self.comments: dict[str, dict[str, Any]] = {}
        """What the token may read, by path; the rest is not found."""
        self.not_modified = 0
        self.client_id = "Iv1.watchkeeper"
        self.token_ends = ""
        """What is said of the token's end."""
        self.approved = False
        """The person has typed the code on the page."""
        self._numbers = itertools.count(1)
        self._clock = time.time() - 600
        self._limit: dict[str, str] = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999"}

    def publish(
        self,
        title: str,
        reason: str = "subscribed",
        kind: str = "Issue",
        repository: str = "octo/world",
        at: float | None = None,
        comment: str | None = None,
    ) -> Thread:
        """Add an unread thread, by default a second newer than the last. ``comment``: the number of its latest one."""
        number = next(self._numbers)
        self._clock = at if at is not None else self._clock + 1
        place = f"{self.url}/repos/{repository}"
        folder = {"Issue": "issues", "PullRequest": "pulls", "Commit": "commits"}.get(kind)
        subject = f"{place}/{folder}/{number}" if folder else None
        thread = {
            "id": str(number),
            "unread": True,
            "reason": reason,
            "updated_at": _iso(self._clock),
            "last_read_at": None,
            "subject": {
                "title": title,
                "url": subject,
                "latest_comment_url": f"{place}/issues/comments/{comment}" if comment else subject,
                "type": kind,
            },
            "repository": {
                "id": 1296269,
                "full_name": repository,
                "private": False,
                "html_url": f"https://github.com/{repository}",
                "url": place,
            },
            "url": f"{self.url}/notifications/threads/{number}",
            "subscription_url": f"{self.url}/notifications/threads/{number}/subscription",
        }
        self.threads = [*self.threads, thread]
        return thread

    def touch(self, thread: Thread, comment: str) -> None:
        """Something more happens in a thread: it is unread, and newer than all others."""
        self._clock += 1
        place = f"{self.url}/repos/{thread['repository']['full_name']}/issues/comments/{comment}"
        subject = thread["subject"] | {"latest_comment_url": place}
        newer = thread | {"updated_at": _iso(self._clock), "unread": True, "subject": subject}
        self.threads = [*(other for other in self.threads if other["id"] != thread["id"]), newer]

    def read(self, thread: Thread) -> None:
        """The user reads a thread in a browser."""
        self.threads = [other | {"unread": False} if other is thread else other for other in self.threads]

    def revoke(self) -> None:
        """Take all tokens back."""
        self.tokens = {}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/login/"):
            return await self._login(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if "User-Agent" not in request.headers:
            return web.Response(status=403, text="Request forbidden by administrative rules.")
        if token not in self.tokens:
            said = "Bad credentials" if token else "Requires authentication"
            return self._refuse(401, said)
        scopes = self.tokens[token]
        headers = self._limit | {"X-OAuth-Scopes": scopes}
        if self.token_ends:
            headers["GitHub-Authentication-Token-Expiration"] = self.token_ends
        if request.path == "/user":
            return web.json_response({"login": "octocat", "id": 583231, "type": "User"}, headers=headers)
        if request.path == "/notifications":
            headers["X-Accepted-OAuth-Scopes"] = "notifications, repo"
            if not {"notifications", "repo"} & set(scopes.split(", ")):
                return self._refuse(403, "Missing the 'notifications' scope.", headers)
            return self._inbox(request, headers)
        if request.path.startswith("/notifications/threads/"):
            return self._one_thread(request, headers)
        if request.path in self.comments:
            return web.json_response(self.comments[request.path], headers=headers)
        return self._refuse(404, "Not Found", headers)

    def _one_thread(self, request: web.BaseRequest, headers: dict[str, str]) -> web.Response:
        number = request.path.rpartition("/")[2]
        thread = next((one for one in self.threads if one["id"] == number), None)
        if thread is None:
            return self._refuse(404, "Not Found", headers)
        if request.method == "PATCH":
            self.read(thread)
            return web.Response(status=205, headers=headers)
        return web.json_response(thread, headers=headers)

    async def _login(self, request: web.BaseRequest) -> web.Response:
        """The device flow; what is not granted yet is told with status 200, as GitHub does."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if form.get("client_id") != self.client_id:
            return web.json_response({"error": "incorrect_client_credentials"}, status=200)
        if request.path == "/login/device/code":
            answer = {"device_code": "d1", "user_code": "WDJB-MJHT", "expires_in": 900, "interval": 0}
            return web.json_response(answer | {"verification_uri": "https://github.com/login/device"})
        if not self.approved:
            return web.json_response({"error": "authorization_pending"})
        return web.json_response({"access_token": TOKEN, "token_type": "bearer", "scope": "notifications"})

    def _refuse(self, status: int, said: str, headers: dict[str, str] | None = None) -> web.Response:
        body = {"message": said, "documentation_url": DOCUMENTATION, "status": str(status)}
        return web.json_response(body, status=status, headers=headers)

    def _inbox(self, request: web.BaseRequest, headers: dict[str, str]) -> web.Response:
        query = request.query
        listed = [thread for thread in self.threads if thread["unread"] or query.get("all") == "true"]
        if query.get("participating") == "true":
            listed = [thread for thread in listed if thread["reason"] != "subscribed"]
        if "before" in query:
            listed = [thread for thread in listed if _seconds(thread["updated_at"]) < _seconds(query["before"])]
        listed.sort(key=lambda thread: (thread["updated_at"], int(thread["id"])), reverse=True)
        if self.interval is not None:
            headers["X-Poll-Interval"] = str(self.interval)
        if listed:
            newest = _seconds(listed[0]["updated_at"])
            headers["Last-Modified"] = formatdate(newest, usegmt=True)
            since = request.headers.get("If-Modified-Since")
            if since and parsedate_to_datetime(since).timestamp() >= newest:
                self.not_modified += 1
                return web.Response(status=304, headers=headers)
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 50)), 50)
        if page * size < len(listed):
            after = urlencode({**query, "page": page + 1})
            headers["Link"] = f'<{self.url}/notifications?{after}>; rel="next"'
        return web.json_response(listed[(page - 1) * size : page * size], headers=headers)
