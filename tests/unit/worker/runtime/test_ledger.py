"""The ledger on its thread: damage is survived."""

import threading

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import lines
from worker.runtime.ledger import Ledger, LedgerDamagedError
from worker.runtime.threads import Threads


@pytest.fixture
def threads():
    pool = Threads(limit=1, name="ledger")
    yield pool
    pool.close()


@pytest.fixture
def resets():
    return []


@pytest.fixture
async def ledger(tmp_path, threads, resets):
    it = Ledger(tmp_path / "ledger.db", threads, lambda: resets.append(1))
    await it.open()
    yield it
    await it.close()


async def append(ledger, *keys):
    return await ledger.append("a1", 1, lines(*keys), baseline=False, cursor=None, how="poll")


async def test_counts_what_waits(ledger):
    await ledger.begin(assignment())
    await append(ledger, "a", "b")
    assert (ledger.backlog("a1"), ledger.total_backlog(), ledger.waiting()) == (2, 2, ["a1"])
    batch = await ledger.next_batch("a1")
    await ledger.acknowledge(batch, [1, 2])
    assert ledger.backlog("a1") == 0
    assert await ledger.next_batch("a1") is None
    assert ledger.waiting() == []


async def test_works_on_a_daemon_thread(ledger, threads):
    names = []
    await threads.run_blocking(lambda: names.append(threading.current_thread()), 5)
    assert names[0].daemon
    assert names[0].name.startswith("worker-ledger")


@pytest.mark.expects_log("was restored")
async def test_adopts_generations(ledger):
    await ledger.adopt("g1")
    await ledger.adopt("g2")
    assert ledger.generation == "g2"


@pytest.mark.expects_log("damaged")
@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 9000, b"\x00" * 4096])
async def test_a_damaged_file_is_put_aside_at_the_start(tmp_path, threads, content):
    path = tmp_path / "other.db"
    path.write_bytes(content)
    ledger = Ledger(path, threads, lambda: None)
    await ledger.open()
    assert (await append(ledger, "a")).count == 1
    (aside,) = tmp_path.glob("other.db.damaged-*")
    assert aside.read_bytes() == content
    await ledger.close()


@pytest.mark.expects_log("damaged")
async def test_damage_while_it_runs_begins_anew_and_says_so(tmp_path, ledger, resets):
    await ledger.begin(assignment())
    await append(ledger, *(f"k{number}" for number in range(2000)))
    for pragma in ("wal_checkpoint(TRUNCATE)", "shrink_memory"):
        ledger._file._db.execute(f"PRAGMA {pragma}")
    path = tmp_path / "ledger.db"
    size = path.stat().st_size
    with path.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xa5" * (size - 4096))
    with pytest.raises(LedgerDamagedError):
        await append(ledger, "new")
    assert resets == [1]
    assert list(tmp_path.glob("ledger.db.damaged-*"))
    assert (await append(ledger, "after")).count == 1
    assert ledger.total_backlog() == 1


async def test_a_folder_that_cannot_be_made_is_an_error(tmp_path, threads):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        await Ledger(tmp_path / "file" / "ledger.db", threads, lambda: None).open()
