"""What is cleared away of jobs, and what is put right."""

import os
import time

import pytest
from sqlalchemy import update

from master.services.job_retention import DAY_MS
from master.store.job_tables import job_reservations, jobs
from tests.helpers.deadlines import until
from tests.helpers.jobs import JobWorld, job_world
from worker.protocol.codec import now_ms
from worker.protocol.states import JobReason, JobState


@pytest.fixture
async def world(tmp_path):
    async with job_world(tmp_path, job_keep_total_mb=10) as world:
        world.hire("w1")
        await until(lambda: world.service._dispatcher.seats())
        yield world


async def ended(world: JobWorld, days: float, size: int = 0) -> str:
    """A job that ended so many days ago, and printed so much."""
    job = await world.submit()
    await world.finish(job.id)
    at = now_ms() - round(days * DAY_MS)
    await world.database.write(lambda conn: conn.execute(update(jobs).where(jobs.c.id == job.id).values(ended_at=at)))
    folder = world.profile / "jobs" / job.id
    folder.mkdir(parents=True)
    (folder / "stdout").write_bytes(b"x" * size)
    return job.id


async def purge(world: JobWorld, what: str, *, dry_run: bool) -> int:
    return await world.service.purges()[what](0, dry_run)


def folders(world: JobWorld) -> set[str]:
    return {path.name for path in (world.profile / "jobs").iterdir()}


async def test_old_jobs_go_with_their_output(world):
    old, new = await ended(world, 31), await ended(world, 29)
    running = await world.submit()
    assert await purge(world, "jobs", dry_run=True) == 1
    assert folders(world) == {old, new}
    assert await purge(world, "jobs", dry_run=False) == 1
    assert folders(world) == {new}
    assert {job.id for job in (await world.service.page()).rows} == {new, running.id}
    assert [one.id for one in world.of("job.deleted")] == [old]
    assert await purge(world, "jobs", dry_run=False) == 0


async def test_the_oldest_output_goes_when_there_is_too_much(world):
    ids = [await ended(world, 3 - number, 4 * 1_048_576) for number in range(3)]
    assert await purge(world, "job_output", dry_run=True) == 1
    assert await purge(world, "job_output", dry_run=False) == 1
    assert folders(world) == set(ids[1:])


async def test_folders_without_a_job_go_unless_they_are_fresh(world):
    known = await ended(world, 1)
    for name in ("000000000001", "000000000002", "notes"):
        (world.profile / "jobs" / name).mkdir()
    long_ago = time.time() - 7200
    for name in (known, "000000000001", "notes"):
        os.utime(world.profile / "jobs" / name, (long_ago, long_ago))
    assert await purge(world, "job_folders", dry_run=True) == 1
    assert await purge(world, "job_folders", dry_run=False) == 1
    assert folders(world) == {known, "000000000002", "notes"}


async def test_slots_of_jobs_that_ended_are_released(world):
    job = await ended(world, 0)
    broken = update(job_reservations).where(job_reservations.c.job_id == job)
    await world.database.write(lambda conn: conn.execute(broken.values(state="allocated", released_at=None)))
    assert len(world.held()) == 1
    assert await purge(world, "reservations", dry_run=True) == 1
    assert await purge(world, "reservations", dry_run=False) == 1
    assert world.held() == []


async def test_jobs_that_went_silent_are_asked_about(world):
    job, limited = await world.submit(), await world.submit(time_limit=1)
    assert await purge(world, "stuck_jobs", dry_run=True) == 0
    long_ago = now_ms() - 10 * 60_000
    for entry in world.service._book.entries.values():
        held, entry.asked_at = entry.held, entry.asked_at - 61
        world.service._book.hold(entry, type(held)(**{**_fields(held), "reserved_at": long_ago}))
    assert await purge(world, "stuck_jobs", dry_run=True) == 2
    assert await purge(world, "stuck_jobs", dry_run=False) == 2
    await world.settle()
    asked = [command.job_id for command in world.crew["w1"].commands if command.adopt]
    assert sorted(asked) == [job.id, limited.id]
    # Asked a moment ago: not again yet.
    assert await purge(world, "stuck_jobs", dry_run=False) == 0


async def test_jobs_that_run_for_long_are_asked_about_now_and_then(world):
    job = await world.submit()
    await world.tell()
    entry = world.service._book.entries[job.id]
    world.crew["w1"].runs.clear()
    await purge(world, "stuck_jobs", dry_run=False)
    entry.asked_at -= 301
    assert await purge(world, "stuck_jobs", dry_run=False) == 0
    await world.settle()
    assert world.crew["w1"].runs == {(job.id, 1)}


async def test_a_job_that_runs_without_slots_gets_them_back(world):
    job = await world.submit()
    await world.tell()
    broken = update(job_reservations).values(state="released", released_at=now_ms())
    await world.database.write(lambda conn: conn.execute(broken))
    await world.stop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("master.services.jobs.logger.warning", lambda *args: None)
        await world.start()
    assert [slots.job_id for slots in world.held()] == [job.id]
    world.bring("w1")
    assert (await world.finish(job.id)).state is JobState.COMPLETED


async def test_lost_jobs_are_counted_together(world):
    jobs_ = [await world.submit(), await world.submit()]
    for job in jobs_:
        await world.finish(job.id, JobReason.LOST)
    assert world.lost == [1, 2]


def _fields(record) -> dict:
    return {name: getattr(record, name) for name in record.__struct_fields__}
