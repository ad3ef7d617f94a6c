"""One run: world, crew, plan, audit."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.chaos.audits import audit_gaps, audit_items, audit_owners, read_traffic, refused_claims
from tests.chaos.crews import crew, processes_of
from tests.chaos.disks import Disk, small_disk
from tests.chaos.drivers import Driver
from tests.chaos.faults import plan
from tests.chaos.records import Recorder
from tests.chaos.worlds import world
from tests.helpers.ports import free_port

SETTLE_SECONDS = 2.0
ARRIVE_SECONDS = 120.0
ORPHAN_SECONDS = 15.0

SHOWN = 10
"""So many violations are told in full."""
PROVING_FAULTS = 100
"""A run of so many must have seen fencing at work."""


@dataclass(frozen=True)
class Shape:
    """How large a run is. ``interval``: seconds between checks, ``rate``: entries a second over all feeds."""

    seed: int
    faults: int
    accounts: int = 200
    workers: int = 4
    interval: int = 5
    rate: float = 10.0


async def run(shape: Shape, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Make one run in ``folder`` and return what it came to; ``failures`` is empty for a good one."""
    random.seed(shape.seed)
    recorder = Recorder()
    port = free_port()
    output, traffic_log = folder / "serve.log", folder / "traffic.jsonl"
    began = time.monotonic()
    with small_disk(folder / "disk") as disk:
        profile = disk.folder / "profile"
        sizes = {"accounts": shape.accounts, "workers": shape.workers}
        async with (
            world(traffic_log, **sizes, master_port=port, seed=shape.seed) as around,
            crew(profile, port, output) as running,
        ):
            # Every survivor has a place for each account: placement is not what is tried here.
            names = await running.hire(shape.workers, shape.accounts, around.proxies)
            accounts = await running.watch(around.feeds, shape.accounts, shape.interval)
            await recorder.listen(running.client)
            driver = Driver(running, around, recorder, disk, names)
            say(f"{len(accounts)} accounts on {len(names)} workers after {time.monotonic() - began:.1f} s")
            await around.rate(shape.rate)
            stopped = await _make(driver, shape, disk, say)
            await around.rate(0)
            await asyncio.sleep(SETTLE_SECONDS)
            await around.flush()
            published = read_traffic(traffic_log).published
            await _arrive(profile, published, accounts, say)
            await around.flush()
            code, stop_seconds = await running.stop()
            orphans = await _orphans(profile)
        traffic = read_traffic(traffic_log)
        items = audit_items(profile / "watchkeeper.db", published, accounts)
        late = refused_claims(profile / "logs", output)
    result: dict[str, Any] = {
        "shape": asdict(shape),
        "seconds": round(time.monotonic() - began, 1),
        "faults": dict(Counter(h.fault.kind for h in driver.happened)),
        "left out": f"disk: {disk.why_not}" if disk.why_not else "",
        "items": items,
        "shown twice": sorted(item for item, count in recorder.told.items() if count > 1),
        "owners": audit_owners(traffic, accounts, recorder, driver.happened),
        "late claims refused": late,
        "orphans": [*orphans, *(h.worker_id for h in driver.happened if h.orphans)],
        "gaps ms": audit_gaps(traffic, accounts, recorder, driver.happened),
        "recovered ms": _recoveries(driver),
        "stop": {"code": code, "seconds": round(stop_seconds, 2)},
        "resyncs": recorder.resyncs,
    }
    result["failures"] = failures(result, stopped)
    return result


async def _make(driver: Driver, shape: Shape, disk: Disk, say: Callable[[str], None]) -> str:
    """Make all faults; return why that ended early, if it did."""
    for number, fault in enumerate(plan(shape.seed, shape.faults, shape.workers, not disk.why_not), 1):
        try:
            happened = await driver.run(fault, shape.accounts)
        except AssertionError as error:
            return f"fault {number}, {fault}: {error}"
        back = f"back after {happened.recovered_ms:.0f} ms"
        say(f"{number:3} {fault.kind:9} {happened.worker_id} {fault.seconds:6.2f} s, {back}")
    return ""


async def _arrive(profile: Path, published: dict[int, int], accounts: list[str], say: Callable[[str], None]) -> None:
    """Wait until all that was published is stored, or long enough."""
    deadline = time.monotonic() + ARRIVE_SECONDS
    while time.monotonic() < deadline:
        missing = len(audit_items(profile / "watchkeeper.db", published, accounts)["lost"])
        if not missing:
            return
        await asyncio.sleep(0.5)
    say(f"{missing} items are still missing")


async def _orphans(profile: Path) -> list[str]:
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (left := processes_of(profile)) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return [_words(process) for process in left]


def _words(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())}"
    except psutil.NoSuchProcess:
        return f"{process.pid}"


def _recoveries(driver: Driver) -> dict[str, int]:
    longest: dict[str, int] = {}
    for happened in driver.happened:
        if happened.recovered_ms is not None:
            kind = happened.fault.kind
            longest[kind] = max(longest.get(kind, 0), round(happened.recovered_ms))
    return longest


def failures(result: dict[str, Any], stopped: str) -> list[str]:
    """Return what a good run has not."""
    items, owners = result["items"], result["owners"]
    found = [stopped] if stopped else []
    found += [f"{len(items[what])} items {what}" for what in ("lost", "stored twice", "never published") if items[what]]
    if items["told twice"]:
        found.append(f"{items['told twice']} items told twice")
    if result["shown twice"]:
        found.append(f"{len(result['shown twice'])} items shown twice")
    if owners["two owners"]:
        few = owners["two owners"][:SHOWN]
        found.append(f"{len(owners['two owners'])} checks begun beside another owner: {few}")
    if not owners["requests judged"] or not items["published"]:
        found.append("nothing was observed")
    if owners["unknown asker"] > owners["requests judged"] / 20:
        found.append("too many requests came from nobody known")
    if result["orphans"]:
        found.append(f"orphans: {result['orphans']}")
    if result["stop"]["code"] != 0:
        found.append(f"the master ended with {result['stop']['code']}")
    # Whether a worker claims something late is chance: with enough faults some do.
    if not result["late claims refused"] and sum(result["faults"].values()) >= PROVING_FAULTS:
        found.append("no late claim was refused: the run proves nothing of fencing")
    return found
