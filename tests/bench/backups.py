"""How a backup of a large database holds up the writer: ``python -m tests.bench.backups --items 1000000``.

Writes of the size of an ingest are made all the while; their times with and without a backup are compared.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import text as sql

from master.store import backup_files, backups
from master.store.engine import Connection, Database
from tests.bench.figures import percentile

BATCH = 20_000
SQL = (
    "INSERT INTO items (account_id, kind, key, title, text, author, url, thread, created_at, detected_at, stored_at, "
    "worker_id, how) VALUES (?, 'entry', ?, ?, ?, '', '', '', 1, 1, 1, 'w', 'poll')"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.backups", description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--characters", type=int, default=800)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchkeeper-backup-", dir=".") as folder, asyncio.Runner() as runner:
        print(json.dumps(runner.run(_measure(Path(folder).resolve(), given.items, given.characters)), indent=1))
    return 0


async def _measure(folder: Path, items: int, characters: int) -> dict[str, object]:
    path = folder / "watchkeeper.db"
    database = Database(path)
    await database.open()
    await asyncio.to_thread(_fill, path, items, characters)
    alone = await _write(database, asyncio.create_task(asyncio.sleep(5)))
    began = time.monotonic()
    making = asyncio.create_task(asyncio.to_thread(backups.make, path, "manual"))
    beside = await _write(database, making)
    record = making.result()
    assert record is not None
    seconds = time.monotonic() - began
    began = time.monotonic()
    found = await asyncio.to_thread(backups.verify, folder / backup_files.FOLDER, record.id)
    assert found is not None
    assert found.problem is None
    checked = time.monotonic() - began
    await database.close()
    return {
        "items": items,
        "megabytes": record.size_bytes >> 20,
        "backup seconds": round(seconds, 1),
        "of which a check takes": round(checked, 1),
        "write ms alone": _shares(alone),
        "write ms beside a backup": _shares(beside),
    }


def _fill(path: Path, items: int, characters: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        for first in range(0, items, BATCH):
            rows = [
                (f"a{n % 100}", f"k{n}", f"title {n}", f"{n} " * (characters // (len(str(n)) + 1)))
                for n in range(first, min(first + BATCH, items))
            ]
            with db:
                db.executemany(SQL, rows)
                db.executemany("INSERT INTO item_keys (account_id, key) VALUES (?, ?)", [row[:2] for row in rows])


async def _write(database: Database, until: "asyncio.Task[object]") -> list[float]:
    """Write again and again until a task has ended; return how long each took, in ms."""
    number, times = 0, []

    def work(conn: Connection) -> None:
        for part in range(20):
            conn.execute(sql("INSERT INTO meta VALUES (:k, :v)"), {"k": f"bench {number} {part}", "v": "x" * 300})

    while not until.done():
        number = time.monotonic_ns()
        began = time.perf_counter()
        await database.write(work)
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.01)
    return times


def _shares(values: list[float]) -> dict[str, float]:
    shares = {name: round(percentile(values, share), 1) for name, share in (("p50", 50), ("p99", 99), ("max", 100))}
    return shares | {"writes": len(values)}


if __name__ == "__main__":
    sys.exit(main())
