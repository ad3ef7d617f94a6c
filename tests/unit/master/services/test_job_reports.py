"""Ends as workers tell them: tried again, told to the person, or neither."""

import pytest

from master.api.jobs import Retry
from tests.helpers.deadlines import until
from tests.helpers.jobs import job_world
from worker.protocol.job_messages import JobPrinted
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import text

S, R = JobState, JobReason


@pytest.fixture
async def world(tmp_path):
    async with job_world(tmp_path) as world:
        yield world


async def test_retries_are_made_when_asked_for(world):
    await world.opened()
    retry = Retry(attempts=2, delay_seconds=0.05, reasons=[R.SCRIPT_ERROR])
    job = await world.submit(retry=retry)
    again = await world.finish(job.id, R.SCRIPT_ERROR, code=1)
    assert (again.state, again.reason) == (S.PENDING, None)
    assert again.waiting == text("job_waits_retry", error="exited with code 1")
    assert again.not_before_at is not None
    assert world.held() == []
    await until(lambda: (job.id, 2) in world.disk)
    done = await world.finish(job.id, R.SCRIPT_ERROR, code=2)
    assert (done.state, done.attempts, done.exit_code) == (S.FAILED, 2, "2:0")


@pytest.mark.parametrize("reason", [R.LOST, R.TIMEOUT, R.HOST_RESTART])
async def test_only_the_named_reasons_are_tried_again(world, reason):
    await world.opened()
    job = await world.submit(retry=Retry(reasons=[R.SCRIPT_ERROR]))
    assert (await world.finish(job.id, reason)).state is S.FAILED
    assert (await world.finish((await world.submit()).id, R.SCRIPT_ERROR)).state is S.FAILED


async def test_a_cancelled_job_is_never_tried_again(world):
    await world.opened()
    job = await world.submit(retry=Retry(delay_seconds=0))
    await world.tell()
    world.lose = lambda message: "before"
    await world.service.cancel(job.id)
    assert (await world.finish(job.id, R.SCRIPT_ERROR, code=1)).state is S.FAILED


async def test_one_that_waits_to_be_tried_again_can_be_cancelled(world):
    await world.opened()
    job = await world.submit(retry=Retry(delay_seconds=60))
    await world.finish(job.id, R.SCRIPT_ERROR, code=1)
    assert (await world.service.cancel(job.id)).state is S.CANCELLED
    assert world.service.counts().pending == 0


async def test_failed_jobs_are_told_and_cancelled_ones_are_not(world):
    await world.opened()
    failed, cancelled, done = [await world.submit(name=name) for name in ("F", "C", "D")]
    await world.finish(failed.id, R.TIMEOUT)
    await world.service.cancel(cancelled.id)
    await world.settle()
    await world.tell()
    await world.finish(done.id)
    (told,) = world.of("notification.changed")
    assert (told.kind, told.job_id, told.title) == ("job", failed.id, text("notify_job_failed", name="F"))
    assert (told.state, told.detail) == ("pending", text("job_end_timeout"))


async def test_who_is_told_of_an_end_can_be_decided_elsewhere(world):
    await world.opened()
    seen = []
    world.service.notifies = lambda job, reason: bool(seen.append((job.state, reason))) or reason is R.OK
    await world.finish((await world.submit(name="F")).id, R.TIMEOUT)
    await world.finish((await world.submit(name="D")).id)
    assert seen == [(S.FAILED, R.TIMEOUT), (S.COMPLETED, R.OK)]
    assert [told.title for told in world.of("notification.changed")] == [text("notify_job_completed", name="D")]


async def test_muted_notifications_are_kept_and_not_shown(tmp_path):
    async with job_world(tmp_path, notifications_enabled=False) as world:
        await world.opened()
        await world.finish((await world.submit()).id, R.TIMEOUT)
        assert [told.state for told in world.of("notification.changed")] == ["suppressed"]


async def test_live_output_is_shown_of_the_run_that_counts(world):
    await world.opened()
    job = await world.submit()
    printed = JobPrinted(job_id=job.id, run=1, stream="stdout", offset=0, text="x", next_offset=1)
    world.service.printed("w1", printed)
    world.service.printed("w1", JobPrinted(job_id=job.id, run=2, stream="stdout", offset=0, text="y", next_offset=1))
    assert [(one.job_id, one.attempt, one.text) for one in world.of("job.printed")] == [(job.id, 1, "x")]
