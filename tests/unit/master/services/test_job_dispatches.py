"""Which worker has which job, whoever comes and goes."""

import asyncio

import pytest

from master.api.jobs import Retry
from tests.helpers.deadlines import until
from tests.helpers.jobs import job_world
from worker.protocol.codec import now_ms
from worker.protocol.job_messages import JobReported, RunJob
from worker.protocol.states import JobReason, JobState, WorkerState
from worker.protocol.texts import text

S, R = JobState, JobReason


@pytest.fixture
async def world(tmp_path):
    async with job_world(tmp_path) as world:
        yield world


async def test_what_has_no_room_waits_and_says_why(world):
    first = await world.submit()
    assert first.waiting == text("job_waits_no_worker")
    await world.opened()
    jobs = [first, *[await world.submit() for _ in range(3)]]
    await world.settle()
    placed = [(await world.service.get(job.id)).attempts for job in jobs]
    assert placed == [1, 1, 0, 0]
    assert (await world.service.get(jobs[2].id)).waiting == text("job_waits_slots", cpus=1)
    await world.finish(first.id)
    assert [(await world.service.get(job.id)).attempts for job in jobs] == [1, 1, 1, 0]
    resources = world.service.resources()
    assert (resources.workers[0].used_cpus, len(resources.reservations), resources.pending) == (2, 2, 2)


async def test_that_a_job_waits_for_something_else_is_told(world):
    job = await world.submit(cpus=2)
    world.service.tick()
    assert len(world.of("job.changed")) == 1
    await world.opened()
    blocked = await world.submit(cpus=2)
    world.kill("w1")
    world.service.tick()
    shown = {one.id: one.waiting.code for one in world.of("job.changed")}
    assert shown == {job.id: "job_waits_answer", blocked.id: "job_waits_no_worker"}


async def test_wishes_for_a_worker_are_followed(world):
    await world.opened("w1")
    world.hire("w2", labels=["gpu"], job_memory_mb=100)
    await until(lambda: len(world.service._dispatcher.seats()) == 2)
    assert (await world.submit(worker_id="w2", exclusive=True)).worker_id == "w2"
    waiting = await world.submit(worker_label="gpu", memory_mb=50)
    assert waiting.worker_id is None
    assert (await world.submit(cpus=2)).worker_id == "w1"


async def test_reports_of_older_runs_and_of_nobody_are_ignored(world):
    await world.opened()
    job = await world.submit()
    await world.service.reported("w1", JobReported(job_id="0" * 12, run=1, never_began=True))
    await world.service.reported("w1", JobReported(job_id=job.id, run=0, never_began=True))
    await world.service.reported("w1", JobReported(job_id=job.id, run=2, never_began=True))
    assert (await world.service.get(job.id)).attempts == 1


async def test_a_run_that_never_began_is_given_out_anew_under_another_number(world):
    await world.opened()
    world.lose = lambda message: "before" if isinstance(message, RunJob) and not message.adopt else ""
    job = await world.submit(retry=Retry(attempts=1))
    world.lose = lambda message: ""
    world.cut("w1")
    assert (await world.service.get(job.id)).waiting == text("job_waits_answer", worker="w1")
    world.crew["w1"].register()
    await world.tell()
    await until(lambda: world.service._book.entries[job.id].record.attempts == 2)
    await world.settle()
    assert (await world.finish(job.id)).state is S.COMPLETED


async def test_a_lost_answer_starts_nothing_twice(world):
    await world.opened()
    world.lose = lambda message: "after" if isinstance(message, RunJob) else ""
    job = await world.submit()
    world.lose = lambda message: ""
    world.cut("w1")
    world.crew["w1"].register()
    await world.tell()
    done = await world.finish(job.id)
    assert (done.state, done.attempts) == (S.COMPLETED, 1)
    assert len(world.disk) == 1


async def test_a_run_that_began_and_left_nothing_is_lost(world):
    await world.opened()
    job = await world.submit()
    await world.tell()
    await world.service.reported("w1", JobReported(job_id=job.id, run=1, never_began=True))
    ended = await world.service.get(job.id)
    assert (ended.state, ended.reason, world.lost) == (S.FAILED, R.LOST, [1])


async def test_another_worker_takes_up_what_one_left(world):
    await world.opened("w1", "w2")
    job = await world.submit()
    await world.tell()
    world.kill("w1")
    await until(lambda: (job.id, 1) in world.crew["w2"].runs)
    moved = await world.service.get(job.id)
    assert (moved.worker_id, moved.state) == ("w2", S.RUNNING)
    assert [slots.worker_id for slots in world.held()] == ["w2"]
    assert world.crew["w2"].commands[-1].adopt
    # The first one is told, should it be there again, that this is none of its business any more.
    world.bring("w1")
    await until(lambda: [one.job_id for one in world.crew["w1"].forgotten] == [job.id])
    assert (await world.finish(job.id)).state is S.COMPLETED


async def test_a_worker_that_comes_back_in_a_moment_keeps_its_jobs(world):
    await world.opened("w1", "w2")
    job = await world.submit()
    world.workers.restart_at["w1"] = now_ms() + 500
    world.kill("w1", WorkerState.CRASHED)
    await world.settle()
    world.bring("w1")
    assert [command.job_id for command in world.crew["w1"].commands if command.adopt] == [job.id]
    assert world.crew["w2"].commands == []


