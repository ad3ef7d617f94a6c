"""One writer that gathers, readers that cannot write."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from master.store.assignments import AssignmentStore
from master.store.engine import BATCH, Connection, Database
from master.store.meta import MetaStore


@pytest.fixture
async def database(profile: Path) -> AsyncIterator[Database]:
    made = Database(profile / "watchkeeper.db")
    await made.open()
    yield made
    await made.close()


def put(key: str, value: str):
    return lambda conn: MetaStore().set(conn, key, value)


def get(key: str):
    return lambda conn: MetaStore().get(conn, key)


async def test_what_was_written_is_read_also_by_others(database, profile):
    await database.write(put("a", "1"))
    assert await database.read(get("a")) == "1"
    with sqlite3.connect(profile / "watchkeeper.db") as other:
        assert other.execute("SELECT value FROM meta WHERE key = 'a'").fetchone() == ("1",)
    other.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 5000)],
)
async def test_it_keeps_what_it_promises(database, pragma, value):
    def ask(conn: Connection):
        return conn.exec_driver_sql(f"PRAGMA {pragma}").scalar()

    assert await database.write(ask) == value
    assert await database.read(ask) == value


async def test_a_reader_cannot_write(database):
    with pytest.raises(OperationalError, match="readonly"):
        await database.read(put("a", "1"))


async def test_writes_that_wait_share_a_transaction_in_the_order_of_the_calls(database):
    commits = []
    database._writer.pool  # noqa: B018 (opened)
    from sqlalchemy import event

    event.listen(database._writer, "commit", lambda conn: commits.append(1))
    seen: list[int] = []

    def work(number: int):
        def write(conn: Connection) -> int:
            seen.append(number)
            return number

        return write

    count = BATCH + 50
    results = await asyncio.gather(*(database.write(work(number)) for number in range(count)))
    assert results == seen == list(range(count))
    # The first goes at once, then a full batch, then the rest.
    assert len(commits) == 3


async def test_one_that_fails_hurts_no_other(database):
    def broken(conn: Connection) -> None:
        MetaStore().set(conn, "half", "done")
        raise ValueError("no")

    results = await asyncio.gather(
        database.write(put("a", "1")),
        database.write(put("b", "2")),
        database.write(broken),
        database.write(put("c", "3")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), type(None), ValueError, type(None)]
    assert [await database.read(get(key)) for key in ("a", "b", "half", "c")] == ["1", "2", None, "3"]


async def test_a_constraint_that_is_broken_is_told(database):
    bad = "INSERT INTO tokens VALUES ('i', 'n', 'admin', 'h', ?, NULL, NULL)"
    for moment in (-1, 32_503_680_000_001):
        with pytest.raises(IntegrityError, match="CHECK"):
            await database.write(lambda conn, moment=moment: conn.exec_driver_sql(bad, (moment,)))


async def test_who_gives_up_waiting_does_not_stop_the_write(database):
    task = asyncio.ensure_future(database.write(put("a", "1")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.write(put("b", "2"))
    assert await database.read(get("a")) == "1"


async def test_closing_finishes_what_waits(profile):
    database = Database(profile / "watchkeeper.db")
    await database.open()
    writes = [asyncio.ensure_future(database.write(put(str(number), "x"))) for number in range(300)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    assert await asyncio.gather(*writes) == [None] * 300
    with pytest.raises(RuntimeError):
        await database.write(put("a", "1"))
    with pytest.raises(RuntimeError):
        await database.read(get("a"))


async def test_epochs_only_grow_and_ids_of_the_profile_stay(profile):
    meta, assignments = MetaStore(), AssignmentStore()
    ids, epochs = [], []
    for _ in range(2):
        database = Database(profile / "watchkeeper.db")
        await database.open()
        ids.append(await database.read(lambda conn: (meta.profile_id(conn), meta.generation(conn))))
        epochs.append(await database.write(lambda conn: assignments.next_epochs(conn, 10)))
        epochs.append(await database.write(assignments.next_epoch))
        await database.close()
    assert ids[0] == ids[1]
    assert epochs == [1, 11, 12, 22]
