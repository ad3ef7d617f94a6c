"""Questions about jobs."""

import pytest

from master.api.jobs import JobCreate
from master.errors import Invalid, NotFound
from tests.helpers.jobs import job_world
from worker.protocol.codec import now_ms
from worker.protocol.states import JobReason, JobState

S, R = JobState, JobReason


@pytest.fixture
async def world(tmp_path):
    async with job_world(tmp_path) as world:
        yield world


async def test_output_ends_also_where_no_record_tells_so(world):
    job = await world.submit()
    assert not (await world.service.output(job.id, "stdout", 0)).complete
    await world.service.cancel(job.id)
    assert (await world.service.output(job.id, "stdout", 0)).complete
    with pytest.raises(NotFound):
        await world.service.output(job.id, "stdout", 0, attempt=2)


async def test_jobs_of_a_schedule_that_are_open(world):
    await world.opened()
    body = JobCreate(runner="command", spec={"command": "true"})
    jobs = [await world.service.submit(body, schedule_id="s1") for _ in range(2)]
    await world.submit()
    assert [job.id for job in world.service.open_of("s1")] == [job.id for job in jobs]
    await world.settle()
    await world.finish(jobs[0].id)
    assert [job.id for job in world.service.open_of("s1")] == [jobs[1].id]
    assert len((await world.service.page(schedule_id="s1")).rows) == 2


async def test_pages_and_filters(world):
    jobs = [await world.submit(name=f"job {number}") for number in range(5)]
    await world.service.cancel(jobs[0].id)
    page = await world.service.page(2)
    assert ([job.id for job in page.rows], page.next_cursor) == ([jobs[4].id, jobs[3].id], jobs[3].id)
    rest = await world.service.page(10, page.next_cursor)
    assert ([job.id for job in rest.rows], rest.next_cursor) == ([job.id for job in jobs[2::-1]], None)
    assert [job.id for job in (await world.service.page(state=S.CANCELLED)).rows] == [jobs[0].id]
    assert [job.id for job in (await world.service.page(q="b 3")).rows] == [jobs[3].id]
    assert len((await world.service.page(q="comm")).rows) == 5
    assert (await world.service.page(q="%")).rows == []
    with pytest.raises(Invalid):
        await world.service.page(cursor="x")


async def test_statistics_count_ends_by_name_worker_day_and_reason(world):
    await world.opened()
    for name, reason in (("a", R.OK), ("a", R.TIMEOUT), ("b", R.OK)):
        await world.finish((await world.submit(name=name)).id, reason)
    await world.service.cancel((await world.submit(name="c", cpus=2)).id)
    await world.submit(name="d", cpus=2)
    stats = await world.service.stats(tz="Asia/Kathmandu")
    assert (stats.completed, stats.failed, stats.pending + stats.running) == (2, 1, 2)
    assert stats.success_rate == 0.6667
    assert stats.reasons == {"timeout": 1}
    assert [(one.key, one.total, one.failed) for one in stats.by_name] == [("a", 2, 1), ("b", 1, 0)]
    assert [(one.key, one.total) for one in stats.by_worker] == [("w1", 3)]
    assert sum(one.total for one in stats.by_day) == stats.total == 3
    assert stats.mean_ms is not None
    assert (await world.service.stats(since=now_ms() + 1000)).success_rate is None
    with pytest.raises(Invalid):
        await world.service.stats(tz="Nowhere/At_all")
