"""Servers on a thread and a loop of their own: a blocked loop of the test never slows them."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.helpers.deadlines import PATIENCE_SECONDS
from tests.helpers.ports import LOOPBACK


class ThreadedServer:
    """A context manager. Subclasses have :meth:`serving`; their other methods may be called from any thread."""

    def __init__(self, name: str) -> None:
        """``name``: of the thread."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)

    def serving(self) -> AbstractAsyncContextManager[None]:
        """Listen while this is entered; on the server's loop."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(PATIENCE_SECONDS) or self._stop is None:
            raise RuntimeError(f"the {self._thread.name} did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.loop is not None
        assert self._stop is not None
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_SECONDS)

    def _main(self) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        async with self.serving():
            self._stop = asyncio.Event()
            self._ready.set()
            await self._stop.wait()
        slow = asyncio.all_tasks() - {asyncio.current_task()}
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


class HttpServer(ThreadedServer):
    """One of HTTP. Subclasses have :meth:`handle`."""

    def __init__(self, name: str, tls: ssl.SSLContext | None = None) -> None:
        """``tls``: it is encrypted."""
        super().__init__(name)
        self.url = ""
        self.tls = tls

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; on the server's loop."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen on any free port."""
        runner = web.ServerRunner(web.Server(self.handle), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0, ssl_context=self.tls).start()
        host, port = runner.addresses[0][:2]
        self.url = f"{'https' if self.tls else 'http'}://{host}:{port}"
        yield
        await runner.cleanup()
