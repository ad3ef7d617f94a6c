"""Everything around the product in one process of its own: the feeds, their generator, the proxies.

It obeys JSON lines on stdin and answers each with one on stdout.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.chaos.feeds import SLOW_SHARE, NumberedFeeds
from tests.chaos.pages import Pages
from tests.chaos.proxies import Proxy

ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 20.0
NICE = -10
"""The observer is not starved with the observed, where that may be asked for."""


class World:
    """The process as its starter sees it. ``feeds``: where the feeds are; ``proxies``: one port a worker."""

    def __init__(self, process: asyncio.subprocess.Process, told: dict[str, Any]) -> None:
        self._process = process
        self.feeds: str = told["feeds"]
        self.proxies: list[int] = told["proxies"]

    async def rate(self, per_second: float) -> None:
        """Publish so many entries a second."""
        await self._ask({"rate": per_second})

    async def publish(self, account: int) -> None:
        """Publish one entry at once."""
        await self._ask({"publish": account})

    async def pass_through(self, worker: int, passes: bool) -> None:
        """Let the connection of a worker through, or not."""
        await self._ask({"worker": worker, "passes": passes})

    async def away(self, worker: int, gone: bool) -> None:
        """Drop a worker's connection and refuse new ones, or accept them again."""
        await self._ask({"worker": worker, "gone": gone})

    async def flush(self) -> None:
        """Have the log written."""
        await self._ask({"flush": True})

    async def _ask(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        async with asyncio.timeout(ANSWER_SECONDS):
            line = await self._process.stdout.readline()
        if not line:
            raise AssertionError("the process of the feeds has ended")


@contextlib.asynccontextmanager
async def world(
    log: Path, *, accounts: int, workers: int, master_port: int, seed: int, slow_share: float = SLOW_SHARE
) -> AsyncIterator[World]:
    """Run the process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.worlds", "--log", str(log), "--accounts", str(accounts),
        "--workers", str(workers), "--master-port", str(master_port), "--seed", str(seed),
        "--slow-share", str(slow_share),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            told = json.loads(await process.stdout.readline())
        yield World(process, told)
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", type=Path, required=True)
    for name in ("--accounts", "--workers", "--master-port", "--seed"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--slow-share", type=float, required=True)
    with contextlib.suppress(PermissionError):
        os.nice(NICE)
    with asyncio.Runner() as runner:
        runner.run(_serve(parser.parse_args()))


async def _serve(given: argparse.Namespace) -> None:
    feeds = NumberedFeeds(given.accounts, given.log, given.seed, given.slow_share)
    app = web.Application()
    app.router.add_get("/feed/{account}", feeds.answer)
    pages = Pages()
    app.router.add_get("/page/{number}", pages.page)
    app.router.add_get("/list/{number}", pages.rows)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxies = [Proxy(given.master_port) for _ in range(given.workers)]
    for proxy in proxies:
        await proxy.start()
    _say({"feeds": f"http://127.0.0.1:{runner.addresses[0][1]}", "proxies": [proxy.port for proxy in proxies]})
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    async with asyncio.TaskGroup() as group:
        generator = group.create_task(feeds.generate())
        while line := await orders.readline():
            await _obey(json.loads(line), feeds, proxies)
            _say({"done": True})
        generator.cancel()
    feeds.flush()
    for proxy in proxies:
        proxy.stop()
    # Connections that stand are the workers' and end with them, or with this process.
    os._exit(0)


async def _obey(order: dict[str, Any], feeds: NumberedFeeds, proxies: list[Proxy]) -> None:
    if "rate" in order:
        feeds.rate = order["rate"]
    if "publish" in order:
        feeds.publish(order["publish"])
    if "gone" in order:
        proxy = proxies[order["worker"]]
        proxy.stop() if order["gone"] else await proxy.start()
    if "passes" in order:
        gate = proxies[order["worker"]].open
        gate.set() if order["passes"] else gate.clear()
    if "flush" in order:
        feeds.flush()


def _say(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
