"""An OAuth 2 server as strict as the strictest: every refresh token is good for one use, and using one twice ends all
that came of the same sign-in (RFC 9700, 4.14.2). It also has what its tokens open: ``/me`` and ``/items``."""

import asyncio
import base64
import hashlib
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.helpers.api_servers import ApiServer


@dataclass
class Family:
    """All tokens of one sign-in."""

    user: str
    refresh: str = ""
    access: dict[str, float] = field(default_factory=dict)
    """Access tokens, and until when each is good (monotonic)."""
    used: set[str] = field(default_factory=set)
    dead: bool = False


@dataclass
class Device:
    """One device code."""

    user_code: str
    verdict: str = "authorization_pending"
    asked_at: list[float] = field(default_factory=list)


class OAuthServer(ApiServer):
    """``user`` is who agrees on its page; everything else may be changed while it runs."""

    def __init__(self, client_id: str = "watchkeeper-test") -> None:
        super().__init__()
        self.client_id = client_id
        self.user = "ada"
        self.access_seconds = 3600.0
        self.device_seconds = 300.0
        self.interval = 0.0
        self.items: list[str] = []
        self.families: list[Family] = []
        self.devices: dict[str, Device] = {}
        self.codes: dict[str, tuple[str, str, str]] = {}
        self.refreshes = 0
        self.reuses = 0
        """Refresh tokens that were used twice: each ended a family."""
        self.denies = False
        self.strange: dict[str, Any] | None = None
        """Answered to every request for tokens."""
        self.holding = threading.Event()
        """Set when a renewal is held back (see :meth:`hold`)."""
        self._gate: threading.Event | None = None
        self.secrets: list[str] = []
        """Everything that it ever gave out."""

    # ------------------------------------------------------------ what tests do

    def approve(self, user_code: str, verdict: str = "") -> None:
        """Decide about a device code: "" agrees, else the error that is answered."""
        next(device for device in self.devices.values() if device.user_code == user_code).verdict = verdict

    def hold(self) -> threading.Event:
        """Rotate at the next renewals, but answer only once the returned event is set."""
        self.holding.clear()
        self._gate = threading.Event()
        return self._gate

    def sign_in(self) -> dict[str, Any]:
        """Return the tokens of a new sign-in, as the credentials of an account have them."""
        family = Family(user=self.user)
        self.families.append(family)
        answer = self._issue(family)
        ends = round((time.time() + self.access_seconds) * 1000)
        return {
            "access_token": answer["access_token"],
            "refresh_token": answer["refresh_token"],
            "access_expires_at": ends,
        }

    def end_access(self) -> None:
        """Let no access token be good any more."""
        for family in self.families:
            family.access.clear()

    # ------------------------------------------------------------ the server

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path == "/authorize":
            return self._authorize(request)
        if path in ("/me", "/items"):
            return self._resource(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        if form.get("client_id") != self.client_id:
            return _json({"error": "invalid_client", "error_description": "who?"}, 401)
        if path == "/device":
            return self._device(form)
        if path == "/revoke":
            for family in self.families:
                if form.get("token") in (family.refresh, *family.access):
                    family.dead = True
            return web.Response(status=200)
        if path == "/token":
            if self.strange is not None:
                return _json(self.strange, 200)
            return await self._token(form)
        return web.Response(status=404)

    def _authorize(self, request: web.BaseRequest) -> web.Response:
        query = request.query
        answer = {"state": query["state"]}
        if self.denies:
            answer["error"] = "access_denied"
        else:
            assert query["code_challenge_method"] == "S256"
            code = self._make("code")
            self.codes[code] = (query["code_challenge"], query["redirect_uri"], self.user)
            answer["code"] = code
        return web.Response(status=302, headers={"Location": f"{query['redirect_uri']}?{urlencode(answer)}"})

    def _device(self, form: dict[str, str]) -> web.Response:
        code, user_code = self._make("device"), f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
        self.devices[code] = Device(user_code=user_code)
        self.secrets.append(user_code)
        answer = {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": f"{self.url}/activate",
            "expires_in": self.device_seconds,
            "interval": self.interval,
        }
        return _json(answer, 200)

    async def _token(self, form: dict[str, str]) -> web.StreamResponse:
        match form.get("grant_type"):
            case "authorization_code":
                challenge, uri, user = self.codes.pop(form["code"], ("", "", ""))
                digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
                if digest.rstrip(b"=").decode() != challenge or uri != form["redirect_uri"]:
                    return _json({"error": "invalid_grant"}, 400)
                return self._begin(user)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._ask_device(form)
            case "refresh_token":
                return await self._refresh(form["refresh_token"])
        return _json({"error": "unsupported_grant_type"}, 400)

    def _ask_device(self, form: dict[str, str]) -> web.Response:
        device = self.devices[form["device_code"]]
        device.asked_at.append(time.monotonic())
        if device.verdict:
            verdict = device.verdict
            if verdict == "slow_down":
                device.verdict = "authorization_pending"
            return _json({"error": verdict}, 400)
        del self.devices[form["device_code"]]
        return self._begin(self.user)

    async def _refresh(self, token: str) -> web.StreamResponse:
        family = next((one for one in self.families if token == one.refresh or token in one.used), None)
        if family is not None and token in family.used:
            self.reuses += 1
            family.dead = True
        if family is None or family.dead:
            description = f"the refresh token {token} is not good any more"
            return _json({"error": "invalid_grant", "error_description": description}, 400)
        self.refreshes += 1
        answer = self._issue(family)
        gate = self._gate
        if gate is not None:
            self.holding.set()
            while not gate.is_set():
                await asyncio.sleep(0.01)
        return _json(answer, 200)

    def _begin(self, user: str) -> web.Response:
        family = Family(user=user)
        self.families.append(family)
        return _json(self._issue(family), 200)

    def _issue(self, family: Family) -> dict[str, Any]:
        if family.refresh:
            family.used.add(family.refresh)
        family.refresh, access = self._make("refresh"), self._make("access")
        family.access = {access: time.monotonic() + self.access_seconds}
        return {
            "access_token": access,
            "token_type": "Bearer",
            "refresh_token": family.refresh,
            "expires_in": self.access_seconds,
        }

    def _resource(self, request: web.BaseRequest) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        now = time.monotonic()
        family = next((one for one in self.families if one.access.get(token, 0.0) > now and not one.dead), None)
        if family is None:
            return _json({"error": "invalid_token"}, 401)
        if request.path == "/me":
            return _json({"id": family.user, "name": family.user.title()}, 200)
        return _json(self.items, 200)

    def _make(self, kind: str) -> str:
        made = f"{kind}-{secrets.token_urlsafe(24)}"
        self.secrets.append(made)
        return made


def _json(document: Any, status: int) -> web.Response:
    return web.json_response(document, status=status, headers={"Cache-Control": "no-store"})
