"""A TCP proxy between each worker and the master that can stop forwarding, as a cable that was pulled does."""

import asyncio
import contextlib

CHUNK = 65_536
TARGET_SECONDS = 5.0


class Proxy:
    """Forwards its own port to ``target``; while ``open`` is cleared nothing passes and nothing is closed."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self.open = asyncio.Event()
        self.open.set()
        self._up = asyncio.Event()
        """Towards the master."""
        self._down = asyncio.Event()
        self.release()
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()

    def hold(self, *, up: bool, down: bool) -> None:
        """Let nothing pass in one direction: what is asked is not heard, or what is answered."""
        if up:
            self._up.clear()
        if down:
            self._down.clear()

    def release(self) -> None:
        """Let everything pass."""
        self._up.set()
        self._down.set()

    async def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Listen no longer, and drop what is connected: to the worker the master is gone."""
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """Drop what is connected, with all that is on its way."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.open.wait()
        try:
            async with asyncio.timeout(TARGET_SECONDS):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except (OSError, TimeoutError):
            writer.close()
            return
        self._writers |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, far_writer, own_host=True))
                group.create_task(self._pump(far_reader, writer, own_host=False))
        finally:
            self._writers -= {writer, far_writer}
            for end in (writer, far_writer):
                end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, own_host: bool) -> None:
        """Copy until the end. The first bytes name the proxy as host, which the master would refuse."""
        direction = self._up if own_host else self._down
        mine, theirs = (f"Host: 127.0.0.1:{port}\r\n".encode() for port in (self.port, self._target))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(CHUNK):
                await self.open.wait()
                await direction.wait()
                writer.write(data.replace(mine, theirs, 1) if own_host else data)
                own_host = False
                await writer.drain()
        with contextlib.suppress(ConnectionError, RuntimeError, OSError):
            writer.write_eof()
