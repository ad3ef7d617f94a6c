"""Heartbeat round trip (ms), back to back, one worker against a headless master in a process of its own.

The baseline in the same run: a plain Socket.IO echo server between the same two kinds of process.
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import socketio
from aiohttp import web

from master import app
from master.api.client import MasterClient
from master.api.schema import WorkerConfigCreate
from master.compositions import Composer
from master.services.services import Services
from master.settings import Options
from master.sockets.worker_namespace import WorkerNamespace
from tests.bench.figures import arguments, report, summary, throw_away_profile
from worker.protocol.codec import encode, now_ms, read_answer
from worker.protocol.worker_messages import Heartbeat, HeartbeatAcknowledged, RegisterWorker, WorkerRegistered
from worker.version import PROTOCOL, __version__

ROOT = Path(__file__).resolve().parents[2]
WARM_UP = 200
TOKEN = "bench-token"


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        run = _serve_echo() if sys.argv[2] == "echo" else _serve_master(Path(sys.argv[3]))
    else:
        given = arguments(__doc__ or "", runs=3000)
        run = _measure(given.runs, given.json)
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(run)


class _OpenComposer(Composer):
    """Keeps the services where this bench may reach them: a worker's token is told to nobody else."""

    services: Services

    async def compose(self, stack: AsyncExitStack, namespace: WorkerNamespace) -> Services:
        _OpenComposer.services = await super().compose(stack, namespace)
        return _OpenComposer.services


async def _serve_echo() -> None:
    server = socketio.AsyncServer(async_mode="aiohttp")

    async def echo(_sid: str, data: Any) -> Any:
        return data

    server.on("message", echo, namespace="/worker")
    echoing = web.Application()
    server.attach(echoing)
    runner = web.AppRunner(echoing)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def _serve_master(profile: Path) -> None:
    app.Composer = _OpenComposer
    master = app.Master(Options(profile=profile, port=0, port_explicit=True, vault="memory", workers=False))
    await master.start()
    client = MasterClient(master.url, master.token)
    await client.create_worker_config(WorkerConfigCreate(worker_id="bench", name="Bench", auto_start=False))
    await client.close()
    _OpenComposer.services.workers._table.runtimes["bench"].began(TOKEN)
    print(master.url.rsplit(":", 1)[1], flush=True)
    await asyncio.Event().wait()


async def _measure(count: int, as_json: bool) -> None:
    with throw_away_profile() as profile:
        echo = await _round_trips("echo", profile, count)
        ours = await _round_trips("master", profile, count)
    figures = {"baseline: Socket.IO echo (ms)": summary(echo), "heartbeat round trip (ms)": summary(ours)}
    report(figures, as_json)


async def _round_trips(kind: str, profile: Path, count: int) -> list[float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.heartbeat", "--serve", kind, str(profile), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    client = socketio.AsyncClient()
    try:
        port = int(await process.stdout.readline())
        await client.connect(
            f"http://127.0.0.1:{port}", namespaces=["/worker"], transports=["websocket"], auth={"token": TOKEN}
        )
        if kind == "master":
            register = RegisterWorker(
                worker_id="bench", host="bench", pid=1, version=__version__, protocol=PROTOCOL, platforms=[]
            )
            read_answer(await client.call("message", encode(register), namespace="/worker"), WorkerRegistered)
        times = []
        for number in range(WARM_UP + count):
            beat = Heartbeat(
                at=now_ms(), cpu_percent=1.0, rss_bytes=1, accounts=0, active_checks=0, errors=0, checks=0, items=0,
                backlog=0,
            )  # fmt: skip
            began = time.perf_counter()
            answer = await client.call("message", encode(beat), namespace="/worker")
            if number >= WARM_UP:
                times.append((time.perf_counter() - began) * 1000)
            if kind == "master":
                read_answer(answer, HeartbeatAcknowledged)
        return times
    finally:
        await client.disconnect()
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    main()
