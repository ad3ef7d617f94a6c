"""The tables of jobs and of their slots, in a real database."""

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy.exc import IntegrityError

from master.api.jobs import JobTemplate, Retry
from master.store.engine import Database
from master.store.job_statistics import JobStatistics
from master.store.jobs import JobQuery, JobRecord, JobStore, ReservationRecord
from worker.protocol.states import JobReason, JobState, ReservationState
from worker.protocol.texts import text

STORE: JobStore[JobTemplate] = JobStore(JobTemplate)


@pytest_asyncio.fixture
async def database(tmp_path):
    database = Database(tmp_path / "test.db")
    await database.open()
    yield database
    await database.close()


def record(number: int, **more) -> JobRecord[JobTemplate]:
    template = JobTemplate(runner="command", spec={"command": "a"}, retry=Retry(attempts=2), cpus=2)
    values = {"id": f"{number:012x}", "name": f"n{number}", "template": template, "runner": "command"}
    return JobRecord(**values | {"state": JobState.PENDING, "submitted_at": 1000} | more)


def slots(job: JobRecord, run: int = 1, **more) -> ReservationRecord:
    values = {"job_id": job.id, "run": run, "worker_id": "w1", "cpus": 2, "memory_mb": None, "exclusive": False}
    return ReservationRecord(**values | {"state": ReservationState.RESERVED, "reserved_at": 1} | more)


def released(job: JobRecord, run: int, **more) -> ReservationRecord:
    return slots(job, run, state=ReservationState.RELEASED, released_at=2, **more)


async def test_what_is_written_is_read(database):
    job = record(1, error=text("job_end_lost"), result={"a": [1]}, reason=JobReason.LOST)
    await database.write(lambda conn: STORE.insert(conn, job))
    assert await database.read(lambda conn: STORE.get(conn, job.id)) == job
    changes = {"state": JobState.FAILED, "ended_at": 5, "error": None, "result": None, "version": 2}
    await database.write(lambda conn: STORE.update(conn, job.id, changes))
    found = await database.read(lambda conn: STORE.get(conn, job.id))
    assert found == msgspec.structs.replace(job, **changes)
    assert await database.read(lambda conn: STORE.get(conn, "x")) is None


async def test_open_jobs_come_with_their_slots_and_runs(database):
    first, second, over = record(1, attempts=3), record(2), record(3, state=JobState.COMPLETED, ended_at=9)

    def work(conn):
        for job in (first, second, over):
            STORE.insert(conn, job)
        STORE.reserve(conn, released(first, 1, allocated_at=1))
        STORE.reserve(conn, released(first, 2))
        STORE.reserve(conn, slots(first, 3))

    await database.write(work)
    opened = await database.read(STORE.open)
    assert [(one.record.id, one.begun) for one in opened] == [(first.id, 1), (second.id, 0)]
    assert [one.held for one in opened] == [slots(first, 3), None]
    assert await database.read(STORE.last_id) == over.id


async def test_a_job_holds_slots_once(database):
    job = record(1)
    await database.write(lambda conn: (STORE.insert(conn, job), STORE.reserve(conn, slots(job))))
    with pytest.raises(IntegrityError):
        await database.write(lambda conn: STORE.reserve(conn, slots(job, 2)))
    changes = {"state": ReservationState.RELEASED, "released_at": 3}
    await database.write(lambda conn: STORE.update_reservation(conn, job.id, 1, changes))
    await database.write(lambda conn: STORE.reserve(conn, slots(job, 2)))
    assert [one.run for one in await database.read(STORE.held)] == [2]
    await database.write(lambda conn: STORE.update_reservation(conn, job.id, 2, changes))
    await database.write(lambda conn: STORE.restore(conn, slots(job, 2)))
    assert await database.read(STORE.held) == [slots(job, 2)]


async def test_slots_of_ended_jobs_are_found(database):
    over = record(1, state=JobState.FAILED, ended_at=9)
    await database.write(lambda conn: (STORE.insert(conn, over), STORE.reserve(conn, slots(over))))
    assert await database.read(STORE.stale) == [slots(over)]


async def test_only_what_has_ended_is_deleted(database):
    over, opened = record(1, state=JobState.FAILED, ended_at=9), record(2)
    await database.write(lambda conn: (STORE.insert(conn, over), STORE.insert(conn, opened)))
    await database.write(lambda conn: STORE.reserve(conn, released(over, 1)))
    assert await database.write(lambda conn: STORE.delete(conn, [over.id, opened.id, "x"])) == 1
    assert await database.read(lambda conn: STORE.known(conn, [over.id, opened.id])) == {opened.id}
    assert await database.read(lambda conn: STORE.page(conn, JobQuery(), 10)) == [opened]


async def test_an_end_needs_its_time_and_a_state_its_word(database):
    for wrong in ({"state": JobState.FAILED}, {"ended_at": 5}, {"state": "DONE", "ended_at": 5}):
        with pytest.raises(IntegrityError):
            await database.write(lambda conn, wrong=wrong: STORE.insert(conn, record(1, **wrong)))


async def test_sums_of_what_ended(database):
    jobs = [
        record(1, state=JobState.COMPLETED, started_at=2000, ended_at=5000, worker_id="w1", name="a"),
        record(2, state=JobState.FAILED, started_at=2000, ended_at=3000, worker_id="w1", name="a"),
        record(3, state=JobState.FAILED, ended_at=4000, reason=JobReason.BAD_COMMAND, name="b"),
        record(4, state=JobState.CANCELLED, ended_at=10_000_000, name="b"),
        record(5),
    ]
    await database.write(lambda conn: [STORE.insert(conn, job) for job in jobs])
    store = JobStatistics()
    names = await database.read(lambda conn: store.by_name(conn, 0))
    assert (names["a"].total, names["a"].shortest_ms, names["a"].longest_ms, names["a"].sum_ms) == (2, 1000, 3000, 4000)
    assert (names["b"].total, names["b"].failed, names["b"].cancelled, names["b"].timed) == (2, 1, 1, 0)
    assert list(await database.read(lambda conn: store.by_worker(conn, 0))) == ["w1"]
    assert await database.read(lambda conn: store.reasons(conn, 0)) == {"bad_command": 1}
    assert await database.read(lambda conn: store.mean_wait_ms(conn, 0)) == 1000
    assert sorted(await database.read(lambda conn: store.by_quarter(conn, 4000))) == [0, 9_900_000]
