"""Configurations of workers and what happened to each, written and read back."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from master.api.schema import WorkerConfig
from master.store import workers
from master.store.engine import Database, IntegrityError
from master.store.workers import WorkerStore
from worker.protocol.texts import text

CONFIG = WorkerConfig(
    worker_id="w1",
    name="One",
    description="",
    deployment_type="local",
    host="localhost",
    port=4001,
    max_accounts=10,
    max_memory_mb=None,
    cpu_cores=2,
    env={"A": "1"},
    command_args=["-x"],
    working_directory=None,
    auto_start=True,
    auto_restart=False,
    restart_delay_ms=1000,
    max_restart_attempts=3,
    enabled=True,
    version=1,
    created_at=5,
)


@pytest.fixture
async def database(profile: Path) -> AsyncIterator[Database]:
    made = Database(profile / "watchkeeper.db")
    await made.open()
    yield made
    await made.close()


async def test_a_configuration_comes_back_as_it_was_written(database):
    store = WorkerStore(WorkerConfig)
    older = msgspec.structs.replace(CONFIG, worker_id="w0", created_at=1, port=None, enabled=False)
    for config in (CONFIG, older):
        await database.write(lambda conn, config=config: store.insert(conn, config))
    assert await database.read(store.all_configs) == [older, CONFIG]
    with pytest.raises(IntegrityError):
        await database.write(lambda conn: store.insert(conn, CONFIG))
    changed = msgspec.structs.replace(CONFIG, name="Two", version=2, env={})
    assert await database.write(lambda conn: store.update(conn, changed, 1))
    assert not await database.write(lambda conn: store.update(conn, changed, 1))
    assert (await database.read(store.all_configs))[1] == changed
    await database.write(lambda conn: store.delete(conn, "w1"))
    assert await database.read(store.all_configs) == [older]


async def test_the_last_events_of_each_worker_are_kept(database, monkeypatch):
    monkeypatch.setattr(workers, "KEPT_LOGS", 3)
    store = WorkerStore(WorkerConfig)
    for number in range(5):
        for worker_id in ("w1", "w2"):
            await database.write(
                lambda conn, n=number, w=worker_id: store.add_log(conn, w, "exit", n, text("exit_code", exit_code=n))
            )
    kept = await database.read(lambda conn: store.logs(conn, "w1"))
    assert [entry.at for entry in kept] == [4, 3, 2]
    assert kept[2].text == text("exit_code", exit_code=2)
    assert [entry.at for entry in await database.read(lambda conn: store.logs(conn, "w2", 1))] == [4]
    await database.write(lambda conn: store.delete(conn, "w1"))
    assert len(await database.read(lambda conn: store.logs(conn, "w1"))) == 3, "a deleted worker's events stay"
    assert [entry.at for entry in await database.read(lambda conn: store.logs(conn, "w1", 9, kept[0].id))] == [3, 2]
    assert await database.read(lambda conn: store.last_log_at(conn)) == {"w1": 4, "w2": 4}
    assert await database.read(lambda conn: store.count_logs(conn, 3, ["w1"])) == 4
    assert await database.write(lambda conn: store.purge_logs(conn, 3, ["w1"])) == 4
    assert [entry.at for entry in await database.read(lambda conn: store.logs(conn, "w2"))] == [4, 3]
