"""The rules of schedules: overlaps, what is told, and what a change of one does."""

import asyncio
import json

import msgspec
import pytest

from master.api.schema import CredentialCreate, JobTemplate, SchedulePatch
from master.errors import Conflict, Invalid, NotFound, Unavailable
from master.services import crons
from master.services.credentials import CredentialService
from master.services.schedule_runs import MOST_WAITING
from tests.helpers.deadlines import until
from tests.helpers.schedules import START, TRUE, job_row, schedules_of
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import text

HOUR = 3_600_000


@pytest.fixture
async def world(profile):
    async with schedules_of(profile) as made:
        yield made


# ---------------------------------------------------------------- overlaps


async def test_skip(world):
    schedule = await world.add(overlap="skip")
    await world.at(1000)
    await world.at(2000)
    world.jobs.end_all(schedule.id)
    await world.at(3000)
    assert await world.outcomes(schedule.id) == [(1, "started"), (2, "skipped"), (3, "started")]
    assert (await world.runs(schedule.id))[1].text.code == "schedule_overlap"


async def test_parallel(world):
    schedule = await world.add(overlap="parallel")
    await world.at(1000)
    await world.at(2000)
    assert len(world.jobs.open_of(schedule.id)) == 2


async def test_queue_one_after_the_other_over_a_restart(world):
    schedule = await world.add(overlap="queue")
    for second in (1, 2, 3):
        await world.at(second * 1000)
    assert await world.outcomes(schedule.id) == [(1, "started"), (2, "queued"), (3, "queued")]
    await world.service.patch(schedule.id, SchedulePatch(cron="0 0 1 1 *"))
    await world.restart()
    await world.settle()
    assert len(world.jobs.jobs) == 1
    for ended in (1, 2):
        world.jobs.end_all(schedule.id)
        await world.settle()
        assert len(world.jobs.open_of(schedule.id)) == 1
        assert len(world.jobs.jobs) == ended + 1
    runs = await world.runs(schedule.id)
    assert [(run.outcome, run.text) for run in runs] == [("started", None)] * 3
    assert [run.job_id for run in runs] == list(world.jobs.jobs)


async def test_a_queue_is_bounded_and_ends_when_the_schedule_is_switched_off(world):
    schedule = await world.add(overlap="queue")
    for second in range(1, MOST_WAITING + 4):
        await world.at(second * 1000)
    outcomes = [outcome for _, outcome in await world.outcomes(schedule.id)]
    assert outcomes == ["started", *["queued"] * MOST_WAITING, "skipped", "skipped"]
    assert (await world.runs(schedule.id))[-1].text.code == "schedule_queue_full"
    off = await world.service.disable(schedule.id)
    assert off.next_at is None
    assert {run.text.code for run in (await world.runs(schedule.id))[1:]} == {
        "schedule_switched_off",
        "schedule_queue_full",
    }
    world.jobs.end_all(schedule.id)
    await world.settle()
    assert len(world.jobs.jobs) == 1


async def test_replace_waits_for_the_end_of_the_one_before(world):
    schedule = await world.add(overlap="replace")
    await world.at(1000)
    await world.at(2000)
    assert world.jobs.cancelled == [("000000000001", JobReason.REPLACED)]
    await world.at(3000)
    assert await world.outcomes(schedule.id) == [(1, "started"), (2, "skipped"), (3, "queued")]
    assert (await world.runs(schedule.id))[1].text.code == "schedule_replaced"
    world.jobs.change("000000000001", state=JobState.CANCELLED, reason=JobReason.REPLACED)
    await world.settle()
    assert await world.outcomes(schedule.id) == [(1, "started"), (2, "skipped"), (3, "started")]


# ---------------------------------------------------------------- what is told


async def test_a_refused_run_is_told_and_dealt_with(world):
    schedule = await world.add(misfire="skip")
    world.jobs.refusal = Invalid(fields={"runner": text("field_choice", choices="command")})
    await world.at(1000)
    await world.settle()
    (run,) = await world.runs(schedule.id)
    assert (run.outcome, run.text.code) == ("failed", "field_choice")
    (row,) = (await world.world.notifications.page()).rows
    assert (row.title.code, row.detail.code) == ("schedule_told_not_started", "field_choice")
    # Told once until one is started again.
    await world.at(2000)
    assert await world.told() == ["schedule_told_not_started"]
    world.jobs.refusal, refusal = None, world.jobs.refusal
    await world.at(3000)
    assert [outcome for _, outcome in await world.outcomes(schedule.id)] == ["failed", "failed", "started"]
    world.jobs.end_all(schedule.id)
    world.jobs.refusal = refusal
    await world.at(4000)
    assert await world.told() == ["schedule_told_not_started"] * 2


async def test_a_refused_run_of_the_queue_lets_the_next_have_its_turn(world):
    schedule = await world.add(overlap="queue")
    for second in (1, 2, 3):
        await world.at(second * 1000)
    world.jobs.end_all(schedule.id)
    world.jobs.refusal = Unavailable(text("request_not_ready"))
    await world.settle()
    assert [outcome for _, outcome in await world.outcomes(schedule.id)] == ["started", "failed", "failed"]
    assert await world.told() == ["schedule_told_not_started"]


