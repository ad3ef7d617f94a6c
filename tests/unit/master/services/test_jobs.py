"""Jobs from their submission to their end, with workers that the test plays."""

import asyncio

import pytest

from master.api.jobs import JobCreate, JobPatch, Retry
from master.errors import Conflict, Invalid, NotFound, Unavailable
from tests.helpers.jobs import JobWorld, job_world
from tests.helpers.masters import until
from worker.protocol.codec import now_ms
from worker.protocol.job_messages import JobPrinted, JobReported, JobStarted, RunJob
from worker.protocol.states import JobReason, JobState, ReservationState, WorkerState
from worker.protocol.texts import text

S, R = JobState, JobReason


@pytest.fixture
async def world(tmp_path):
    async with job_world(tmp_path) as world:
        yield world


async def opened(world: JobWorld, *names: str) -> None:
    """Hire workers and wait until they take jobs."""
    for name in names or ("w1",):
        world.hire(name)
    await until(lambda: len(world.service._dispatcher.seats()) == len(world.crew))


def states(world: JobWorld, job_id: str) -> list[JobState]:
    return [job.state for job in world.of("job.changed") if job.id == job_id]


async def test_a_job_goes_its_way_and_is_announced(world):
    await opened(world)
    job = await world.submit(name="N", time_limit="1:30", env={"A": "b"}, working_directory="/tmp")
    assert (job.state, job.worker_id, job.attempts, job.name) == (S.PENDING, "w1", 1, "N")
    assert job.waiting == text("job_waits_start", worker="w1")
    (command,) = world.crew["w1"].commands
    assert (command.job_id, command.run, command.adopt) == (job.id, 1, False)
    assert (command.time_limit_seconds, command.env, command.working_directory) == (90.0, {"A": "b"}, "/tmp")
    assert command.given_at > 0
    await world.tell()
    running = await world.service.get(job.id)
    assert (running.state, running.pid, running.waiting) == (S.RUNNING, 7, None)
    assert [slots.state for slots in world.held()] == [ReservationState.ALLOCATED]
    ended = await world.finish(job.id, stdout_bytes=3, peak_memory_bytes=2 * 1_048_576)
    assert (ended.state, ended.reason, ended.exit_code, ended.error) == (S.COMPLETED, R.OK, "0:0", None)
    assert (ended.peak_memory_mb, ended.stdout_bytes) == (2.0, 3)
    assert world.held() == []
    assert states(world, job.id) == [S.PENDING, S.RUNNING, S.COMPLETED]
    assert (await world.service.page()).rows == [ended]


async def test_start_and_end_in_one_report_are_one_change(world):
    await opened(world)
    job = await world.submit()
    ended = await world.finish(job.id, R.SCRIPT_ERROR, code=37)
    assert (ended.state, ended.exit_code, ended.pid) == (S.FAILED, "37:0", 7)
    assert ended.error == text("exit_code", exit_code=37)
    assert states(world, job.id) == [S.PENDING, S.FAILED]


async def test_ids_only_grow_and_are_never_those_of_folders(world, tmp_path):
    ids = [(await world.submit()).id for _ in range(20)]
    assert ids == sorted(set(ids))
    assert all(len(one) == 12 for one in ids)
    (tmp_path / "jobs" / "ffffffff0000").mkdir(parents=True)
    await world.stop()
    await world.start()
    assert (await world.submit()).id == "ffffffff0001"


async def test_what_has_no_room_waits_and_says_why(world):
    first = await world.submit()
    assert first.waiting == text("job_waits_no_worker")
    await opened(world)
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
    await opened(world)
    blocked = await world.submit(cpus=2)
    world.kill("w1")
    world.service.tick()
    shown = {one.id: one.waiting.code for one in world.of("job.changed")}
    assert shown == {job.id: "job_waits_answer", blocked.id: "job_waits_no_worker"}


