"""Writing a minute of figures of 10 workers (ms a transaction), with eight days of them in the table, and its size."""

import asyncio
import random
import time

from master.services.metric_buffers import FINEST, MetricBuffer, downsample
from master.store.engine import Connection, Database
from master.store.metrics import KEPT_MS, MetricStore, Sample
from tests.bench.figures import arguments, report, summary, throw_away_profile

SERIES = [f"worker:w{worker}:{field}" for worker in range(10) for field in range(9)] + [
    f"master:{field}" for field in range(8)
]
BEGIN = 1_800_000_000_000 // 600_000 * 600_000


def main() -> None:
    given = arguments(__doc__ or "", runs=100)
    with asyncio.Runner() as runner:
        report(runner.run(_measure(given.runs)), given.json)


async def _measure(runs: int) -> dict[str, object]:
    store, took = MetricStore(), []
    with throw_away_profile() as profile:
        profile.mkdir()
        database = Database(profile / "bench.db")
        await database.open()
        for series in SERIES:
            await database.write(lambda conn, series=series: store.add(conn, _eight_days(series)))
        buffer = MetricBuffer()
        for run in range(runs):
            now = BEGIN + (run + 1) * 60_000
            for second in range(0, 60, FINEST):
                for series in SERIES:
                    buffer.note(series, now - 60_000 + second * 1000, random.random())
            began = time.perf_counter()
            taken = buffer.take()
            samples = [*taken, *(one for step in KEPT_MS if step != FINEST for one in downsample(taken, step))]

            def work(conn: Connection, samples: list[Sample] = samples, now: int = now) -> None:
                store.add(conn, samples)
                store.prune(conn, now)

            await database.write(work)
            took.append((time.perf_counter() - began) * 1000)
        await database.close()
        size = (profile / "bench.db").stat().st_size
    return {"flush_ms": summary(took), "database_mb": round(size / 1_048_576, 1)}


def _eight_days(series: str) -> list[Sample]:
    return [
        Sample(series, step, BEGIN - back, 1, 1.0, 1.0, 1.0)
        for step, kept in KEPT_MS.items()
        for back in range(step * 1000, kept, step * 1000)
    ]


if __name__ == "__main__":
    main()
