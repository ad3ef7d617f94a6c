"""1,000 feeds that answer 304, on 10 workers, for ``--minutes``: memory and its slope, processors.

``--mixed``: of them 700 feeds, 140 web pages, 140 JSON lists that change now and then, and 20 mailboxes listened to.
"""

import argparse
import asyncio
import contextlib
import tempfile
import time
from pathlib import Path
from statistics import linear_regression, mean
from typing import Any

import psutil

from tests.bench.figures import report
from tests.bench.mixtures import mailboxes, vault_arguments, watch_mixed
from tests.chaos.crews import Crew, crew
from tests.chaos.worlds import world
from tests.helpers.dovecot import Mailbox
from tests.helpers.ports import free_port

SAMPLE_SECONDS = 5.0
WARM_UP_INTERVALS = 2
START_SECONDS = 300.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=10)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    given_boxes: contextlib.AbstractContextManager[dict[int, Mailbox]] = contextlib.nullcontext({})
    if given.mixed:
        given_boxes = mailboxes(given.accounts)
    with (
        tempfile.TemporaryDirectory(prefix="watchkeeper-bench-", ignore_cleanup_errors=True) as folder,
        given_boxes as boxes,
        asyncio.Runner() as runner,
    ):
        figures = runner.run(_soak(Path(folder), given, boxes))
    report(figures, given.json)


async def _soak(folder: Path, given: argparse.Namespace, boxes: dict[int, Mailbox]) -> dict[str, Any]:
    port, log = free_port(), folder / "traffic.jsonl"
    arguments = vault_arguments(folder) if given.mixed else []
    async with (
        world(log, accounts=given.accounts, workers=0, master_port=port, seed=1, slow_share=0.0) as around,
        crew(folder / "profile", port, folder / "serve.log", arguments) as running,
    ):
        await running.hire(given.workers, -(-given.accounts // given.workers))
        began = time.monotonic()
        if given.mixed:
            await watch_mixed(running, around.feeds, boxes, given.accounts, given.interval, START_SECONDS)
        else:
            await running.watch(around.feeds, given.accounts, given.interval, START_SECONDS)
        ready = time.monotonic() - began
        await asyncio.sleep(WARM_UP_INTERVALS * given.interval)
        rows = await running.client.workers()
        processes = {"master": psutil.Process(running.pid)}
        processes |= {row.worker_id: psutil.Process(row.pid) for row in rows if row.pid}
        start_ms, looked = time.time() * 1000, await _checks(running)
        samples = await _sample(processes, given.minutes * 60)
        span = time.time() - start_ms / 1000
        checks = await _checks(running) - looked
        figures: dict[str, Any] = {
            "accounts, workers, interval (s)": f"{given.accounts}, {given.workers}, {given.interval}",
            "created and each looked at once (s)": round(ready, 1),
            "minutes": round(span / 60, 1),
            "checks a second": round(checks / span, 1),
        }
        return figures | _figures(samples)


async def _checks(running: Crew) -> int:
    return sum(account.checks_total for account in await running.client.all_accounts())


async def _sample(processes: dict[str, psutil.Process], seconds: float) -> list[dict[str, Any]]:
    """Measure all every few seconds: ``at`` (s), ``pss`` and ``rss`` (MB), ``master`` and ``workers`` (% of a core)."""
    for process in processes.values():
        process.cpu_percent()
    samples = []
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        await asyncio.sleep(SAMPLE_SECONDS)
        shares = {name: process.cpu_percent() for name, process in processes.items()}
        memory = {name: process.memory_full_info() for name, process in processes.items()}
        samples.append(
            {
                "at": time.monotonic() - began,
                "pss": sum(one.pss for one in memory.values()) / 1e6,
                "rss": sum(one.rss for one in memory.values()) / 1e6,
                "master_rss": memory["master"].rss / 1e6,
                "master": shares.pop("master"),
                "workers": sum(shares.values()),
            }
        )
    return samples


def _figures(samples: list[dict[str, Any]]) -> dict[str, Any]:
    # What the master keeps of each account (40 ticks of its bar) is full after 40 intervals: the later half tells.
    parts = {"whole": samples, "later half": samples[len(samples) // 2 :]}
    return {
        "PSS of all (MB)": {
            "mean": round(mean(s["pss"] for s in samples)),
            "max": round(max(s["pss"] for s in samples)),
        },
        "RSS of all (MB, shared pages counted by each)": round(mean(s["rss"] for s in samples)),
        "slope of RSS (MB an hour)": {
            f"{name}, {part}": _slope(rows, field)
            for part, rows in parts.items()
            for name, field in (("all", "rss"), ("master", "master_rss"))
        },
        "processor (% of one core)": {name: round(mean(s[name] for s in samples), 1) for name in ("master", "workers")}
        | {"all": round(mean(s["master"] + s["workers"] for s in samples), 1)},
    }


def _slope(samples: list[dict[str, Any]], field: str) -> float:
    hours = [sample["at"] / 3600 for sample in samples]
    return round(linear_regression(hours, [sample[field] for sample in samples]).slope, 1)


if __name__ == "__main__":
    main()