async def test_wishes_for_a_worker_are_followed(world):
    await opened(world, "w1")
    world.hire("w2", labels=["gpu"], job_memory_mb=100)
    await until(lambda: len(world.service._dispatcher.seats()) == 2)
    assert (await world.submit(worker_id="w2", exclusive=True)).worker_id == "w2"
    waiting = await world.submit(worker_label="gpu", memory_mb=50)
    assert waiting.worker_id is None
    assert (await world.submit(cpus=2)).worker_id == "w1"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"runner": "nothing"}, {"runner": "field_choice"}),
        ({"spec": {}}, {"spec.command": "field_required"}),
        ({"spec": {"command": "a", "x": 1}}, {"spec.x": "field_unknown"}),
        ({"spec": {"command": 1}}, {"spec.command": "field_type"}),
        ({"spec": {"command": "a\0b"}}, {"spec.command": "field_nul"}),
        ({"spec": {"command": "a", "args": ["\0"]}}, {"spec.args": "field_nul"}),
        ({"spec": {"command": "a", "headers": {"a": 1}}}, {"spec.headers": "field_type"}),
        ({"spec": {"command": "a", "headers": {" ": "b"}}}, {"spec.headers": "field_required"}),
        ({"spec": {"command": "a", "code": "x" * 600_000}}, {"spec.code": "field_length"}),
        ({"env": {"": "a"}}, {"env": "job_env_name"}),
        ({"env": {"A=B": "a"}}, {"env": "job_env_name"}),
        ({"env": {"A": "\0"}}, {"env.A": "field_nul"}),
        ({"time_limit": "soon"}, {"time_limit": "time_limit_format"}),
        ({"time_limit": 0}, {"time_limit": "time_limit_range"}),
        ({"working_directory": "here"}, {"working_directory": "job_directory_relative"}),
        ({"working_directory": "/\0"}, {"working_directory": "field_nul"}),
        ({"credential_id": "c9"}, {"credential_id": "credential_unknown"}),
        ({"worker_id": "w9"}, {"worker_id": "worker_unknown"}),
        ({"worker_label": "gpu"}, {"worker_label": "job_label_unknown"}),
        ({"cpus": 3}, {"cpus": "job_cpus_most"}),
        ({"memory_mb": 101}, {"memory_mb": "job_memory_most"}),
        ({"env": {f"A{n}": "x" * 60_000 for n in range(20)}}, {"spec": "job_large"}),
    ],
)
async def test_what_is_refused_names_its_field(world, body, fields):
    world.hire("w1", job_memory_mb=100)
    with pytest.raises(Invalid) as caught:
        await world.submit(**body)
    assert {name: words.code for name, words in caught.value.fields.items()} == fields
    assert (await world.service.page()).rows == []
    assert world.service.counts().pending == 0


async def test_commands_that_the_settings_do_not_allow_are_refused(tmp_path):
    async with job_world(tmp_path, job_commands=["git", "/bin/ls"]) as world:
        for command in ("git", "/bin/ls"):
            await world.submit(spec={"command": command})
        for command in ("ls", "/usr/bin/git", "./git", "Git"):
            with pytest.raises(Invalid) as caught:
                await world.submit(spec={"command": command})
            assert list(caught.value.fields) == ["spec.command"]
        with pytest.raises(Invalid) as caught:
            await world.submit(spec={"command": "git", "shell": True})
        assert list(caught.value.fields) == ["spec.shell"]


@pytest.mark.parametrize("given", [False, True])
async def test_cancelling_is_done_once_and_never_overwritten(world, given):
    if given:
        await opened(world)
    job = await world.submit()
    if given:
        await world.tell()
        cancelled = await world.service.cancel(job.id)
        assert (cancelled.state, cancelled.cancelling) == (S.RUNNING, True)
        await world.settle()
        await world.service.cancel(job.id)
        await world.tell()
    else:
        await world.service.cancel(job.id)
    ended = await world.service.get(job.id)
    assert (ended.state, ended.reason, ended.cancelling) == (S.CANCELLED, R.CANCELLED, False)
    assert ended.error == text("job_end_cancelled")
    assert await world.service.cancel(job.id, force=True) == ended
    # What is told late of it changes nothing.
    late = JobReported(job_id=job.id, run=1, started=JobStarted(pid=1, at=1), never_began=False)
    await world.service.reported("w1", late)
    assert await world.service.get(job.id) == ended
    assert world.held() == []
    assert world.service.counts().pending == world.service.counts().running == 0


async def test_force_and_replacement_keep_their_reasons(world):
    await opened(world)
    killed, replaced = await world.submit(), await world.submit()
    await world.tell()
    await world.service.cancel(killed.id)
    await world.service.cancel(killed.id, force=True)
    await world.service.cancel(replaced.id, force=True, reason=R.REPLACED)
    await world.settle()
    await world.tell()
    assert (await world.service.get(killed.id)).reason in (R.CANCELLED, R.KILLED)
    assert (await world.service.get(replaced.id)).reason is R.REPLACED