async def test_a_long_run_is_told_once(world):
    schedule = await world.add("0 * * * * *", long_seconds=30, notify=["ran_long"])
    await world.at(schedule.next_at - START)
    world.jobs.change("000000000001", state=JobState.RUNNING, started_at=world.now)
    for seconds in (29, 31, 35):
        world.now = schedule.next_at + seconds * 1000
        world.service._runner.tick()
        await asyncio.sleep(0)
    again = world.made()
    await again.load()
    again._runner.tick()
    await until(lambda: world.world.notifications.pending_count() == 1)
    await world.world.database.read(lambda _conn: None)
    assert await world.told() == ["schedule_told_long"]


async def test_each_schedule_says_which_ends_are_told(world):
    quiet = await world.add(notify=[])
    loud = await world.add(notify=["failure", "success"])
    failed, well, ended = JobState.FAILED, JobState.COMPLETED, JobState.CANCELLED
    answers = {
        (owner, state): world.jobs.notifies(job_row(schedule_id=owner, state=state), JobReason.OK)
        for owner in (quiet.id, loud.id, None, "gone")
        for state in (failed, well, ended)
    }
    assert {key for key, told in answers.items() if told} == {
        (loud.id, failed),
        (loud.id, well),
        (None, failed),
        ("gone", failed),
    }


# ---------------------------------------------------------------- changes


async def test_what_is_wrong_is_said_by_field(world):
    world.jobs.fault = Invalid(fields={"spec.command": text("field_required")})
    with pytest.raises(Invalid) as refused:
        await world.add("61 * * * *", time_zone="Mars/Olympus")
    assert set(refused.value.fields) == {"cron", "time_zone", "job.spec.command"}
    world.jobs.fault = None
    with pytest.raises(Invalid) as refused:
        await world.add(job=msgspec.structs.replace(TRUE, credential_id="nobody"))
    assert set(refused.value.fields) == {"job.credential_id"}
    schedule = await world.add()
    for patch in (SchedulePatch(cron="x"), SchedulePatch(time_zone="x")):
        with pytest.raises(Invalid):
            await world.service.patch(schedule.id, patch)
    assert world.service.get(schedule.id) == schedule
    for call in (world.service.patch("x", SchedulePatch()), world.service.delete("x"), world.service.run("x")):
        with pytest.raises(NotFound):
            await call


async def test_a_patch_changes_what_it_names(world):
    schedule = await world.add("0 0 * * *", long_seconds=5)
    changed = await world.service.patch(
        schedule.id,
        SchedulePatch(cron=" 0  12 * * * ", long_seconds=None, notify=["success", "success"], version=schedule.version),
    )
    assert (changed.cron, changed.long_seconds, changed.notify) == ("0 12 * * *", None, ["success"])
    assert changed.version == schedule.version + 1
    assert changed.next_at != schedule.next_at
    with pytest.raises(Conflict):
        await world.service.patch(schedule.id, SchedulePatch(name="x", version=schedule.version))
    other = await world.service.patch(schedule.id, SchedulePatch(job=JobTemplate(runner="script")))
    assert (other.job.runner, other.next_at) == ("script", changed.next_at)
    await world.restart()
    assert world.service.get(schedule.id) == other
    await world.service.delete(schedule.id)
    assert world.service.rows() == []
    assert world.world.events[-1].type == "schedule.deleted"


async def test_switched_off_it_misses_nothing(world):
    schedule = await world.add("0 * * * * *", misfire="all")
    await world.service.disable(schedule.id)
    await world.at(10 * 60_000)
    shown = await world.service.enable(schedule.id)
    assert shown.next_at > world.now
    await world.settle()
    assert await world.runs(schedule.id) == []


async def test_a_credential_stays_while_a_schedule_names_it(world):
    base = world.world
    credentials = CredentialService(database=base.database, vault=base.vault, publisher=base.publisher)
    row = await credentials.create(CredentialCreate(name="c", values={"token": "canary-55"}))
    schedule = await world.add(job=msgspec.structs.replace(TRUE, credential_id=row.id))
    with pytest.raises(Conflict):
        await credentials.delete(row.id)
    await world.service.patch(schedule.id, SchedulePatch(job=TRUE))
    await credentials.delete(row.id)
    assert "canary-55" not in json.dumps([msgspec.to_builtins(event) for event in base.events])


async def test_a_zone_that_is_given_up_rests(world, monkeypatch):
    schedule = await world.add("0 0 * * *", time_zone="Europe/Berlin")
    known = crons._offset_of

    def gone(zone):
        if zone == "Europe/Berlin":
            raise crons.ZoneInfoNotFoundError(zone)
        return known(zone)

    monkeypatch.setattr(crons, "_offset_of", gone)
    await world.restart()
    await world.at(48 * HOUR)
    assert world.service.get(schedule.id).text == {}
    assert await world.runs(schedule.id) == []


async def test_one_that_never_comes_true_waits_for_nothing(world):
    schedule = await world.add("0 0 */20 * 1L")
    assert schedule.next_at is None
    assert schedule.enabled
