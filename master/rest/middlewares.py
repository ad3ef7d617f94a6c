"""What every request passes: its id, host and origin, the token, and the guard that turns errors into answers."""

import base64
import binascii
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from aiohttp import hdrs, web

from master.context import actor, request_id
from master.errors import ServiceError, TooBusy
from master.rest.answers import REQUEST_ID, fail, fail_with
from master.rest.hosts import Hosts
from master.services.tokens import Scope, TokenService
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SOCKETS: Final = "/socket.io"
MAX_BODY_BYTES: Final = 1024 * 1024
MAX_UNDER_WAY: Final = 256
"""More requests at the same time are told to come back."""
SCOPE: Final = web.RequestKey("scope", str)
"""What the token of a request allows; absent without one."""

_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_CHALLENGE: Final = "Bearer"
_PAGE_CHALLENGE: Final = 'Basic realm="Watchkeeper", charset="UTF-8"'


class Gate:
    """The one middleware."""

    def __init__(
        self, tokens: TokenService, *, open_paths: Collection[str], page_paths: Collection[str], hosts: Hosts
    ) -> None:
        """``open_paths`` need no token; ``page_paths`` are for browsers, which can ask only for a password."""
        self._tokens = tokens
        self._open = frozenset(open_paths)
        self._pages = frozenset(page_paths)
        self._hosts = hosts
        self._under_way = 0

    async def pass_on(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check, hand on, and turn whatever is raised into an answer."""
        path = request.path
        if path.startswith(SOCKETS):
            return self._foreign(request, uuid.uuid4().hex) or await handler(request)
        given = request.headers.get(REQUEST_ID, "")
        number = given if _ID.fullmatch(given) else uuid.uuid4().hex
        before = request_id.set(number)
        counted = False
        try:
            refused = self._foreign(request, number)
            if refused is None and path not in self._open:
                # Only who has a token can keep others waiting.
                refused = self._refuse(request, path, number)
                counted = refused is None
                self._under_way += counted
            return refused or await handler(request)
        except ServiceError as error:
            if error.status >= 500:
                logger.info("%s %s: %s %s", request.method, path, error.code, error.text.message)
            return fail_with(error, number)
        except web.HTTPException as error:
            return _of_aiohttp(request, error, number)
        except Exception:
            # The guard: a fault of ours is logged with its traceback, and the answer says where to look.
            logger.exception("%s %s failed", request.method, path)
            return fail(500, "ERR_INTERNAL", text("request_failed", request_id=number), number)
        finally:
            self._under_way -= counted
            request_id.reset(before)
            actor.set("master")

    def _foreign(self, request: web.Request, number: str) -> web.Response | None:
        """Refuse what a page of another origin has sent, or asks under a name that is not ours."""
        transport = request.transport
        address = transport.get_extra_info("sockname") if transport is not None else None
        port = address[1] if address else 0
        host = request.headers.get(hdrs.HOST)
        if not self._hosts.allows_host(host, port):
            reason = text("request_foreign_host", host=(host or "?")[:100])
            return fail(403, "ERR_FORBIDDEN", reason, number)
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and not self._hosts.allows_origin(origin, port):
            return fail(403, "ERR_FORBIDDEN", text("request_foreign_origin", origin=origin[:100]), number)
        return None

    def _refuse(self, request: web.Request, path: str, number: str) -> web.Response | None:
        """Refuse who has no valid token, or comes when too many are there already."""
        page = path in self._pages
        scope = self._scope_of(request, page)
        if scope == "worker" and not page:
            return fail(403, "ERR_FORBIDDEN", text("request_worker_token"), number)
        if scope is None or scope == "worker":  # a browser asks a person again
            headers: dict[str, str] = {hdrs.WWW_AUTHENTICATE: _PAGE_CHALLENGE if page else _CHALLENGE}
            return fail(401, "ERR_UNAUTHORIZED", text("request_unauthorized"), number, headers=headers)
        if self._under_way >= MAX_UNDER_WAY:
            return fail_with(TooBusy(text("request_too_many", seconds=1), retry_after=1), number)
        request[SCOPE] = scope
        return None

    def _scope_of(self, request: web.Request, page: bool) -> Scope | None:
        kind, _, value = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        kind, value = kind.lower(), value.strip()
        if kind == "basic" and page:
            # A browser can ask a person only for a name and a password: the token is the password.
            try:
                value = base64.b64decode(value, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return None
        elif kind != "bearer":
            return None
        scope = self._tokens.scope_of(value) if value else None
        if scope is not None:
            actor.set(self._tokens.actor_of(value))
        return scope


def _of_aiohttp(request: web.Request, error: web.HTTPException, number: str) -> web.Response:
    path = request.path[:200]
    if isinstance(error, web.HTTPNotFound):
        return fail(404, "ERR_NOT_FOUND", text("request_no_route", path=path), number)
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        reason = text("request_wrong_method", path=path, method=request.method[:20], allowed=allowed)
        return fail(405, "ERR_METHOD", reason, number, headers={hdrs.ALLOW: allowed})
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        reason = text("request_too_large", limit_kb=MAX_BODY_BYTES // 1024)
        return fail(413, "ERR_TOO_LARGE", reason, number, headers={hdrs.CONNECTION: "close"})
    return fail(error.status, "ERR_REFUSED", text("request_refused", detail=error.reason), number)
