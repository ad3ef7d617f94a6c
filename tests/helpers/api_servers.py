"""An HTTP server on a thread of its own, for stand-ins of APIs: one class each, over one handler."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.helpers.threaded_servers import HttpServer


class ApiServer(HttpServer):
    """Subclasses have :meth:`answer`; their other methods may be called from any thread."""

    def __init__(self) -> None:
        super().__init__("api-server")
        self.asked: list[str] = []
        """Path and query of each request."""
        self.authorizations: list[str] = []
        self.last_headers: Mapping[str, str] = {}
        self._failure: tuple[int, dict[str, str], bytes] | None = None
        self._delay = 0.0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; on the server's loop."""
        raise NotImplementedError

    def fail_with(self, status: int, headers: Mapping[str, str] | None = None, body: Any = b"") -> None:
        """Answer every request so; a ``body`` that is no bytes is sent as JSON."""
        sent = dict(headers or {})
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json; charset=utf-8")
        self._failure = (status, sent, body)

    def slow(self, seconds: float) -> None:
        """Wait that long before each answer."""
        self._delay = seconds

    def recover(self) -> None:
        """Be a good server again."""
        self._failure, self._delay = None, 0.0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Note what is asked, and fail, wait or answer."""
        self.asked.append(request.path_qs)
        self.authorizations.append(request.headers.get("Authorization", ""))
        self.last_headers = dict(request.headers)
        if self._delay:
            await asyncio.sleep(self._delay)
        if self._failure is not None:
            status, headers, body = self._failure
            return web.Response(status=status, headers=headers, body=body)
        return await self.answer(request)