async def test_a_cancellation_reaches_a_worker_that_was_away(world):
    await world.opened()
    job = await world.submit()
    await world.tell()
    world.cut("w1")
    await world.service.cancel(job.id)
    await world.settle()
    world.crew["w1"].register()
    await until(lambda: world.disk[job.id, 1].ended is not None)
    await world.tell()
    assert (await world.service.get(job.id)).state is S.CANCELLED


async def test_a_master_goes_on_where_the_one_before_was(world):
    await world.opened()
    jobs = [await world.submit() for _ in range(3)]
    await world.tell()
    await world.stop()
    world.end((jobs[0].id, 1), R.SCRIPT_ERROR, code=37)
    await world.start()
    assert [world.service.counts().pending, world.service.counts().running] == [1, 2]
    world.bring("w1")
    await world.tell()
    assert (await world.service.get(jobs[0].id)).exit_code == "37:0"
    await until(lambda: (jobs[2].id, 1) in world.crew["w1"].runs)


async def test_one_that_is_cancelled_while_it_gets_slots_is_not_given_out(world):
    job = await world.submit()
    entry = world.service._book.entries[job.id]
    await entry.lock.acquire()
    cancelling = asyncio.ensure_future(world.service.cancel(job.id))
    await world.settle()
    await world.opened()  # it has slots now, which are not written before the cancellation lets go
    assert entry.held is not None
    entry.lock.release()
    ended = await cancelling
    await world.settle()
    assert (ended.state, ended.attempts) == (S.CANCELLED, 0)
    assert await world.service.get(job.id) == ended
    assert world.held() == []
    assert world.crew["w1"].commands == []
    assert world.service.resources().workers[0].used_cpus == 0


async def test_a_slow_worker_keeps_nobody_waiting_and_is_asked_until_it_answers(world, monkeypatch):
    monkeypatch.setattr("master.services.job_deliveries.ANSWER_SECONDS", 0.05)
    monkeypatch.setattr("master.services.job_deliveries.PAUSES", (0.02,))
    await world.opened("w1", "w2")
    world.crew["w1"].mute = True
    jobs = [await world.submit() for _ in range(3)]
    assert [job.worker_id for job in jobs] == ["w1", "w1", "w2"]
    assert [command.job_id for command in world.crew["w2"].commands] == [jobs[2].id]
    world.crew["w1"].mute = False
    await until(lambda: len(world.crew["w1"].commands) == 2)
    # What was not acknowledged may have begun: it is asked about, never begun a second time.
    assert all(command.adopt for command in world.crew["w1"].commands)
    await world.tell()
    assert sorted(run for job_id, run in world.disk if job_id == jobs[0].id) == [1, 2]
    assert (await world.finish(jobs[0].id)).state is S.COMPLETED


async def test_a_worker_that_does_not_know_of_a_run_looks_for_it_before_it_ends_it(world, monkeypatch):
    monkeypatch.setattr("master.services.job_deliveries.PAUSES", (0.02,))
    await world.opened()
    job = await world.submit()
    await world.tell()
    world.crew["w1"].runs.clear()
    await world.service.cancel(job.id)
    await until(lambda: world.disk[job.id, 1].ended is not None)
    await world.tell()
    assert (await world.service.get(job.id)).state is S.CANCELLED


async def test_a_worker_that_has_a_run_again_is_not_told_to_forget_it(world, monkeypatch):
    monkeypatch.setattr("master.services.job_deliveries.ANSWER_SECONDS", 0.05)
    monkeypatch.setattr("master.services.job_deliveries.PAUSES", (0.02,))
    await world.opened("w1", "w2")
    job = await world.submit()
    await world.tell()
    world.kill("w1")
    await until(lambda: (job.id, 1) in world.crew["w2"].runs)
    world.bring("w1")
    world.crew["w1"].mute = True
    await until(lambda: not world.service._book.entries[job.id].formerly)
    world.kill("w2")
    await until(lambda: world.service._book.entries[job.id].record.worker_id == "w1")
    world.crew["w1"].mute = False
    await until(lambda: (job.id, 1) in world.crew["w1"].runs)
    await asyncio.sleep(0.1)
    assert world.crew["w1"].forgotten == []
    assert (await world.finish(job.id)).state is S.COMPLETED


@pytest.mark.expects_log("could not be heard by all")
async def test_a_listener_that_fails_undoes_nothing(world):
    await world.opened()
    first, second, third = [await world.submit() for _ in range(3)]
    await world.tell()
    faults = []

    def hear(event):
        if event.type == "job.changed" and event.data.id == third.id and event.data.attempts == 1 and not faults:
            faults.append(event)
            raise ValueError("a fault of a listener")

    world.publisher.subscribe(hear)
    for one in (first, second):
        await world.finish(one.id)
        world.service.tick()
        await world.settle()
    await world.tell()
    assert faults
    assert (await world.service.get(third.id)).state is S.RUNNING


async def test_one_that_is_started_elsewhere_is_no_seat(world):
    world.workers.add("far", deployment_type="external")
    await world.opened("w1")
    world.workers.states["far"] = WorkerState.RUNNING
    world.service.registered("far", ["command"])
    world.service._dispatcher._connected["far"] = frozenset({"command"})
    world.service._dispatcher.changed("far")
    assert [seat.worker_id for seat in world.service._dispatcher.seats()] == ["w1"]
    assert [row.worker_id for row in world.service.resources().workers] == ["w1"]
