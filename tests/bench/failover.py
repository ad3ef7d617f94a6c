"""A worker dies or hangs: how long until another one has looked at each of its accounts, and until it runs again.

50 accounts on the victim (loopback feeds), real processes. ``--faults`` of each kind (default 5; 200 for a p99).
"""

import argparse
import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from master.api.schema import AssignmentPut, WorkerConfigCreate, WorkerConfigPatch
from tests.bench.figures import report, summary
from tests.chaos.audits import audit_items, read_traffic, refused_claims
from tests.chaos.crews import Crew, crew, processes_of, until
from tests.chaos.records import Recorder
from tests.chaos.worlds import World, world
from tests.helpers.ports import free_port

WORKERS = 4
ACCOUNTS = 50
INTERVAL = 60
SECONDS = 30.0
OUTAGES = (5.0, 20.0)
CRASH_LIMIT = 3

Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=5)
    parser.add_argument("--only", choices=["kill", "freeze", "restart", "limit", "outage"], action="append")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="watchkeeper-bench-", ignore_cleanup_errors=True) as folder,
        asyncio.Runner() as runner,
    ):
        figures = runner.run(_measure(Path(folder), given.faults, given.only))
    report(figures, given.json)


async def _measure(folder: Path, faults: int, only: list[str] | None) -> Figures:
    port, log, output, profile = free_port(), folder / "traffic.jsonl", folder / "serve.log", folder / "profile"
    figures: Figures = {}
    recorder = Recorder()
    async with (
        world(log, accounts=ACCOUNTS, workers=WORKERS, master_port=port, seed=1, slow_share=0.0) as around,
        crew(profile, port, output) as running,
    ):
        names = await running.hire(WORKERS, ACCOUNTS, around.proxies)
        accounts = await running.watch(around.feeds, ACCOUNTS, INTERVAL)
        await recorder.listen(running.client)
        bench = Bench(running, around, recorder, names, accounts)
        parts: dict[str, Callable[[], Awaitable[Figures]]] = {
            "kill": lambda: bench.failovers("kill -9", signal.SIGKILL, faults),
            "freeze": lambda: bench.failovers("SIGSTOP", signal.SIGSTOP, faults),
            "restart": lambda: bench.restarts(min(faults, 20)),
            "limit": bench.limit,
            "outage": lambda: bench.outages(log, profile),
        }
        for name, part in parts.items():
            if not only or name in only:
                figures |= await part()
        figures["late claims refused"] = refused_claims(profile / "logs", output)
        code, seconds = await running.stop()
        figures["shutdown of master and workers"] = {
            "s": round(seconds, 2), "code": code, "left": len(processes_of(profile)),
        }  # fmt: skip
    return figures


