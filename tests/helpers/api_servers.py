"""An HTTP server on a thread of its own, for stand-ins of APIs: one class each, over one handler."""

import asyncio
import json
import ssl
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.helpers.ports import LOOPBACK


class ApiServer:
    """A context manager. Subclasses have :meth:`answer`; their other methods may be called from any thread."""

    def __init__(self) -> None:
        self.url = ""
        self.tls: ssl.SSLContext | None = None
        """Set before it starts: it is encrypted."""
        self.asked: list[str] = []
        """Path and query of each request."""
        self.authorizations: list[str] = []
        self.last_headers: Mapping[str, str] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self._failure: tuple[int, dict[str, str], bytes] | None = None
        self._delay = 0.0
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._main, name="api-server", daemon=True)

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

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(60) or self._stop is None:
            raise RuntimeError("the server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.loop is not None
        assert self._stop is not None
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def _main(self) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        runner = web.ServerRunner(web.Server(self._handle), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0, ssl_context=self.tls).start()
        host, port = runner.addresses[0][:2]
        self.url = f"{'https' if self.tls else 'http'}://{host}:{port}"
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()
        slow = asyncio.all_tasks() - {asyncio.current_task()}
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        self.authorizations.append(request.headers.get("Authorization", ""))
        self.last_headers = dict(request.headers)
        if self._delay:
            await asyncio.sleep(self._delay)
        if self._failure is not None:
            status, headers, body = self._failure
            return web.Response(status=status, headers=headers, body=body)
        return await self.answer(request)