async def test_one_that_ends_by_itself_while_it_is_cancelled_tells_the_truth(world):
    await opened(world)
    job = await world.submit()
    await world.tell()
    world.lose = lambda message: "before"
    await world.service.cancel(job.id)
    assert (await world.finish(job.id)).state is S.COMPLETED


async def test_reports_of_older_runs_and_of_nobody_are_ignored(world):
    await opened(world)
    job = await world.submit()
    await world.service.reported("w1", JobReported(job_id="0" * 12, run=1, never_began=True))
    await world.service.reported("w1", JobReported(job_id=job.id, run=0, never_began=True))
    await world.service.reported("w1", JobReported(job_id=job.id, run=2, never_began=True))
    assert (await world.service.get(job.id)).attempts == 1


async def test_a_run_that_never_began_is_given_out_anew_under_another_number(world):
    await opened(world)
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
    await opened(world)
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
    await opened(world)
    job = await world.submit()
    await world.tell()
    await world.service.reported("w1", JobReported(job_id=job.id, run=1, never_began=True))
    ended = await world.service.get(job.id)
    assert (ended.state, ended.reason, world.lost) == (S.FAILED, R.LOST, [1])


async def test_another_worker_takes_up_what_one_left(world):
    await opened(world, "w1", "w2")
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
    await opened(world, "w1", "w2")
    job = await world.submit()
    world.workers.restart_at["w1"] = now_ms() + 500
    world.kill("w1", WorkerState.CRASHED)
    await world.settle()
    world.bring("w1")
    assert [command.job_id for command in world.crew["w1"].commands if command.adopt] == [job.id]
    assert world.crew["w2"].commands == []


async def test_a_cancellation_reaches_a_worker_that_was_away(world):
    await opened(world)
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
    await opened(world)
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


async def test_retries_are_made_when_asked_for(world):
    await opened(world)
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
    await opened(world)
    job = await world.submit(retry=Retry(reasons=[R.SCRIPT_ERROR]))
    assert (await world.finish(job.id, reason)).state is S.FAILED
    assert (await world.finish((await world.submit()).id, R.SCRIPT_ERROR)).state is S.FAILED


async def test_a_cancelled_job_is_never_tried_again(world):
    await opened(world)
    job = await world.submit(retry=Retry(delay_seconds=0))
    await world.tell()
    world.lose = lambda message: "before"
    await world.service.cancel(job.id)
    assert (await world.finish(job.id, R.SCRIPT_ERROR, code=1)).state is S.FAILED


async def test_one_that_waits_to_be_tried_again_can_be_cancelled(world):
    await opened(world)
    job = await world.submit(retry=Retry(delay_seconds=60))
    await world.finish(job.id, R.SCRIPT_ERROR, code=1)
    assert (await world.service.cancel(job.id)).state is S.CANCELLED
    assert world.service.counts().pending == 0


async def test_a_time_limit_can_be_changed_while_it_is_open(world):
    await opened(world)
    job = await world.submit(time_limit=1)
    changed = await world.service.patch(job.id, JobPatch(time_limit="2:00:00", version=job.version))
    assert changed.time_limit_seconds == 7200
    await world.settle()
    assert [one.time_limit_seconds for one in world.crew["w1"].limits] == [7200]
    with pytest.raises(Conflict):
        await world.service.patch(job.id, JobPatch(time_limit=None, version=job.version))
    with pytest.raises(Invalid):
        await world.service.patch(job.id, JobPatch(time_limit="x"))
    await world.finish(job.id)
    with pytest.raises(Conflict):
        await world.service.patch(job.id, JobPatch(time_limit=None))


async def test_resubmitting_keeps_the_link_and_everything_else(world):
    await opened(world)
    job = await world.submit(name="N", priority=3, env={"A": "b"}, time_limit="2:30")
    await world.finish(job.id, R.SCRIPT_ERROR)
    again = await world.service.resubmit(job.id)
    assert (again.resubmit_of, again.name, again.priority, again.env) == (job.id, "N", 3, {"A": "b"})
    assert again.time_limit_seconds == 150
    with pytest.raises(NotFound):
        await world.service.resubmit("0" * 12)


