"""Jobs run under keepers that outlive the worker; what becomes of each is told once and truly."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time

import msgspec
import psutil
import pytest

from tests.helpers.deadlines import until
from tests.helpers.gates import Gate
from tests.helpers.job_parts import again, job_parts_without_trace
from worker.protocol.codec import ProtocolError
from worker.protocol.credential_messages import CredentialRequest
from worker.protocol.job_folders import JOB_VARIABLE, KEEPER
from worker.protocol.job_messages import CancelJob, ForgetJob, JobPolicy, JobPrinted, JobReported, LimitJob
from worker.protocol.states import ErrorCode, JobReason, JobState
from worker.runtime import job_reports
from worker.runtime.job_folders import abandon
from worker.runtime.job_runs import KeptRun, is_alive, read_keeper

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


@pytest.fixture
async def parts(tmp_path):
    async with job_parts_without_trace(tmp_path / "jobs") as it:
        yield it


def running(parts):
    """Return what runs of the job of this test: other tests of this machine have jobs of the same name."""
    marker = KeptRun("j1", 1, parts.folder(), parts.threads).marker(read_keeper(parts.folder()).nonce)
    return [one for one in psutil.process_iter() if _marker(one) == marker]


def _marker(process):
    try:
        return process.environ().get(JOB_VARIABLE, "")
    except (psutil.Error, OSError):
        return ""


async def test_a_command_runs_and_its_end_is_told(parts):
    await parts.run("sh", "-c", "echo out; echo err >&2; exit 37")
    ended = await parts.ended()
    assert (ended.reason, ended.code, ended.signal) == (JobReason.SCRIPT_ERROR, 37, None)
    assert (parts.output(), parts.output("stderr")) == ("out\n", "err\n")
    assert (ended.stdout_bytes, ended.stderr_bytes, ended.left_bytes) == (4, 4, 0)
    assert ended.started_at <= ended.at
    await until(lambda: parts.jobs.count() == 0)


async def test_a_short_job_is_told_in_one_message(parts, monkeypatch):
    monkeypatch.setattr(job_reports, "BREATH_SECONDS", 10.0)  # short is what a machine makes of it
    await parts.run("true")
    assert (await parts.ended()).reason is JobReason.OK
    assert len(parts.reports()) == 1


async def test_a_long_one_is_told_when_it_starts(parts):
    await parts.run("sleep", "60")
    started = await parts.started()
    assert psutil.Process(started.pid).name() == "sleep"
    await parts.jobs.cancel(CancelJob(job_id="j1", run=1))
    ended = await parts.ended()
    assert (ended.reason, ended.signal) == (JobReason.CANCELLED, signal.SIGTERM)


async def test_the_same_command_twice_starts_one(parts, tmp_path):
    gate = Gate(tmp_path)
    for _ in range(3):
        await parts.run("sh", "-c", f"echo x >> {tmp_path}/count; {gate.wait}")
    gate.open()
    await parts.ended()
    await parts.run("sh", "-c", f"echo x >> {tmp_path}/count")
    await until(lambda: len([one for one in parts.reports() if one.ended]) == 2)
    assert (tmp_path / "count").read_text() == "x\n"


@pytest.mark.parametrize(
    ("more", "reason", "code"),
    [
        ({"spec": {"command": "/no/such"}}, JobReason.BAD_COMMAND, "job_command_not_found"),
        ({"spec": {"command": "/no/such thing"}}, JobReason.BAD_COMMAND, "job_command_not_found"),
        ({"spec": {"command": "sleep 60"}}, JobReason.BAD_COMMAND, "job_command_words"),
        ({"spec": {"command": "true"}, "working_directory": "/no/such"}, JobReason.BAD_DIRECTORY,
         "job_directory_missing"),
        ({"spec": {"command": "true"}, "runner": "nothing"}, JobReason.BAD_SPEC, "runner_unknown"),
        ({"spec": {"command": 3}}, JobReason.BAD_SPEC, "job_bad_spec"),
        ({"spec": {}}, JobReason.BAD_SPEC, "job_bad_spec"),
        ({"spec": {"command": "a\0b"}}, JobReason.BAD_SPEC, "job_bad_spec"),
        ({"spec": {"command": "ls", "shell": True}, "policy": JobPolicy(shell=False)}, JobReason.NOT_ALLOWED,
         "job_shell_not_allowed"),
        ({"spec": {"command": "ls"}, "policy": JobPolicy(commands=["true"])}, JobReason.NOT_ALLOWED,
         "job_command_not_allowed"),
        ({"spec": {"language": "python"}, "runner": "script"}, JobReason.BAD_SPEC, "job_bad_spec"),
        ({"spec": {"language": "cobol", "code": "x"}, "runner": "script"}, JobReason.BAD_SPEC, "job_bad_spec"),
    ],
)  # fmt: skip
async def test_what_cannot_run_says_why(parts, more, reason, code):
    await parts.run(**more)
    ended = await parts.ended()
    assert (ended.reason, ended.error.code, ended.code) == (reason, code, None)


async def test_a_file_that_is_no_program_is_not_executed(parts, tmp_path):
    for job_id, mode in (("a", 0o644), ("b", 0o755)):
        (tmp_path / job_id).write_text("no program\n")
        (tmp_path / job_id).chmod(mode)
        await parts.run(str(tmp_path / job_id), job_id=job_id)
    assert (await parts.ended("a")).reason is JobReason.PERMISSION
    assert (await parts.ended("b")).reason is JobReason.BAD_COMMAND


async def test_an_allowed_command_may_be_named_or_placed(parts):
    await parts.run("true", policy=JobPolicy(commands=["/usr/bin/true"]))
    assert (await parts.ended()).reason is JobReason.OK


@pytest.mark.expects_log("cannot be used")
async def test_a_folder_that_cannot_be_written_is_an_end(parts, tmp_path):
    (tmp_path / "jobs").write_text("a file")
    await parts.run("true")
    assert (await parts.ended()).reason is JobReason.START_FAILED


async def test_scripts_run_in_their_languages(parts):
    code = "import sys\nprint('py', *sys.argv[1:])"
    spec = {"language": "python", "code": code, "args": ["{folder}", "b c"]}
    await parts.run(spec=spec, runner="script", job_id="p")
    await parts.run(spec={"language": "shell", "code": "echo sh $1", "args": ["x"]}, runner="script", job_id="s")
    assert (await parts.ended("p")).reason is JobReason.OK
    assert (await parts.ended("s")).reason is JobReason.OK
    assert (parts.output(job_id="p"), parts.output(job_id="s")) == ("py {folder} b c\n", "sh x\n")


async def test_the_environment_has_what_the_job_adds_and_nothing_of_ours(parts, monkeypatch):
    monkeypatch.setenv("WATCHKEEPER_PROFILE", "/secret/place")
    await parts.run("env", env={"ADDED": "yes"})
    await parts.ended()
    lines = parts.output().splitlines()
    assert "ADDED=yes" in lines
    assert not [line for line in lines if line.startswith("WATCHKEEPER_") and not line.startswith(JOB_VARIABLE)]


# ------------------------------------------------------------ secrets


async def test_a_secret_comes_on_stdin_and_stands_nowhere_else(parts):
    parts.link.master.documents["j1"] = {"token": "hush-hush-1"}
    await parts.run("sh", "-c", "cat | wc -c; env; cat /proc/$$/cmdline", has_credential=True)
    assert (await parts.ended()).reason is JobReason.OK
    assert parts.output().splitlines()[0] == str(len(json.dumps({"token": "hush-hush-1"})))
    assert parts.link.master.of(CredentialRequest)[0].job_id == "j1"
    for path in parts.folder().iterdir():
        assert path.name == "control" or b"hush" not in path.read_bytes()
    assert parts.redactor.redact("hush-hush-1") == "hush-hush-1"


async def test_a_secret_that_cannot_be_read_is_an_end(parts):
    parts.link.master.refusals[CredentialRequest] = lambda _: (ErrorCode.INTERNAL, "the keyring is locked")
    await parts.run("true", has_credential=True)
    ended = await parts.ended()
    assert ended.reason is JobReason.CREDENTIAL
    assert "the keyring is locked" in ended.error.message
    assert not parts.folder().exists()


# ------------------------------------------------------------ ends that are made


async def test_force_kills_the_whole_tree_at_once(parts):
    await parts.run("sh", "-c", "trap '' TERM; sh -c 'trap \"\" TERM; setsid sleep 60' & wait; sleep 60")
    await parts.started()
    await until(lambda: len(running(parts)) >= 3)
    began = time.monotonic()
    await parts.jobs.cancel(CancelJob(job_id="j1", run=1, force=True))
    ended = await parts.ended()
    assert (ended.reason, ended.signal) == (JobReason.KILLED, signal.SIGKILL)
    assert time.monotonic() - began < 20
    assert not running(parts)


async def test_the_time_limit_ends_it(parts):
    await parts.run("sleep", "60", time_limit_seconds=0.2)
    ended = await parts.ended()
    assert (ended.reason, ended.signal) == (JobReason.TIMEOUT, signal.SIGTERM)


async def test_the_time_limit_may_be_changed(parts):
    await parts.run("sleep", "60", time_limit_seconds=600)
    await parts.started()
    await parts.jobs.limit(LimitJob(job_id="j1", run=1, time_limit_seconds=0.1))
    assert (await parts.ended()).reason is JobReason.TIMEOUT


async def test_what_a_job_leaves_behind_ends_with_it(parts):
    await parts.run("sh", "-c", "setsid sh -c 'sleep 60 & sleep 60' & exit 3")
    ended = await parts.ended()
    assert (ended.reason, ended.code) == (JobReason.SCRIPT_ERROR, 3)
    assert ended.stragglers >= 2
    assert not running(parts)


async def test_cancelled_before_it_began_it_never_does(parts, tmp_path):
    parts.link.slow = 0.3
    parts.link.master.documents["j1"] = {"token": "hush-hush-1"}
    await parts.run("touch", str(tmp_path / "ran"), has_credential=True)
    await parts.jobs.cancel(CancelJob(job_id="j1", run=1))
    assert (await parts.ended()).reason is JobReason.CANCELLED
    assert not (tmp_path / "ran").exists()


async def test_nobody_elses_job_is_cancelled(parts):
    with pytest.raises(ProtocolError) as error:
        await parts.jobs.cancel(CancelJob(job_id="j1", run=1))
    assert error.value.code is ErrorCode.JOB_NOT_FOUND


# ------------------------------------------------------------ the worker ends, the job does not


async def test_the_next_worker_takes_a_running_job_up_again(parts, tmp_path):
    gate = Gate(tmp_path)
    words = f"for i in 1 2 3 4; do echo $i; done; {gate.wait}; for i in 5 6 7 8 9; do echo $i; done; exit 37"
    await parts.run("sh", "-c", words)
    await parts.started()
    next_one = await again(parts)
    try:
        await next_one.run(spec={}, adopt=True)
        assert (await next_one.started()).pid == (await parts.started()).pid
        gate.open()
        assert (await next_one.ended()).code == 37
        assert next_one.output() == "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
    finally:
        await next_one.close()


async def test_the_next_worker_tells_of_an_end_that_nobody_heard(parts):
    parts.link.cut()
    await parts.run("sh", "-c", "exit 5")
    await until(lambda: (parts.folder() / "exit.json").exists())
    next_one = await again(parts)
    try:
        await next_one.run(spec={}, adopt=True)
        assert (await next_one.ended()).code == 5
    finally:
        await next_one.close()


async def test_a_cancel_reaches_a_job_that_was_taken_up_again(parts):
    await parts.run("sh", "-c", "sleep 60 & sleep 60")
    await parts.started()
    next_one = await again(parts)
    try:
        await next_one.run(spec={}, adopt=True)
        await next_one.jobs.cancel(CancelJob(job_id="j1", run=1))
        assert (await next_one.ended()).reason is JobReason.CANCELLED
        assert not running(parts)
    finally:
        await next_one.close()


async def test_what_never_began_never_will(parts):
    await parts.run(spec={}, adopt=True)
    await until(lambda: [one for one in parts.reports() if one.never_began])
    await parts.run("true", job_id="j1")
    # Whoever comes too late finds the folder taken.
    assert (await until(lambda: parts.reports()[1:]))[0].never_began


async def test_what_was_given_before_the_machine_started_is_not_run_again(parts):
    await parts.run(spec={}, adopt=True, given_at=1)
    assert (await parts.ended()).reason is JobReason.HOST_RESTART


async def test_a_keeper_that_was_killed_leaves_a_lost_job_and_nothing_running(parts):
    await parts.run("sh", "-c", "sleep 60 & sleep 60")
    await parts.started()
    os.kill(read_keeper(parts.folder()).pid, signal.SIGKILL)
    ended = await parts.ended()
    assert (ended.reason, ended.error.code) == (JobReason.LOST, "job_lost")
    await until(lambda: not running(parts))


async def test_a_keeper_of_another_boot_is_no_keeper(parts):
    await parts.run("sleep", "60")
    await parts.started()
    path = parts.folder() / KEEPER
    keeper = read_keeper(parts.folder())
    next_one = await again(parts)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(keeper, boot_id="another")))
    try:
        await next_one.run(spec={}, adopt=True)
        assert (await next_one.ended()).reason is JobReason.HOST_RESTART
    finally:
        await next_one.close()
        os.kill(keeper.pid, signal.SIGKILL)


async def test_a_foreign_process_under_a_recorded_number_is_never_touched(parts):
    stranger = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
    try:
        await parts.run("true")
        await parts.ended()
        keeper = read_keeper(parts.folder())
        (parts.folder() / "exit.json").unlink()
        attacked = msgspec.structs.replace(keeper, pid=stranger.pid)
        (parts.folder() / KEEPER).write_bytes(msgspec.json.encode(attacked))
        await until(lambda: parts.jobs.count() == 0)
        await parts.run(spec={}, adopt=True)
        await until(lambda: len([one for one in parts.reports() if one.ended]) == 2)
        assert parts.reports()[-1].ended.reason is JobReason.LOST
        run = KeptRun("j1", 1, parts.folder(), parts.threads)
        await run.stop()
        await run.kill()
        await run.clean_up()
        assert stranger.returncode is None
        assert psutil.Process(stranger.pid).status() != psutil.STATUS_ZOMBIE
    finally:
        stranger.kill()
        await stranger.wait()


async def test_a_job_that_is_somebody_elses_now_goes_on(parts):
    await parts.run("sleep", "60")
    pid = (await parts.started()).pid
    await parts.jobs.forget(ForgetJob(job_id="j1", run=1))
    assert parts.jobs.count() == 0
    assert psutil.pid_exists(pid)


async def test_the_verbs_of_a_run(parts):
    await parts.run("sleep", "60")
    await parts.started()
    run = KeptRun("j1", 1, parts.folder(), parts.threads)
    assert (await run.status(), await run.result()) == (JobState.RUNNING, None)
    await run.set_timeout(None)
    await run.stop()
    await parts.ended()
    assert await run.status() is JobState.CANCELLED
    assert (await run.result()).end == "stopped"
    await run.stop()
    await run.kill()
    await run.set_timeout(1)
    await run.clean_up()


# ------------------------------------------------------------ telling


async def test_reports_wait_for_the_master(parts):
    parts.link.cut()
    await parts.run("true")
    await until(lambda: (parts.folder() / "exit.json").exists())
    assert not parts.reports()
    parts.link.mend()
    assert (await parts.ended()).reason is JobReason.OK


async def test_a_report_without_an_answer_is_told_again(parts, monkeypatch):
    monkeypatch.setattr(job_reports, "BREATH_SECONDS", 10.0)  # the first tells of the end
    parts.link.master.silent.add(JobReported)
    await parts.run("true")
    await until(lambda: parts.reports())
    parts.link.master.silent.clear()
    await until(lambda: len([one for one in parts.reports() if one.ended]) >= 2)
    await until(lambda: parts.jobs.count() == 0)


async def test_what_it_prints_is_told_while_it_runs(parts, tmp_path):
    gate = Gate(tmp_path)
    await parts.run("sh", "-c", f"echo one; {gate.wait}; echo two; sleep 60")
    await until(lambda: [one for one in parts.link.master.of(JobPrinted) if one.next_offset == 4])
    gate.open()
    await until(lambda: [one for one in parts.link.master.of(JobPrinted) if one.text == "two\n"])
    told = [one for one in parts.link.master.of(JobPrinted) if one.stream == "stdout"]
    assert (told[-1].offset, told[-1].next_offset) == (4, 8)


async def test_a_keeper_whose_folder_was_removed_ends(parts):
    await parts.run("sleep", "60")
    await parts.started()
    keeper = read_keeper(parts.folder())
    control = os.open(parts.folder() / "control", os.O_WRONLY | os.O_NONBLOCK)
    shutil.rmtree(parts.folder())
    os.write(control, b"kill\n")
    os.close(control)
    await until(lambda: not is_alive(keeper))
    assert (await parts.ended()).reason is JobReason.LOST


async def test_an_abandoned_run_stays_abandoned(tmp_path):
    assert abandon(tmp_path / "j")
    assert not abandon(tmp_path / "j")
