"""``GET /api/v1/status`` of a headless master: requests a second over 16 connections, and ms one at a time.

The baseline in the same run: aiohttp answering as much JSON with no program behind it.
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from tests.bench.figures import arguments, report, summary, throw_away_profile
from tests.helpers.masters import ServeProcess

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS: Final = 16
WARM_UP: Final = 500


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        with asyncio.Runner() as runner:
            runner.run(_serve(sys.argv[2]))
        return
    given = arguments(__doc__ or "", runs=20_000)
    with throw_away_profile() as profile, asyncio.Runner() as runner:
        profile.mkdir()
        serve = ServeProcess(profile, "--port", "0")
        known = serve.start()
        try:
            port = int(known["url"].rsplit(":", 1)[1])
            body, ours = runner.run(_measure(port, known["token"], given.runs))
        finally:
            serve.stop()
        plain = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.status", "--serve", body], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            assert plain.stdout is not None
            _, bare = runner.run(_measure(int(plain.stdout.readline()), "", given.runs))
        finally:
            plain.terminate()
            plain.communicate(timeout=5)
    figures: dict[str, Any] = {f"GET /api/v1/status, {name}": value for name, value in ours.items()}
    report(figures | {f"baseline: bare aiohttp, {name}": value for name, value in bare.items()}, given.json)


async def _serve(body: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    bare = web.Application()
    bare.router.add_get("/api/v1/status", answer)
    runner = web.AppRunner(bare, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def _measure(port: int, token: str, runs: int) -> tuple[str, dict[str, Any]]:
    """Return an answer's body, and the figures."""
    connections = [await Connection.open(port, token) for _ in range(CONNECTIONS)]
    for _ in range(WARM_UP):
        body = await connections[0].get()
    times = []
    for _ in range(runs // 10):
        began = time.perf_counter()
        await connections[0].get()
        times.append((time.perf_counter() - began) * 1000)

    async def many(connection: Connection) -> None:
        for _ in range(runs // CONNECTIONS):
            await connection.get()

    began = time.perf_counter()
    await asyncio.gather(*map(many, connections))
    rate = runs // CONNECTIONS * CONNECTIONS / (time.perf_counter() - began)
    for connection in connections:
        connection.close()
    return body, {f"requests a second over {CONNECTIONS} connections": round(rate), "ms one at a time": summary(times)}


class Connection:
    """One kept-alive connection: as little work as can be, for it shares the machine with the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._request = request

    @classmethod
    async def open(cls, port: int, token: str) -> "Connection":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        return cls(reader, writer, head.encode())

    async def get(self) -> str:
        """Return the body of one answer."""
        self._writer.write(self._request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        length = int(head.partition(b"content-length:")[2].partition(b"\r")[0])
        return (await self._reader.readexactly(length)).decode()

    def close(self) -> None:
        self._writer.close()


if __name__ == "__main__":
    main()