class Bench:
    """The parts; each leaves all workers running."""

    def __init__(self, running: Crew, around: World, recorder: Recorder, names: list[str], accounts: list[str]) -> None:
        self._crew = running
        self._world = around
        self._recorder = recorder
        self._names = names
        self._accounts = accounts

    async def failovers(self, label: str, number: signal.Signals, faults: int) -> Figures:
        """Return the time (ms) from the fault to each account's first result by another worker."""
        times: list[float] = []
        slowest: list[float] = []
        granted: list[float] = []
        for fault in range(faults):
            victim = self._names[fault % WORKERS]
            await self._give_all_to(victim)
            pid = (await self._crew.client.worker_status(victim)).pid
            assert pid is not None
            held = [account for account in self._accounts if self._recorder.owner(account) == victim]
            began = time.time() * 1000
            os.kill(pid, number)
            try:
                await until(lambda held=held, victim=victim, began=began: self._all_seen(held, victim, began), SECONDS,
                            f"a result of another worker than {victim}")  # fmt: skip
            finally:
                if number == signal.SIGSTOP:
                    os.kill(pid, signal.SIGCONT)
            spans = [self._seen(account, victim, began) - began for account in held]
            times += spans
            slowest.append(max(spans))
            granted += [self._granted(account, victim, began) - began for account in held]
            await self._crew.online(WORKERS)
        return {
            f"{label}: granted to another owner (ms)": summary(granted),
            f"{label}: first result of another owner (ms, each account)": summary(times),
            f"{label}: the slowest account of each of {faults} faults (ms)": summary(slowest),
        }

    async def restarts(self, count: int) -> Figures:
        """Return the time (ms) from ``kill -9`` to running again, the default first delay of 1 s included."""
        times = []
        victim = self._names[0]
        await self._crew.client.patch_worker_config(victim, WorkerConfigPatch(restart_delay_ms=1000))
        for _ in range(count):
            # A start by hand forgets earlier crashes: each is a first one.
            await self._crew.client.restart_worker(victim)
            rows = {row.worker_id: row for row in await self._crew.online(WORKERS)}
            pid = rows[victim].pid
            assert pid is not None
            began = time.perf_counter()
            os.kill(pid, signal.SIGKILL)

            async def again(before: int = pid) -> bool:
                row = await self._crew.client.worker_status(victim)
                return row.online and row.status == "running" and row.pid not in (None, before)

            await until(again, SECONDS, "the worker runs again")
            times.append((time.perf_counter() - began) * 1000)
        await self._crew.client.patch_worker_config(victim, WorkerConfigPatch(restart_delay_ms=0))
        return {"kill -9 -> running again, first delay of 1 s included (ms)": summary(times)}

    async def limit(self) -> Figures:
        """A worker that crashes at once: so many restarts, then it gives up."""
        client = self._crew.client
        await client.create_worker_config(
            WorkerConfigCreate(
                worker_id="broken", name="broken", command_args=["--no-such-option"], restart_delay_ms=100,
                max_restart_attempts=CRASH_LIMIT,
            )
        )  # fmt: skip
        began = time.perf_counter()
        await client.start_worker("broken")

        async def gave_up() -> bool:
            return (await client.worker_status("broken")).status == "error"

        await until(gave_up, SECONDS, "the worker gives up")
        seconds = time.perf_counter() - began

        async def alerted() -> int:
            return sum(alert.subject == "broken" for alert in (await client.alerts()).rows)

        alerts = await until(alerted, 5, "an alert")
        restarts = (await client.worker_status("broken")).restart_count
        await client.delete_worker_config("broken")
        return {"crashes at once, limit 3": {"restarts": restarts, "alerts": alerts, "s": round(seconds, 2)}}

    async def outages(self, log: Path, profile: Path) -> Figures:
        """The master cannot be reached by any worker for a while: registered again how soon, and what was lost."""
        figures: Figures = {}
        for seconds in OUTAGES:
            before = {row.worker_id: row.pid for row in await self._crew.online(WORKERS)}
            for number in range(WORKERS):
                await self._world.away(number, gone=True)
            await self._world.rate(5)
            await asyncio.sleep(seconds)
            for number in range(WORKERS):
                await self._world.away(number, gone=False)
            began = time.perf_counter()
            rows = await self._crew.online(WORKERS)
            took = time.perf_counter() - began
            await self._world.rate(0)
            survived = sum(before.get(row.worker_id) == row.pid for row in rows)
            figures[f"master away for {seconds:g} s"] = {
                "all registered again (s)": round(took, 2), "processes that lived on": survived,
            }  # fmt: skip
        for account in self._accounts:
            await self._crew.client.check_account(account)
        await self._world.flush()
        published = read_traffic(log).published

        async def arrived() -> bool:
            return not audit_items(profile / "watchkeeper.db", published, self._accounts)["lost"]

        await until(arrived, 2 * INTERVAL, "every entry")
        figures["items lost in these outages"] = {"published": len(published), "lost": 0}
        return figures

    async def _give_all_to(self, victim: str) -> None:
        async def there() -> bool:
            away = [account for account in self._accounts if self._recorder.owner(account) != victim]
            for account in away:
                await self._crew.client.assign_account(account, AssignmentPut(worker_id=victim))
            return not away

        await until(there, SECONDS, f"all accounts on {victim}")

    async def _all_seen(self, held: list[str], victim: str, began: float) -> bool:
        return all(self._seen(account, victim, began) for account in held)

    def _granted(self, account: str, victim: str, began: float) -> float:
        grants = self._recorder.grants[account]
        return next(one.since for one in grants if one.since > began and one.worker_id not in (None, victim))

    def _seen(self, account: str, victim: str, began: float) -> float:
        results = self._recorder.results.get(account, [])
        return next((at for at, owner in results if at > began and owner != victim), 0.0)


if __name__ == "__main__":
    main()
