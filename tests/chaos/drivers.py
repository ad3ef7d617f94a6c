"""Makes the faults of a plan, one after the other, and waits after each until all are watched again."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psutil

from master.api.schema import Rebalance
from tests.chaos.crews import Crew, until
from tests.chaos.disks import Disk
from tests.chaos.faults import Fault
from tests.chaos.records import Recorder
from tests.chaos.worlds import World

RECOVERY_SECONDS = 120.0
ORPHAN_SECONDS = 15.0
BUSY = "while True: pass"


@dataclass
class Happened:
    """A fault that was made. Times in UTC ms; ``affected``: accounts that lost their owner's attention by it."""

    fault: Fault
    worker_id: str
    pids: list[int]
    began: float
    ended: float = 0.0
    affected: list[str] = field(default_factory=list)
    recovered_ms: float | None = None
    orphans: int = 0


class Driver:
    """One run's hand. ``names``: the workers, in the order of the proxies."""

    def __init__(self, crew: Crew, world: World, recorder: Recorder, disk: Disk, names: list[str]) -> None:
        self._crew = crew
        self._world = world
        self._recorder = recorder
        self._disk = disk
        self._names = names
        self.happened: list[Happened] = []

    async def run(self, fault: Fault, accounts: int) -> Happened:
        """Make one fault and wait for the recovery. Raises ``AssertionError`` when there is none."""
        await asyncio.sleep(fault.pause)
        name = self._names[fault.victim]
        if fault.kind in ("kill", "freeze", "blackhole"):
            await self._give_something(name)
        pids = {row.worker_id: row.pid for row in await self._crew.client.workers() if row.pid}
        held = [account for account in self._recorder.grants if self._recorder.owner(account) == name]
        happened = Happened(fault, name, [pids[name]] if name in pids else [], now_ms())
        self.happened.append(happened)
        match fault.kind:
            case "kill":
                happened.affected = held
                self._signal(happened, signal.SIGKILL)
            case "freeze":
                happened.affected = held
                await self._freeze(happened)
            case "blackhole":
                happened.affected = held
                await self._world.pass_through(fault.victim, passes=False)
                await asyncio.sleep(fault.seconds)
                await self._world.pass_through(fault.victim, passes=True)
            case "starve":
                async with _busy():
                    await asyncio.sleep(fault.seconds)
            case "disk":
                await asyncio.to_thread(self._disk.fill)
                await asyncio.sleep(fault.seconds)
                self._disk.free()
            case "master":
                happened.affected = list(self._recorder.grants)
                happened.pids = list(pids.values())
                await self._restart_master(happened)
        happened.ended = now_ms()
        if fault.kind == "kill":
            await self._replaced(happened)
        await self._crew.online(len(self._names), RECOVERY_SECONDS)
        await self._all_owned(accounts)
        happened.recovered_ms = now_ms() - happened.began
        return happened

    async def _give_something(self, name: str) -> None:
        """A fault of a worker that holds nothing proves nothing: the accounts are spread again first."""
        if name in self._holders():
            return
        await self._crew.client.rebalance(Rebalance())

        async def holds() -> bool:
            return name in self._holders()

        await until(holds, RECOVERY_SECONDS, f"accounts on {name}")

    def _holders(self) -> set[str | None]:
        return {self._recorder.owner(account) for account in self._recorder.grants}

    def _signal(self, happened: Happened, number: signal.Signals) -> None:
        for pid in happened.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    async def _freeze(self, happened: Happened) -> None:
        self._signal(happened, signal.SIGSTOP)
        try:
            await asyncio.sleep(happened.fault.seconds)
        finally:
            self._signal(happened, signal.SIGCONT)

    async def _restart_master(self, happened: Happened) -> None:
        await self._crew.kill()
        await asyncio.sleep(happened.fault.seconds)
        await self._crew.start()
        deadline = time.monotonic() + ORPHAN_SECONDS
        while any(map(_runs, happened.pids)) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        happened.orphans = sum(map(_runs, happened.pids))
        await self._recorder.listen(self._crew.client)

    async def _replaced(self, happened: Happened) -> None:
        async def another() -> bool:
            row = await self._crew.client.worker_status(happened.worker_id)
            return row.online and row.pid is not None and row.pid not in happened.pids

        await until(another, RECOVERY_SECONDS, f"another process of {happened.worker_id}")

    async def _all_owned(self, count: int) -> None:
        async def owned() -> bool:
            rows = await self._crew.client.all_accounts()
            return sum(row.worker_id is not None for row in rows) >= count

        await until(owned, RECOVERY_SECONDS, f"{count} accounts with an owner")


def now_ms() -> float:
    """Return the time in UTC milliseconds."""
    return time.time() * 1000


def _runs(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and "--lifeline" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


@contextlib.asynccontextmanager
async def _busy() -> AsyncIterator[None]:
    """Twice as many busy processes as there are processors."""
    count = 2 * (os.cpu_count() or 1)
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            await process.wait()
