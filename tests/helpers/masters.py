"""A real master with real workers, in the test's own loop or as a process of its own."""

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import Any, Final
from unittest import mock
from urllib.request import Request, urlopen

import msgspec

from master.api.client import MasterClient
from master.api.schema import Account, Item, ItemFilter
from master.app import Master
from master.services import leases
from master.settings import Options
from tests.helpers.deadlines import PATIENCE_SECONDS, until, wait_until

ROOT = Path(__file__).resolve().parents[2]


def serve_command() -> list[str]:
    """Return what starts a master without a window."""
    return [sys.executable, "-m", "master", "serve"]


LEASE_MS: Final = 20_000
"""How late a worker may be where nobody asks what becomes of late ones: on a busy machine all are."""


@contextlib.contextmanager
def patient_leases() -> Iterator[None]:
    """Masters of this process take nobody for frozen who is only slow."""
    with mock.patch.multiple(leases, SHORTEST_MS=LEASE_MS, LONGEST_MS=LEASE_MS):
        yield


@contextlib.asynccontextmanager
async def running_master(
    profile: Path, *, patient: bool = True, **options: Any
) -> AsyncIterator[tuple[Master, MasterClient]]:
    """Start a master on ``profile`` (any free port, credentials in memory) and a client of it.

    ``patient``: False where it is to find out within its time that a worker does not answer.
    """
    with patient_leases() if patient else contextlib.nullcontext():
        async with _running_master(profile, **options) as running:
            yield running


@contextlib.asynccontextmanager
async def _running_master(profile: Path, **options: Any) -> AsyncIterator[tuple[Master, MasterClient]]:
    given: dict[str, Any] = {"host": "127.0.0.1", "port": 0, "port_explicit": True, "log_level": "info"}
    given |= {"vault": "memory"} | options
    master = Master(Options(profile=profile, **given))
    await master.start()
    client = MasterClient(master.url, master.token, device_id="test", device_name="test")
    try:
        yield master, client
    finally:
        await client.close()
        await master.stop()


async def workers_run(client: MasterClient, count: int = 2) -> None:
    """Wait until ``count`` workers are registered."""

    async def all_online() -> bool:
        return sum(worker.online for worker in await client.workers()) >= count

    await until(all_online, what=f"{count} workers online")


async def account_is(client: MasterClient, account_id: str, state: str, seconds: float = PATIENCE_SECONDS) -> Account:
    """Wait until an account is in ``state`` and return it."""

    async def there() -> Account | None:
        account = await client.account(account_id)
        return account if account.state == state else None

    found: Account = await until(there, seconds, f"account {state}")
    return found


async def items_of(client: MasterClient, account_id: str | None = None) -> list[Item]:
    """Return all items, the newest first."""
    wanted = ItemFilter(account_id=account_id) if account_id else ItemFilter()
    rows: list[Item] = []
    cursor = None
    while True:
        page = await client.items(wanted, limit=500, cursor=cursor)
        rows += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return rows


class ServeProcess:
    """``watchkeeper serve`` as a process of its own."""

    def __init__(self, profile: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.profile = profile
        self._arguments = arguments
        self._environment = environment or {}
        self.process: Popen[str] | None = None

    def start(self, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Start it and return what it wrote to ``master.json``."""
        environment = {**os.environ, **self._environment}
        for name in list(environment):
            if name.startswith("WATCHKEEPER_"):
                del environment[name]
        self.process = Popen(
            [*serve_command(), "--profile", str(self.profile), *self._arguments],
            cwd=ROOT,
            env=environment,
            stdout=PIPE,
            stderr=PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            _, errors = self.process.communicate(timeout=seconds)
            raise AssertionError(f"serve ended with {self.process.returncode}: {errors}")
        known: dict[str, Any] = msgspec.json.decode((self.profile / "master.json").read_bytes())
        return known

    @property
    def pid(self) -> int:
        """The process id of the master."""
        assert self.process is not None
        return self.process.pid

    def knows_plug_ins(self) -> bool:
        """Its workers' platforms and runners are known to it: before, it takes no account and no job."""
        known: dict[str, Any] = msgspec.json.decode((self.profile / "master.json").read_bytes())
        asked = Request(f"{known['url']}/api/v1/catalog", headers={"Authorization": f"Bearer {known['token']}"})
        with urlopen(asked, timeout=PATIENCE_SECONDS) as answer:
            return bool(msgspec.json.decode(answer.read())["data"]["platforms"])

    def kill(self) -> None:
        """``kill -9``."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate(timeout=10)

    def ended(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait until it has ended by itself; return the exit code."""
        assert self.process is not None
        self.process.communicate(timeout=seconds)
        return self.process.returncode

    def stop(self, seconds: float = PATIENCE_SECONDS) -> int:
        """SIGTERM; return the exit code."""
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.communicate(timeout=seconds)
        except TimeoutExpired:
            self.process.kill()
            self.process.communicate(timeout=5)
            raise
        return self.process.returncode


@contextlib.contextmanager
def serving(profile: Path, *arguments: str) -> Iterator[ServeProcess]:
    """Run ``serve`` on ``profile`` for the length of a test, which begins when it knows its plug-ins."""
    serve = ServeProcess(profile, "--port", "0", *arguments)
    try:
        serve.start()
        wait_until(serve.knows_plug_ins, what="its plug-ins")
        yield serve
    finally:
        if serve.process is not None and serve.process.poll() is None:
            serve.stop()
