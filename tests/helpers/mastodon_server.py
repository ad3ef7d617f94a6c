"""A stand-in for a Mastodon server: notifications, instance and streaming, as its documentation describes them."""

import asyncio
import base64
import hashlib
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from tests.helpers.api_servers import ApiServer

TOKEN = "right"
Notice = dict[str, Any]


def iso(moment: float) -> str:
    """Return a moment as the API writes it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class MastodonServer(ApiServer):
    """One user's account. Methods may be called from any thread.

    ``limit``: the most notifications of a page; ``age``: how old a new notification says to be, in seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tokens = {TOKEN: "read"}
        """Scopes by token."""
        self.limit = 80
        self.age = 3600.0
        self.version = 2
        """Which instance endpoint there is: 2, 1 or 0 for none."""
        self.streaming: str | None = None
        """What the instance says of streaming: None for itself."""
        self.notices: list[Notice] = []
        self.marker = ""
        """Up to which notification another client has read."""
        self.streams: list[web.WebSocketResponse] = []
        self.opened = 0
        self.applications: dict[str, dict[str, str]] = {}
        """By client id: the secret, redirect and scopes."""
        self.codes: dict[str, tuple[str, str, str]] = {}
        """Of the page: the application, its challenge, and where the page led."""
        self._next = 1000

    def publish(
        self,
        content: str,
        kind: str = "mention",
        visibility: str = "public",
        id: int | None = None,  # noqa: A002 (as the API names it)
        **status: Any,
    ) -> Notice:
        """Add a notification and tell it to the streams."""
        self._next += 7
        number = id if id is not None else self._next
        moment = iso(time.time() - self.age)
        account = {
            "id": "971724",
            "username": "ada",
            "acct": "ada@example.org",
            "display_name": "Ada",
            "url": "https://example.org/@ada",
        }
        notice: Notice = {"id": str(number), "type": kind, "created_at": moment, "account": account}
        if kind not in ("follow", "follow_request", "admin.sign_up"):
            notice["status"] = {
                "id": f"10{number}",
                "created_at": moment,
                "in_reply_to_id": None,
                "in_reply_to_account_id": None,
                "spoiler_text": "",
                "visibility": visibility,
                "url": f"https://example.org/@ada/10{number}",
                "content": f"<p>{content}</p>",
                "media_attachments": [],
                "account": account,
                **status,
            }
        self.add(notice)
        return notice

    def add(self, notice: Notice) -> None:
        """Add this very notification and tell it to the streams."""
        self.notices = sorted([*self.notices, notice], key=lambda other: int(other["id"]))
        self.say({"stream": ["user", "notification"], "event": "notification", "payload": json.dumps(notice)})

    def say(self, event: Any) -> None:
        """Send an event to all streams; text as it is."""
        words = event if isinstance(event, str) else json.dumps(event)
        self._on_loop(lambda stream: stream.send_str(words))

    def revoke(self) -> None:
        """Take all tokens back: the streams end."""
        self.tokens = {}
        self.hang_up()

    def hang_up(self) -> None:
        """End all streams."""
        self._on_loop(lambda stream: stream.close())

    def _on_loop(self, call: Any) -> None:
        async def each() -> None:
            for stream in list(self.streams):
                await call(stream)

        if self.streams and self.loop is not None:
            asyncio.run_coroutine_threadsafe(each(), self.loop).result(60)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path in ("/api/v2/instance", "/api/v1/instance"):
            return self._instance(request)
        if request.path == "/api/v1/apps" or request.path.startswith("/oauth/"):
            return await self._sign_in(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path == "/api/v1/streaming":
            return await self._stream(request, token)
        if token not in self.tokens:
            return web.json_response({"error": "The access token is invalid"}, status=401)
        if request.path == "/api/v1/markers":
            if not {"read", "read:statuses"} & set(self.tokens[token].split()):
                return web.json_response({"error": "This action is outside the authorized scopes"}, status=403)
            marker = {"last_read_id": self.marker, "version": 1, "updated_at": iso(time.time())}
            return web.json_response({"notifications": marker} if self.marker else {})
        scopes = {"/api/v1/notifications": "read:notifications", "/api/v1/accounts/verify_credentials": "read:accounts"}
        scope = scopes.get(request.path)
        if scope is None:
            return web.json_response({"error": "Record not found"}, status=404)
        if not {"read", scope} & set(self.tokens[token].split()):
            return web.json_response({"error": "This action is outside the authorized scopes"}, status=403)
        if scope == "read:accounts":
            return web.json_response({"id": "14715", "username": "me", "acct": "me", "display_name": "Me"})
        return self._page(request)

    async def _sign_in(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/api/v1/apps":
            told = json.loads(await request.read())
            name = f"client-{len(self.applications)}"
            self.applications[name] = {"secret": f"secret-of-{name}", **told}
            return web.json_response({"id": "1", "client_id": name, "client_secret": f"secret-of-{name}"})
        if request.path == "/oauth/authorize":
            query = request.query
            application = self.applications[query["client_id"]]
            wanted, given = (urlsplit(uri) for uri in (application["redirect_uris"], query["redirect_uri"]))
            # The port of a loopback address is free (RFC 8252).
            same = (wanted.scheme, wanted.hostname, wanted.path) == (given.scheme, given.hostname, given.path)
            if not same or query["scope"] != application["scopes"]:
                return web.Response(status=401, text="The redirect uri or a scope is not valid.")
            code = f"code-{len(self.codes)}"
            self.codes[code] = (query["client_id"], query["code_challenge"], query["redirect_uri"])
            if given.scheme == "urn":
                return web.Response(text=code)
            target = f"{query['redirect_uri']}?code={code}&state={query['state']}"
            return web.Response(status=302, headers={"Location": target})
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self.applications.get(form.get("client_id", ""), {}).get("secret") != form.get("client_secret"):
            return web.json_response({"error": "invalid_client"}, status=401)
        if request.path == "/oauth/revoke":
            self.tokens.pop(form["token"], None)
            return web.json_response({})
        client, challenge, uri = self.codes.pop(form.get("code", ""), ("", "", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (client, challenge, uri) != (form["client_id"], digest.decode(), form["redirect_uri"]):
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = f"token-of-{client}"
        self.tokens[token] = self.applications[client]["scopes"]
        return web.json_response({"access_token": token, "token_type": "Bearer", "scope": self.tokens[token]})

    def _instance(self, request: web.BaseRequest) -> web.Response:
        if request.path != f"/api/v{self.version}/instance":
            return web.json_response({"error": "Not found"}, status=404)
        streaming = self.streaming if self.streaming is not None else self.url.replace("http", "ws", 1)
        if self.version == 1:
            return web.json_response({"uri": "example.org", "version": "3.5.0", "urls": {"streaming_api": streaming}})
        urls = {"streaming": streaming} if streaming else {}
        return web.json_response({"domain": "example.org", "version": "4.3.0", "configuration": {"urls": urls}})

    def _page(self, request: web.BaseRequest) -> web.Response:
        query = request.query
        size = min(int(query.get("limit", 40)), self.limit)
        listed = [notice for notice in self.notices if int(notice["id"]) > int(query.get("since_id", 0))]
        if "max_id" in query:
            listed = [notice for notice in listed if int(notice["id"]) < int(query["max_id"])]
        if "min_id" in query:
            page = [notice for notice in listed if int(notice["id"]) > int(query["min_id"])][:size]
        else:
            page = listed[max(0, len(listed) - size) :]
        headers = {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "299",
            "X-RateLimit-Reset": iso(time.time() + 300),
        }
        if page:
            here = f"{self.url}/api/v1/notifications"
            older, newer = page[0]["id"], page[-1]["id"]
            headers["Link"] = f'<{here}?max_id={older}>; rel="next", <{here}?min_id={newer}>; rel="prev"'
        return web.json_response(page[::-1], headers=headers)

    async def _stream(self, request: web.BaseRequest, token: str) -> web.StreamResponse:
        if token not in self.tokens:
            return web.Response(status=401, headers={"X-Error-Message": "Invalid access token"})
        if request.query.get("stream") != "user:notification":
            return web.Response(status=400)
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self.opened += 1
        self.streams.append(stream)
        try:
            while (await stream.receive()).type not in (
                WSMsgType.CLOSE,
                WSMsgType.CLOSED,
                WSMsgType.CLOSING,
                WSMsgType.ERROR,
            ):
                pass
        finally:
            self.streams.remove(stream)
        return stream
