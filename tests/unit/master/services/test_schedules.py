"""Schedules: what is due runs once, what was missed is dealt with as each says, whatever the clock or a kill does."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from master.api.schema import SchedulePatch
from master.errors import Conflict, Unavailable
from master.services import crons
from master.services.schedule_moments import GRACE_MS, LISTED, Plan, begins_at
from master.services.schedule_runs import CORRECTED_MS
from master.store import schedules as stored
from tests.helpers.deadlines import until
from tests.helpers.schedules import START, schedules_of
from worker.protocol.states import JobState
from worker.protocol.texts import text

HOUR = 3_600_000


@pytest.fixture
async def world(profile):
    async with schedules_of(profile) as made:
        yield made


# ---------------------------------------------------------------- due, and dealt with once


async def test_a_moment_starts_one_job_and_is_over(world):
    schedule = await world.add("*/2 * * * * *")
    assert schedule.next_at == START + 2000
    assert schedule.text == {"en": "Every 2 seconds", "zh_CN": "每 2 秒"}
    await world.at(1999)
    assert world.jobs.jobs == {}
    await world.at(2000)
    await world.settle()
    assert list(world.jobs.jobs) == ["000000000001"]
    assert world.jobs.jobs["000000000001"].name == "Nightly"
    (run,) = await world.runs(schedule.id)
    assert (run.planned_at, run.outcome, run.job_id, run.text) == (START + 2000, "started", "000000000001", None)
    shown = world.service.get(schedule.id)
    assert (shown.next_at, shown.last_at, shown.last_job_id) == (START + 4000, START + 2000, "000000000001")
    assert shown.version == schedule.version
    assert shown.last_state is JobState.PENDING


async def test_what_its_last_job_does_is_shown(world):
    schedule = await world.add()
    await world.at(1000)
    world.jobs.change("000000000001", state=JobState.RUNNING)
    await asyncio.sleep(0)
    assert world.service.get(schedule.id).last_state is JobState.RUNNING
    last = [event.type for event in world.world.events][-2:]
    assert last == ["job.changed", "schedule.changed"]
    world.jobs.end_all(schedule.id)
    assert world.service.get(schedule.id).last_state is JobState.COMPLETED


async def test_a_kill_before_the_commit_repeats_the_moment_and_one_after_it_does_not(world):
    schedule = await world.add()
    await world.restart()
    world.now += 1000
    world.jobs.crash_after_commit = True
    with pytest.raises(asyncio.CancelledError):
        await world.settle()
    world.jobs.crash_after_commit = False
    await world.restart()
    await world.settle()
    assert await world.outcomes(schedule.id) == [(1, "started")]
    assert world.jobs.jobs == {}  # the fake forgot it; what counts is that the moment is taken
    # Refused because the master ends: nothing is written, the next start deals with it.
    world.jobs.refusal = Unavailable(text("request_not_ready"))
    world.service.close()
    await world.at(2000)
    world.jobs.refusal = None
    await world.restart()
    await world.settle()
    assert await world.outcomes(schedule.id) == [(1, "started"), (2, "started")]


@pytest.mark.expects_log("dealt with already")
async def test_two_that_deal_with_the_same_moment_start_one_job(world, caplog):
    schedule = await world.add(overlap="parallel")
    other = world.made()
    await other.load()
    world.now += 1000
    await world.settle()
    entry = other._book.entry(schedule.id)
    caplog.clear()
    await other._starter.start(entry, START + 1000, START + 2000)
    assert entry.record.next_at == START + 2000
    assert len(world.jobs.jobs) == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_a_clock_that_is_set_back_repeats_nothing(world):
    schedule = await world.add("0 * * * * *", overlap="parallel")
    await world.at(5 * 60_000)
    done = await world.outcomes(schedule.id)
    await world.at(5 * 60_000 - CORRECTED_MS)
    await world.service.disable(schedule.id)
    await world.service.enable(schedule.id)
    for minute in range(-5, 5):
        await world.at(minute * 60_000)
    assert await world.outcomes(schedule.id) == done
    await world.at(6 * 60_000)
    assert len(await world.outcomes(schedule.id)) == len(done) + 1


@pytest.mark.parametrize("steps", [1, 40])
async def test_a_clock_that_was_hours_ahead_silences_nothing_and_repeats_nothing(world, steps):
    schedule = await world.add("0 */10 * * * *", misfire="skip", overlap="parallel")
    await world.at(schedule.next_at - START)
    wrong = schedule.next_at + 6 * HOUR
    world.now = wrong
    await world.settle()
    world.service._runner.tick()
    # Set right at once, or little by little.
    for step in range(1, steps + 1):
        world.now = wrong - 5 * HOUR * step // steps
        world.service._runner.tick()
    right = schedule.next_at + HOUR + 600_000
    await until(lambda: world.service.get(schedule.id).next_at == right)
    for minutes in range(0, 6 * 60, 5):
        await world.at(schedule.next_at + HOUR + minutes * 60_000 - START)
        if minutes % 60 == 0:
            await world.restart()
            await world.service._runner.plan(world.service._book.entry(schedule.id))
    started = [run.planned_at for run in await world.runs(schedule.id) if run.outcome == "started"]
    expected = [schedule.next_at, *range(right, wrong + HOUR - 599_999, 600_000)]
    assert sorted(started) == expected[: len(started)]
    assert len(started) > 30
    assert len(set(started)) == len(started)


async def test_a_clock_that_was_plainly_wrong_begins_the_plan_anew(world):
    schedule = await world.add("0 0 * * * *", misfire="skip")
    await world.at(9 * 366 * 24 * HOUR)
    far = world.service.get(schedule.id).next_at
    world.service._runner.tick()
    world.now = START
    world.service._runner.tick()
    await until(lambda: world.service.get(schedule.id).next_at < far)
    assert world.service.get(schedule.id).next_at == schedule.next_at
    # The same when it was set right while nobody was there.
    await world.at(9 * 366 * 24 * HOUR)
    world.now = START
    await world.restart()
    assert world.service.get(schedule.id).next_at >= far
    watching = world.world.tasks.spawn(world.service.watch(), "watch")
    await until(lambda: world.service.get(schedule.id).next_at == schedule.next_at)
    world.service.close()
    await watching


async def test_the_timer_sees_a_clock_that_is_set(world):
    schedule = await world.add("0 0 * * * *")
    watching = world.world.tasks.spawn(world.service.watch(), "watch")
    await asyncio.sleep(0)
    world.now = schedule.next_at
    await until(lambda: world.jobs.jobs)
    assert await world.outcomes(schedule.id) == [((schedule.next_at - START) // 1000, "started")]
    world.service.close()
    await watching


# ---------------------------------------------------------------- missed moments


@pytest.mark.parametrize(
    ("values", "expected", "told"),
    [
        ({"misfire": "skip"}, "mmmmm", ["schedule_told_missed"]),
        ({"misfire": "once"}, "mmmms", []),
        ({"misfire": "once", "misfire_age_seconds": 30}, "mmmmm", ["schedule_told_missed"]),
        ({"misfire": "all", "overlap": "parallel"}, "sssss", []),
        ({"misfire": "all", "overlap": "parallel", "misfire_limit": 2}, "mmmss", ["schedule_told_missed"]),
        ({"misfire": "all", "overlap": "parallel", "misfire_age_seconds": 150}, "mmmss", ["schedule_told_missed"]),
        # One after the other, although it skips otherwise.
        ({"misfire": "all"}, "sqqqq", []),
        ({"misfire": "all", "overlap": "replace"}, "sqqqq", []),
        ({"misfire": "skip", "notify": []}, "mmmmm", []),
    ],
)
async def test_what_was_missed(world, values, expected, told):
    schedule = await world.add("0 * * * * *", **values)
    first = schedule.next_at - START
    await world.restart()
    await world.at(first + 4 * 60_000 + 40_000)
    runs = await world.runs(schedule.id)
    assert "".join(run.outcome[0] for run in runs) == expected
    assert [run.planned_at for run in runs] == [schedule.next_at + n * 60_000 for n in range(5)]
    assert all(run.text is not None for run in runs if run.outcome in {"missed", "queued"})
    assert await world.told() == told
    assert world.service.get(schedule.id).next_at == schedule.next_at + 5 * 60_000
    if told:
        (row,) = (await world.world.notifications.page()).rows
        assert row.kind == "job"
        assert row.title.params["count"] == expected.count("m")


async def test_late_by_a_moment_is_on_time(world):
    schedule = await world.add("0 * * * * *", misfire="skip")
    await world.at(schedule.next_at - START + GRACE_MS)
    assert [run.outcome for run in await world.runs(schedule.id)] == ["started"]


async def test_of_very_many_the_last_are_noted_one_by_one(world):
    schedule = await world.add("* * * * * *", misfire="skip")
    await world.at(30 * 24 * HOUR)
    runs = await world.runs(schedule.id)
    assert len(runs) == 1 + LISTED + GRACE_MS // 1000 + 1
    assert runs[0].planned_at == schedule.next_at
    assert runs[0].text.code == "schedule_missed_more"
    assert [run.outcome for run in runs[: LISTED + 1]] == ["missed"] * (LISTED + 1)
    assert await world.told() == ["schedule_told_missed_more"]


async def test_a_history_is_bounded_and_keeps_what_waits(world, monkeypatch):
    assert stored.KEPT == 1000
    monkeypatch.setattr(stored, "KEPT", 20)
    schedule = await world.add("* * * * * *", overlap="queue")
    for second in range(1, 4):
        await world.at(second * 1000)
    await world.service.patch(schedule.id, SchedulePatch(overlap="skip"))
    for second in range(4, 50):
        await world.at(second * 1000)
    outcomes = await world.outcomes(schedule.id)
    assert outcomes[:2] == [(2, "queued"), (3, "queued")]
    assert outcomes[2:] == [(second, "skipped") for second in range(30, 50)]


# ---------------------------------------------------------------- run now


async def test_run_now_leaves_the_plan_alone(world):
    schedule = await world.add("0 0 * * *", enabled=False)
    assert schedule.next_at is None
    job = await world.service.run(schedule.id)
    with pytest.raises(Conflict) as refused:
        await world.service.run(schedule.id)
    assert refused.value.text.code == "schedule_running"
    shown = world.service.get(schedule.id)
    assert (shown.last_job_id, shown.next_at, shown.enabled) == (job.id, None, False)
    assert [(run.outcome, run.job_id) for run in await world.runs(schedule.id)] == [("started", job.id)]
    await world.service.patch(schedule.id, SchedulePatch(overlap="queue"))
    assert (await world.service.run(schedule.id)).id != job.id


# ---------------------------------------------------------------- jitter


def test_jitter_is_the_same_whenever_it_is_asked_for_and_overtakes_nothing():
    plan = Plan(schedule_id="s", misfire="skip", misfire_limit=1, misfire_age_seconds=0, jitter_seconds=3600)
    cron = crons.Cron("* * * * *", "UTC")
    moments = [START - START % 60_000 + n * 60_000 for n in range(200)]
    begins = [begins_at(plan, cron, moment) for moment in moments]
    assert begins == [begins_at(plan, cron, moment) for moment in moments]
    assert begins == sorted(begins)
    late = [begin - moment for begin, moment in zip(begins, moments, strict=True)]
    assert min(late) >= 0
    assert max(late) < 60_000
    assert len(set(late)) > 150


async def test_a_run_with_jitter_begins_later(world):
    schedule = await world.add("0 0 * * *", jitter_seconds=600, misfire="skip")
    begins = world.service._book.entry(schedule.id).begins_at
    assert schedule.next_at < begins < schedule.next_at + 600_000
    await world.at(begins - 1 - START)
    assert world.jobs.jobs == {}
    await world.at(begins - START)
    assert [run.outcome for run in await world.runs(schedule.id)] == ["started"]


# ---------------------------------------------------------------- whatever happens


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(0, 90)),
        st.tuples(st.just("back"), st.integers(0, 400)),
        st.tuples(st.just("end"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("kill"), st.just(0)),
    ),
    min_size=3,
    max_size=25,
)


@given(
    STEPS,
    st.sampled_from(["skip", "once", "all"]),
    st.sampled_from(["skip", "queue", "replace", "parallel"]),
    st.sampled_from([0, 25]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_moment_twice_and_none_forgotten(tmp_path_factory, steps, misfire, overlap, jitter):
    async def live():
        async with schedules_of(tmp_path_factory.mktemp("schedules")) as world:
            values = {"misfire": misfire, "overlap": overlap, "jitter_seconds": jitter, "misfire_limit": 3}
            schedule = await world.add("*/20 * * * * *", **values)
            latest = world.now
            for step, amount in steps:
                if step == "wait":
                    world.now += amount * 1000
                elif step == "back":
                    world.now -= amount * 1000
                elif step == "end":
                    world.jobs.end_all(schedule.id)
                elif step == "restart":
                    await world.restart()
                else:
                    world.jobs.crash_after_commit = True
                    try:
                        await world.settle()
                    except asyncio.CancelledError:
                        await world.restart()
                    world.jobs.crash_after_commit = False
                latest = max(latest, world.now)
                await world.settle()
            next_at = world.service.get(schedule.id).next_at
            planned = [run.planned_at for run in await world.runs(schedule.id)]
            cron = crons.Cron("*/20 * * * * *", "UTC")
            assert sorted(planned) == cron.latest(START, next_at - 1, 1000)
            # Only one that jitter holds back may be open still.
            assert next_at > latest - (20_000 if jitter else 0)
            if overlap != "parallel":
                assert len(world.jobs.open_of(schedule.id)) <= 1

    with asyncio.Runner() as runner:
        runner.run(live())
