"""A real master (`serve`) with real workers, whose processes a test may treat as it likes."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from subprocess import Popen
from typing import Any

import msgspec
import psutil

from master.api.client import ApiError, MasterClient
from master.api.schema import Account, AccountCreate, Worker, WorkerConfigCreate
from tests.helpers.deadlines import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
STOP_SECONDS = 60.0
POLL = 0.03
ATTEMPTS = 1_000_000
CONNECTION_TROUBLE = (ApiError, OSError, TimeoutError)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = PATIENCE_SECONDS, what: str = "") -> Any:
    """Poll ``condition`` until it is true and return its value. Raises ``AssertionError``."""
    deadline = time.monotonic() + seconds
    while True:
        value = None
        with contextlib.suppress(*CONNECTION_TROUBLE):
            value = await condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(POLL)


class Crew:
    """The master's process and a client of it. ``client`` is another one after each start."""

    program: Sequence[str] = ("master", "serve")

    def __init__(self, profile: Path, port: int, output: Path, arguments: Sequence[str] = ()) -> None:
        self.profile = profile
        self.port = port
        self._output = output
        self._arguments = arguments
        self._process: Popen[bytes] | None = None
        self.client: MasterClient = MasterClient("http://127.0.0.1", "")
        self.generations = 0

    @property
    def pid(self) -> int:
        """The master's process."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start the master and wait until it has told its address."""
        known = self.profile / "master.json"
        known.unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WATCHKEEPER_")}
        environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        with self._output.open("ab") as output:
            self._process = Popen(
                [sys.executable, "-m", *self.program, "--profile", str(self.profile), "--port", str(self.port),
                 *self._arguments],
                cwd=ROOT, env=environment, stdout=output, stderr=output,
            )  # fmt: skip

        async def told() -> dict[str, Any] | None:
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError(f"serve ended with {self._process.returncode}: see {self._output}")
            try:
                found: dict[str, Any] = msgspec.json.decode(known.read_bytes())
            except (OSError, msgspec.DecodeError):
                return None
            return found

        file = await until(told, START_SECONDS, "the address of the master")
        await self.client.close()
        self.client = MasterClient(file["url"], file["token"], device_id="chaos", device_name="chaos")
        self.generations += 1

        async def answers() -> bool:
            return (await self.client.health()).status == "ok"

        await until(answers, START_SECONDS, "the health of the master")

    async def kill(self) -> None:
        """``kill -9`` of the master alone."""
        assert self._process is not None
        self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def stop(self) -> tuple[int, float]:
        """SIGTERM; return the exit code and how many seconds it took."""
        assert self._process is not None
        began = time.monotonic()
        await self.client.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self._process.wait, STOP_SECONDS)
            except Exception:
                self._process.kill()
                self._process.wait()
                raise
        return self._process.returncode, time.monotonic() - began

    async def hire(
        self, count: int, places: int, proxies: list[int] | None = None, restart_delay_ms: int = 0
    ) -> list[str]:
        """Replace all workers by ``count`` new ones that never give up; return their ids once all run.

        Without a delay: it doubles with each crash of a minute, and a run of hundreds would wait for nothing else.
        """
        for config in await self.client.worker_configs():
            await self.client.delete_worker_config(config.worker_id)
        names = [f"crew-{number}" for number in range(count)]
        for number, name in enumerate(names):
            arguments = ["--connect", f"http://127.0.0.1:{proxies[number]}"] if proxies else []
            await self.client.create_worker_config(
                WorkerConfigCreate(
                    worker_id=name, name=name, max_accounts=places, command_args=arguments,
                    restart_delay_ms=restart_delay_ms, max_restart_attempts=ATTEMPTS,
                )
            )  # fmt: skip
            await self.client.start_worker(name)
        await self.online(count)
        return names

    async def online(self, count: int, seconds: float = START_SECONDS) -> list[Worker]:
        """Wait until ``count`` workers are registered and healthy."""

        async def all_online() -> list[Worker] | None:
            rows = [row for row in await self.client.workers() if row.online and row.health != "dead"]
            return rows if len(rows) >= count else None

        rows: list[Worker] = await until(all_online, seconds, f"{count} workers online")
        return rows

    async def watch(self, feeds: str, count: int, interval: int, seconds: float = 60.0) -> list[str]:
        """Create an account for each feed; return their ids once each was looked at."""
        ids = []
        for number in range(count):
            body = AccountCreate(
                platform="feed",
                name=f"Feed {number}",
                settings={"url": f"{feeds}/feed/{number}"},
                interval_seconds=interval,
            )
            ids.append((await self.client.create_account(body)).id)
        await self.all_ok(count, seconds)
        return ids

    async def all_ok(self, count: int, seconds: float = 60.0) -> list[Account]:
        """Wait until ``count`` accounts are owned and fine."""

        async def fine() -> list[Account] | None:
            rows = await self.client.all_accounts()
            good = [row for row in rows if row.state == "ok" and row.worker_id is not None]
            return good if len(good) >= count else None

        rows: list[Account] = await until(fine, seconds, f"{count} accounts ok")
        return rows


@contextlib.asynccontextmanager
async def crew(
    profile: Path, port: int, output: Path, arguments: Sequence[str] = (), kind: type[Crew] = Crew
) -> AsyncIterator[Crew]:
    """Run a master; whatever happens, it and its workers are gone afterwards."""
    profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    running = kind(profile, port, output, arguments)
    await running.start()
    try:
        yield running
    finally:
        await running.client.close()
        with contextlib.suppress(Exception):
            await running.stop()
        for process in processes_of(profile):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def processes_of(profile: Path) -> list[psutil.Process]:
    """Return the running processes whose command line names this profile: its master and its workers."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(word.startswith(str(profile)) for word in words):
            found.append(process)
    return found