async def test_what_has_ended_can_be_deleted_with_its_output(world, tmp_path):
    await opened(world)
    job = await world.submit()
    folder = tmp_path / "jobs" / job.id
    folder.mkdir(parents=True)
    (folder / "stdout").write_bytes(b"abc")
    assert (await world.service.output(job.id, "stdout", 0)).text == "abc"
    with pytest.raises(Conflict):
        await world.service.delete(job.id)
    await world.finish(job.id)
    await world.service.delete(job.id)
    assert not folder.exists()
    assert [one.id for one in world.of("job.deleted")] == [job.id]
    for call in (world.service.get(job.id), world.service.delete(job.id), world.service.output(job.id, "stdout", 0)):
        with pytest.raises(NotFound):
            await call


async def test_output_ends_also_where_no_record_tells_so(world):
    job = await world.submit()
    assert not (await world.service.output(job.id, "stdout", 0)).complete
    await world.service.cancel(job.id)
    assert (await world.service.output(job.id, "stdout", 0)).complete
    with pytest.raises(NotFound):
        await world.service.output(job.id, "stdout", 0, attempt=2)


async def test_secrets_go_to_the_worker_that_has_the_run_alone(world):
    await opened(world, "w1", "w2")
    job = await world.submit(credential_id="c1")
    assert world.crew["w1"].commands[0].has_credential
    assert await world.service.secret(job.id, 1, "w1") == {"token": "s3cret"}
    for claim in ((job.id, 2, "w1"), (job.id, 1, "w2"), ("0" * 12, 1, "w1")):
        with pytest.raises(NotFound):
            await world.service.secret(*claim)
    plain = await world.submit()
    assert await world.service.secret(plain.id, 1, str(plain.worker_id)) == {}
    await world.finish(job.id)
    with pytest.raises(NotFound):
        await world.service.secret(job.id, 1, "w1")


async def test_failed_jobs_are_told_and_cancelled_ones_are_not(world):
    await opened(world)
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
    await opened(world)
    seen = []
    world.service.notifies = lambda job, reason: bool(seen.append((job.state, reason))) or reason is R.OK
    await world.finish((await world.submit(name="F")).id, R.TIMEOUT)
    await world.finish((await world.submit(name="D")).id)
    assert seen == [(S.FAILED, R.TIMEOUT), (S.COMPLETED, R.OK)]
    assert [told.title for told in world.of("notification.changed")] == [text("notify_job_completed", name="D")]


async def test_muted_notifications_are_kept_and_not_shown(tmp_path):
    async with job_world(tmp_path, notifications_enabled=False) as world:
        await opened(world)
        await world.finish((await world.submit()).id, R.TIMEOUT)
        assert [told.state for told in world.of("notification.changed")] == ["suppressed"]


async def test_live_output_is_shown_of_the_run_that_counts(world):
    await opened(world)
    job = await world.submit()
    printed = JobPrinted(job_id=job.id, run=1, stream="stdout", offset=0, text="x", next_offset=1)
    world.service.printed("w1", printed)
    world.service.printed("w1", JobPrinted(job_id=job.id, run=2, stream="stdout", offset=0, text="y", next_offset=1))
    assert [(one.job_id, one.attempt, one.text) for one in world.of("job.printed")] == [(job.id, 1, "x")]


async def test_jobs_of_a_schedule_that_are_open(world):
    await opened(world)
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


@pytest.mark.expects_log("failed|the disk is full")
async def test_a_full_disk_loses_no_job_and_no_slot(world):
    await opened(world)
    kept = await world.submit()
    world.database.failing = True
    with pytest.raises(RuntimeError):
        await world.submit()
    assert list(world.service._book.entries) == [kept.id]
    with pytest.raises(RuntimeError):
        await world.finish(kept.id)
    world.database.failing = False
    assert (await world.finish(kept.id)).state is S.COMPLETED
    assert world.held() == []


async def test_a_closed_service_takes_nothing(world):
    world.service.close()
    with pytest.raises(Unavailable):
        await world.submit()


async def test_one_that_is_cancelled_while_it_gets_slots_is_not_given_out(world):
    job = await world.submit()
    entry = world.service._book.entries[job.id]
    await entry.lock.acquire()
    cancelling = asyncio.ensure_future(world.service.cancel(job.id))
    await world.settle()
    await opened(world)  # it has slots now, which are not written before the cancellation lets go
    assert entry.held is not None
    entry.lock.release()
    ended = await cancelling
    await world.settle()
    assert (ended.state, ended.attempts) == (S.CANCELLED, 0)
    assert await world.service.get(job.id) == ended
    assert world.held() == []
    assert world.crew["w1"].commands == []
    assert world.service.resources().workers[0].used_cpus == 0


async def test_statistics_count_ends_by_name_worker_day_and_reason(world):
    await opened(world)
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
