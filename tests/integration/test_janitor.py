"""What is cleared away, by a real master and its database: a dry run tells the same and touches nothing."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from master.api.schema import WorkerConfigCreate
from master.services.janitor import Janitor
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master
from worker.protocol.texts import text

DAY_MS = 24 * 3600 * 1000


def _event(profile: Path, worker_id: str, days: int) -> None:
    at = int(time.time() * 1000) - days * DAY_MS
    with closing(sqlite3.connect(profile / "watchkeeper.db")) as db, db:
        what = msgspec.json.encode(text("worker_deleted")).decode()
        db.execute(
            "INSERT INTO worker_logs (worker_id, kind, at, text) VALUES (?, 'system', ?, ?)", (worker_id, at, what)
        )


def _folder(profile: Path, worker_id: str, days: int) -> Path:
    folder = profile / "workers" / worker_id
    folder.mkdir(parents=True)
    (folder / "stdout.log").write_text("words\n")
    at = time.time() - days * 86400
    for path in (folder / "stdout.log", folder):
        os.utime(path, (at, at))
    return folder


async def test_a_dry_run_tells_what_a_run_does(profile: Path) -> None:
    before = _folder(profile, "before", 31)
    async with running_master(profile, workers=False) as (_, client):
        await until(lambda: not before.exists(), what="cleared away at the start")
        await client.create_worker_config(WorkerConfigCreate(worker_id="here", name="here"))
        await client.janitor(dry_run=False)  # after the run of the start, which holds the lock
        for worker_id, days in (("here", 91), ("here", 89), ("gone", 31), ("fresh", 29)):
            _event(profile, worker_id, days)
        kept = [_folder(profile, "here", 400), _folder(profile, "fresh", 400), _folder(profile, "new", 29)]
        cleared = [_folder(profile, "gone", 31), _folder(profile, "silent", 31)]
        dry = await client.janitor(dry_run=True)
        assert all(folder.is_dir() for folder in (*kept, *cleared))
        assert {row.what: row.count for row in dry.clearings if row.count} == {"worker_events": 2, "worker_folders": 2}
        done = await client.janitor(dry_run=False)
        assert done.clearings == dry.clearings
        assert (dry.dry_run, done.dry_run) == (True, False)
        assert all(folder.is_dir() for folder in kept)
        assert not any(folder.exists() for folder in cleared)
        assert not any(row.count for row in (await client.janitor(dry_run=True)).clearings)


async def test_a_run_under_way_ends_before_the_database_is_closed(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = 0

    async def busy(janitor: Janitor) -> None:
        nonlocal runs
        while True:
            await janitor.run(dry_run=True)
            runs += 1

    monkeypatch.setattr(Janitor, "watch", busy)
    # Whatever fails in the background is logged, and any error in the log fails a test.
    async with running_master(profile, workers=False):
        await until(lambda: runs > 2, what="some runs")
