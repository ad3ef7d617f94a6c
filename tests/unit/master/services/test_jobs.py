"""Jobs from their submission to their end, with workers that the test plays."""

import pytest

from master.api.jobs import JobPatch
from master.errors import Conflict, Invalid, NotFound, Unavailable
from tests.helpers.jobs import JobWorld, job_world
from worker.protocol.job_messages import JobReported, JobStarted
from worker.protocol.states import JobReason, JobState, ReservationState
from worker.protocol.texts import text

S, R = JobState, JobReason


@pytest.fixture
async def world(tmp_path):
    async with job_world(tmp_path) as world:
        yield world


def states(world: JobWorld, job_id: str) -> list[JobState]:
    return [job.state for job in world.of("job.changed") if job.id == job_id]


async def test_a_job_goes_its_way_and_is_announced(world):
    await world.opened()
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
    await world.opened()
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
        await world.opened()
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
    await world.opened()
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
    await world.opened()
    job = await world.submit()
    await world.tell()
    world.lose = lambda message: "before"
    await world.service.cancel(job.id)
    assert (await world.finish(job.id)).state is S.COMPLETED


async def test_a_time_limit_can_be_changed_while_it_is_open(world):
    await world.opened()
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
    await world.opened()
    job = await world.submit(name="N", priority=3, env={"A": "b"}, time_limit="2:30")
    await world.finish(job.id, R.SCRIPT_ERROR)
    again = await world.service.resubmit(job.id)
    assert (again.resubmit_of, again.name, again.priority, again.env) == (job.id, "N", 3, {"A": "b"})
    assert again.time_limit_seconds == 150
    with pytest.raises(NotFound):
        await world.service.resubmit("0" * 12)


async def test_what_has_ended_can_be_deleted_with_its_output(world, tmp_path):
    await world.opened()
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


async def test_secrets_go_to_the_worker_that_has_the_run_alone(world):
    await world.opened("w1", "w2")
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


@pytest.mark.expects_log("failed|the disk is full")
async def test_a_full_disk_loses_no_job_and_no_slot(world):
    await world.opened()
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
