"""Schedules under faults, kills and changes at the moment that is due: none is lost, none runs that should not."""

import asyncio
import time

import pytest

from master.api.schema import SchedulePatch
from master.errors import Unavailable
from master.services.schedule_moments import GRACE_MS
from tests.helpers.deadlines import until
from tests.helpers.schedules import START, schedules_of
from worker.protocol.texts import text


@pytest.fixture
async def world(profile):
    async with schedules_of(profile) as made:
        yield made


@pytest.mark.expects_log("could not be dealt with")
async def test_a_fault_at_the_start_ends_no_timer(world, monkeypatch):
    schedules = [await world.add(name=name) for name in ("first", "second")]
    await world.restart()
    faults = iter(["database is locked"] * 2)
    read = world.world.database.read

    async def failing(work):
        for fault in faults:
            raise RuntimeError(fault)
        return await read(work)

    monkeypatch.setattr(world.world.database, "read", failing)
    monkeypatch.setattr("master.services.schedule_runs.RETRY_SECONDS", (0.05, 0.05))
    watching = world.world.tasks.spawn(world.service.watch(), "watch")
    await until(lambda: all(entry.patience for entry in world.service._book.entries.values()))
    world.now += 1000
    world.service._runner.wake()
    await until(lambda: all(world.jobs.open_of(schedule.id) for schedule in schedules))
    world.service.close()
    await watching


@pytest.mark.expects_log("could not be dealt with")
async def test_a_fault_that_is_over_soon_makes_nothing_late(world, monkeypatch):
    schedule = await world.add("0 0 * * * *", misfire="skip")
    submit = world.jobs.submit

    async def failing(*_arguments, **_more):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(world.jobs, "submit", failing)
    world.now = schedule.next_at
    entry = world.service._book.entry(schedule.id)
    waited = 0.0
    for _ in range(3):
        await world.service._runner._attend(entry)
        waited += entry.not_before - time.monotonic()
    assert waited * 1000 < GRACE_MS
    monkeypatch.setattr(world.jobs, "submit", submit)
    await world.at(schedule.next_at - START + int(waited * 1000))
    assert [run.outcome for run in await world.runs(schedule.id)] == ["started"]


# ---------------------------------------------------------------- a change when a moment is due


CHANGES = [SchedulePatch(cron="0 30 * * * *"), SchedulePatch(time_zone="Asia/Kolkata")]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("jitter", [0, 1800])
async def test_another_plan_begins_after_what_is_due(world, change, jitter):
    schedule = await world.add("0 0 * * * *", jitter_seconds=jitter)
    world.now = schedule.next_at + 3
    changed = await world.service.patch(schedule.id, change)
    (run,) = await world.runs(schedule.id)
    assert (run.planned_at, run.outcome) == (schedule.next_at, "started")
    assert changed.next_at == schedule.next_at + 1_800_000
    assert changed.last_job_id == run.job_id
    await world.restart()
    assert world.service.get(schedule.id).last_job_id == run.job_id


async def test_what_was_missed_is_dealt_with_before_another_plan(world):
    schedule = await world.add("0 * * * * *", misfire="skip")
    world.now = schedule.next_at + 150_000
    await world.service.patch(schedule.id, SchedulePatch(cron="0 0 1 1 *"))
    assert [run.outcome for run in await world.runs(schedule.id)] == ["missed"] * 3
    assert await world.told() == ["schedule_told_missed"]


@pytest.mark.parametrize("jitter", [0, 1800])
async def test_switched_off_at_the_moment_that_is_due_says_so(world, jitter):
    schedule = await world.add("0 0 * * * *", jitter_seconds=jitter)
    world.now = schedule.next_at + 3
    await world.service.disable(schedule.id)
    (run,) = await world.runs(schedule.id)
    assert (run.planned_at, run.outcome, run.text.code) == (schedule.next_at, "skipped", "schedule_switched_off")
    assert world.jobs.jobs == {}
    await world.service.enable(schedule.id)
    await world.settle()
    assert len(await world.runs(schedule.id)) == 1


async def test_a_change_while_the_master_ends_forgets_nothing(world):
    schedule = await world.add("0 0 * * * *")
    world.now = schedule.next_at + 3
    world.service.close()
    world.jobs.refusal = Unavailable(text("request_not_ready"))
    with pytest.raises(Unavailable):
        await world.service.patch(schedule.id, CHANGES[0])
    world.jobs.refusal = None
    await world.restart()
    await world.settle()
    assert [run.outcome for run in await world.runs(schedule.id)] == ["started"]


async def test_killed_when_it_was_switched_off_it_starts_nothing_that_waited(world, monkeypatch):
    schedule = await world.add(overlap="queue")
    await world.at(1000)
    await world.at(2000)
    write = world.world.database.write

    async def killed(work):
        await write(work)
        raise asyncio.CancelledError

    # After its first commit, whatever else it would have written.
    monkeypatch.setattr(world.world.database, "write", killed)
    with pytest.raises(asyncio.CancelledError):
        await world.service.disable(schedule.id)
    monkeypatch.undo()
    await world.restart()
    assert not world.service.get(schedule.id).enabled
    world.jobs.end_all(schedule.id)
    await world.settle()
    assert await world.outcomes(schedule.id) == [(1, "started"), (2, "skipped")]
    assert len(world.jobs.jobs) == 1
