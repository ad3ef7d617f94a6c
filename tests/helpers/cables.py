"""A line between a client and a server that can be pulled out and plugged in again."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

CHUNK = 65_536


class Cable:
    """Listens on another address of this machine, and passes everything on while it is plugged in.

    The port is the same: a master answers to no other.
    """

    def __init__(self, port: int, number: int = 2) -> None:
        """``number``: the last one of the address, from 2."""
        self.port = port
        self._address = f"127.0.0.{number}"
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self.plugged = True

    @property
    def url(self) -> str:
        """Where to connect instead."""
        return f"http://{self._address}:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._address, self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self.cut()
        await self._server.wait_closed()

    async def cut(self, *, keep_out: bool = False) -> None:
        """End all connections at once; ``keep_out``: and let nobody in until :meth:`plug`."""
        self.plugged = not keep_out
        lines = list(self._lines)
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    def plug(self) -> None:
        """Let everybody in again."""
        self.plugged = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            if self.plugged:
                await self._pass_on(reader, writer)
        except (OSError, asyncio.CancelledError):
            return
        finally:
            self._lines.discard(task)
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, inner_writer))
                group.create_task(_pump(inner_reader, writer))
        except ExceptionGroup:
            return
        finally:
            inner_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
