"""A stand-in for a Bluesky account's server, by the lexicons of ``com.atproto.server``, ``app.bsky.notification`` and
``chat.bsky.convo``: sessions with tokens that expire, the list of notifications, chats with their log."""

import itertools
import json
import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.helpers.api_servers import ApiServer

Words = dict[str, Any]

PASSWORD = "abcd-efgh-ijkl-mnop"
ME = "did:plc:me"
ADA: Words = {"did": "did:plc:ada", "handle": "ada.example.org", "displayName": "Ada", "viewer": {"muted": False}}
PROXY = "did:web:api.bsky.chat#bsky_chat"


def iso(moment: float) -> str:
    """Return a moment as the API writes it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class BlueskyServer(ApiServer):
    """One account. Methods may be called from any thread. ``limit``: the most notifications of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.passwords = {PASSWORD: True}
        """Whether each may read chats."""
        self.active, self.status, self.factor = True, "", False
        self.home: Any = None
        """What the account's document names as its server: None for this one."""
        self.sessions: dict[str, bool] = {}
        """Access tokens that are valid."""
        self.refreshes: dict[str, bool] = {}
        self.created = self.refreshed = self.deleted = 0
        self.limit = 100
        self.notices: list[Words] = []
        self.convos: dict[str, Words] = {}
        self.messages: dict[str, list[Words]] = {}
        self.log: list[Words] = []
        self.log_limit = 100
        self.log_from = ""
        """Revisions before it are no longer in the log."""
        self.marked: list[Words] = []
        self._numbers = itertools.count(1)

    # ------------------------------------------------------------ what happens

    def publish(
        self, said: str = "", reason: str = "reply", age: float = 0.0, by: Words | None = None, **record: Any
    ) -> Words:
        """Add a notification that stands where something that old stands."""
        number = next(self._numbers)
        author = by or ADA
        kind = {"like": "feed.like", "repost": "feed.repost", "follow": "graph.follow"}.get(reason, "feed.post")
        notice: Words = {
            "uri": f"at://{author['did']}/app.bsky.{kind}/{number:013}",
            "cid": f"bafy{number:09}",
            "author": author,
            "reason": reason,
            "record": {"$type": f"app.bsky.{kind}", "createdAt": iso(time.time()), "text": said, **record},
            "isRead": False,
            "indexedAt": iso(time.time() - age),
            "labels": [],
        }
        if reason in ("like", "repost", "reply"):
            notice["reasonSubject"] = f"at://{ME}/app.bsky.feed.post/mine"
        self.notices = sorted([*self.notices, notice], key=lambda one: str(one["indexedAt"]))
        return notice

    def chat(self, muted: bool = False, group: str = "", members: tuple[Words, ...] = (ADA,)) -> str:
        """Begin a chat and return its id."""
        rev = self._rev()
        convo = f"convo{rev}"
        kind = (
            {"$type": "chat.bsky.convo.defs#groupConvo", "name": group, "memberCount": 3, "lockStatus": "unlocked"}
            if group
            else {"$type": "chat.bsky.convo.defs#directConvo"}
        )
        me = {"did": ME, "handle": "me.example.org"}
        self.convos[convo] = {
            "id": convo,
            "rev": rev,
            "members": [me, *members],
            "muted": muted,
            "status": "accepted",
            "unreadCount": 0,
            "kind": kind,
        }
        self.messages[convo] = []
        self._entry("logBeginConvo", rev, convo)
        return convo

    def say(self, convo: str, said: str, by: str = "did:plc:ada", **more: Any) -> Words:
        """Write a message."""
        rev = self._rev()
        message = {
            "$type": "chat.bsky.convo.defs#messageView",
            "id": f"m{rev}",
            "rev": rev,
            "text": said,
            "sender": {"did": by},
            "sentAt": iso(time.time()),
            **more,
        }
        self.messages[convo].append(message)
        row = self.convos[convo]
        row |= {"rev": rev, "lastMessage": message, "unreadCount": row["unreadCount"] + (by != ME)}
        self._entry("logCreateMessage", rev, convo, message=message, relatedProfiles=[ADA])
        return message

    def mute(self, convo: str, muted: bool = True) -> None:
        """Mute a chat, or no longer."""
        self.convos[convo]["muted"] = muted
        self._entry("logMuteConvo" if muted else "logUnmuteConvo", self._rev(), convo)

    def read_chat(self, convo: str, message: Words) -> None:
        """Read a chat up to a message, in another program."""
        self.convos[convo]["unreadCount"] = 0
        self._entry("logReadConvo", self._rev(), convo, message=message)

    def expire(self) -> None:
        """Let all access tokens expire."""
        self.sessions = dict.fromkeys(self.sessions, False)

    def revoke(self) -> None:
        """Take the app password back."""
        self.passwords, self.refreshes = {}, {}
        self.expire()

    def _rev(self) -> str:
        return f"3l{next(self._numbers):011}"

    def _entry(self, kind: str, rev: str, convo: str, **more: Any) -> None:
        self.log.append({"$type": f"chat.bsky.convo.defs#{kind}", "rev": rev, "convoId": convo, **more})

    # ------------------------------------------------------------ what it answers

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        method = request.path.removeprefix("/xrpc/")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if method.startswith("com.atproto.server."):
            if request.method != "POST":
                return _error(405, "MethodNotAllowed", "Incorrect HTTP method")
            return await self._session(method.removeprefix("com.atproto.server."), request, token)
        if token not in self.sessions:
            return _error(401, "AuthMissing" if not token else "InvalidToken", "Token could not be verified")
        if not self.sessions[token]:
            return _error(400, "ExpiredToken", "Token has expired")
        if method.startswith("chat.bsky."):
            if request.headers.get("Atproto-Proxy") != PROXY:
                return _error(404, "XRPCNotSupported", "Could not find proxy service")
            if not token.endswith("privileged"):
                return _error(400, "InvalidToken", "Bad token method")
            return await self._chat(method.removeprefix("chat.bsky.convo."), request)
        if method == "app.bsky.notification.listNotifications":
            return self._notifications(request)
        return _error(501, "MethodNotImplemented", "Method Not Implemented")

    async def _session(self, method: str, request: web.BaseRequest, token: str) -> web.Response:
        if method == "createSession":
            asked = json.loads(await request.text())
            if asked["password"] not in self.passwords or asked["identifier"] not in ("me.example.org", ME):
                return _error(401, "AuthenticationRequired", "Invalid identifier or password")
            if self.factor:
                return _error(401, "AuthFactorTokenRequired", "A sign in code has been sent to your email address")
            self.created += 1
            return self._begun(self.passwords[asked["password"]])
        if token not in self.refreshes:
            return _error(400, "ExpiredToken", "Token has been revoked")
        privileged = self.refreshes.pop(token)
        if method == "deleteSession":
            self.deleted += 1
            return web.Response()
        self.refreshed += 1
        return self._begun(privileged)

    def _begun(self, privileged: bool) -> web.Response:
        number = next(self._numbers)
        access, refresh = f"access-{number}-{'privileged' if privileged else 'plain'}", f"refresh-{number}"
        self.sessions[access], self.refreshes[refresh] = True, privileged
        endpoint = self.home if self.home is not None else self.url
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint}
        body = {
            "accessJwt": access,
            "refreshJwt": refresh,
            "did": ME,
            "handle": "me.example.org",
            "email": "me@example.org",
            "active": self.active,
            "didDoc": {"@context": ["https://www.w3.org/ns/did/v1"], "id": ME, "service": [service]},
        }
        return web.json_response(body | ({"status": self.status} if self.status else {}))

    def _notifications(self, request: web.BaseRequest) -> web.Response:
        size = int(request.query.get("limit", 50))
        if not 1 <= size <= 100:
            return _error(400, "InvalidRequest", "limit must be between 1 and 100")
        listed = self.notices[::-1]
        before = request.query.get("cursor")
        if before:
            listed = [one for one in listed if (one["indexedAt"], one["cid"]) < tuple(before.split("::"))]
        listed.sort(key=lambda one: (one["indexedAt"], one["cid"]), reverse=True)
        page = listed[: min(size, self.limit)]
        body: Words = {"notifications": page, "priority": False}
        if len(listed) > len(page):
            body["cursor"] = f"{page[-1]['indexedAt']}::{page[-1]['cid']}"
        headers = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "2999"}
        return web.json_response(body, headers=headers | {"RateLimit-Reset": str(int(time.time()) + 300)})

    async def _chat(self, method: str, request: web.BaseRequest) -> web.Response:
        query = request.query
        if method == "updateRead":
            asked = json.loads(await request.text())
            if asked["convoId"] not in self.convos:
                return _error(400, "InvalidConvo", "Convo not found")
            self.marked.append(asked)
            return web.json_response({"convo": self.convos[asked["convoId"]]})
        if method == "getLog":
            after = query.get("cursor", "")
            if after and after < self.log_from:
                return _error(400, "InvalidRequest", "Cursor is too old")
            logs = [entry for entry in self.log if entry["rev"] > after][: self.log_limit] if after else self.log[-1:]
            last = logs[-1]["rev"] if logs else after
            return web.json_response({"logs": logs} | ({"cursor": last} if last else {}))
        if method == "listConvos":
            rows = sorted(self.convos.values(), key=lambda row: str(row["rev"]), reverse=True)
            start = int(query.get("cursor", 0))
            page = rows[start : start + int(query.get("limit", 50))]
            more = start + len(page) < len(rows)
            return web.json_response({"convos": page} | ({"cursor": str(start + len(page))} if more else {}))
        if query.get("convoId") not in self.convos:
            return _error(400, "InvalidConvo", "Convo not found")
        if method == "getConvo":
            return web.json_response({"convo": self.convos[query["convoId"]]})
        messages = [one for one in self.messages[query["convoId"]][::-1] if one["rev"] < query.get("cursor", "~")]
        page = messages[: int(query.get("limit", 50))]
        more = len(messages) > len(page)
        return web.json_response({"messages": page} | ({"cursor": page[-1]["rev"]} if more else {}))


def _error(status: int, name: str, message: str) -> web.Response:
    return web.json_response({"error": name, "message": message}, status=status)
