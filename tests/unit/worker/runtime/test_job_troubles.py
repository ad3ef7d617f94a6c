"""Jobs where something is not as it should be: slow disks, odd limits, secrets that somebody looks for, lost power."""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

import pytest

from tests.helpers.deadlines import until
from tests.helpers.gates import Gate
from tests.helpers.job_parts import again, job_parts_without_trace
from worker.protocol.job_folders import KEEPER
from worker.protocol.job_messages import CancelJob, JobPolicy, LimitJob
from worker.protocol.states import JobReason
from worker.runtime import jobs
from worker.runtime.job_keepers import KeeperError
from worker.runtime.job_runs import read_keeper

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


@pytest.fixture
async def parts(tmp_path):
    async with job_parts_without_trace(tmp_path / "jobs") as it:
        yield it


@pytest.mark.parametrize("seconds", [40 * 86400.0, 1e18])
async def test_a_limit_that_no_clock_waits_for_ends_nothing(parts, tmp_path, seconds):
    gate = Gate(tmp_path)
    await parts.run("sh", "-c", f"{gate.wait}; exit 3", time_limit_seconds=seconds)
    await parts.started()
    await parts.jobs.limit(LimitJob(job_id="j1", run=1, time_limit_seconds=seconds))
    gate.open()
    assert (await parts.ended()).code == 3


async def test_a_limit_that_was_changed_while_nobody_could_be_told_counts(parts):
    await parts.run("sleep", "60", job_id="a")
    await parts.run("sleep", "60", job_id="b")
    await parts.started("a")
    await parts.started("b")
    await parts.run(spec={}, adopt=True, time_limit_seconds=0.2, job_id="a")
    assert (await parts.ended("a")).reason is JobReason.TIMEOUT
    next_one = await again(parts)
    try:
        await next_one.run(spec={}, adopt=True, time_limit_seconds=0.2, job_id="b")
        assert (await next_one.ended("b")).reason is JobReason.TIMEOUT
    finally:
        await next_one.close()


async def test_a_limit_that_comes_before_the_start_counts(parts):
    parts.link.slow = 0.3
    parts.link.master.documents["j1"] = {"token": "hush-hush-1"}
    await parts.run("sleep", "60", has_credential=True)
    await parts.jobs.limit(LimitJob(job_id="j1", run=1, time_limit_seconds=0.2))
    assert (await parts.ended()).reason is JobReason.TIMEOUT


@pytest.mark.expects_log("cannot be looked at now")
async def test_what_cannot_be_read_now_is_no_end(parts, tmp_path, monkeypatch):
    gate = Gate(tmp_path)
    await parts.run("sh", "-c", f"{gate.wait}; exit 3")
    await parts.started()
    next_one = await again(parts)
    failing = [TimeoutError("a slow disk"), OSError(24, "too many open files")]
    real = jobs.KeptRun.keeper

    async def keeper(run):
        if failing:
            raise failing.pop()
        return await real(run)

    monkeypatch.setattr(jobs.KeptRun, "keeper", keeper)
    try:
        await next_one.run(spec={}, adopt=True)
        await until(lambda: not failing, what="that it was looked at")
        gate.open()
        assert (await next_one.ended()).code == 3
    finally:
        await next_one.close()


async def test_a_name_that_is_allowed_is_the_program_of_the_worker(parts, tmp_path):
    evil = tmp_path / "true"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/evil-ran\n")
    evil.chmod(0o755)
    policy = JobPolicy(commands=["true"])
    await parts.run("true", env={"PATH": str(tmp_path)}, policy=policy, job_id="a")
    await parts.run("./true", working_directory=str(tmp_path), policy=policy, job_id="b")
    await parts.run("true", env={"LD_PRELOAD": "/evil.so"}, policy=policy, job_id="c")
    for job_id in "abc":
        assert (await parts.ended(job_id)).reason is JobReason.NOT_ALLOWED
    assert not (tmp_path / "evil-ran").exists()


async def test_a_runner_imports_nothing_from_the_working_directory(parts, tmp_path):
    (tmp_path / "msgspec.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')\nraise SystemExit(3)\n")
    await parts.run(spec={"url": "http://127.0.0.1:1/"}, runner="http", working_directory=str(tmp_path))
    assert (await parts.ended()).reason is JobReason.UNAVAILABLE
    assert not (tmp_path / "imported").exists()


async def test_no_keeper_and_nothing_that_makes_them_ever_holds_a_secret(parts):
    secret = "hush-hush-" + "1234567890" * 3
    parts.link.master.documents["a"] = {"token": secret}
    await parts.run("sh", "-c", "cat > /dev/null; sleep 60", has_credential=True, job_id="a")
    await parts.run("sleep", "60", job_id="b")
    await parts.started("a")
    await parts.started("b")
    nursery = parts.jobs._nursery._process.pid
    keepers = [read_keeper(parts.folder(job_id)).pid for job_id in "ab"]
    for pid in (nursery, *keepers):
        assert secret.encode() not in memory_of(pid), pid
    for job_id in "ab":
        await parts.jobs.cancel(CancelJob(job_id=job_id, run=1, force=True))
        await parts.ended(job_id)


def memory_of(pid):
    found = b""
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            if "rw" in line.split()[1]:
                with contextlib.suppress(OSError, ValueError):
                    memory.seek(begin)
                    found += memory.read(end - begin)
    return found


async def test_a_secret_larger_than_a_pipe_comes_whole(parts):
    parts.link.master.documents["j1"] = {"token": "x" * 400_000}
    await parts.run("sh", "-c", "sleep 0.2; wc -c", has_credential=True)
    await parts.ended()
    assert parts.output().strip() == str(len(json.dumps({"token": "x" * 400_000})))


async def test_a_secret_that_nobody_reads_holds_nothing_up(parts):
    parts.link.master.documents["j1"] = {"token": "x" * 400_000}
    await parts.run("sh", "-c", "exit 4", has_credential=True)
    assert (await parts.ended()).code == 4


async def test_a_master_that_is_away_is_asked_again_for_the_secret(parts):
    parts.link.cut()
    parts.link.master.documents["j1"] = {"token": "hush-hush-1"}
    await parts.run("cat", has_credential=True)
    await asyncio.sleep(0.1)
    parts.link.mend()
    assert (await parts.ended()).reason is JobReason.OK


async def test_files_of_a_job_have_the_rights_that_the_user_asked_for(parts, tmp_path):
    before = os.umask(0o022)
    try:
        await parts.run("touch", str(tmp_path / "made"))
        await parts.ended()
    finally:
        os.umask(before)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o644
    assert (parts.folder() / "stdout").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("name", "reason"), [("job.json", JobReason.OK), ("exit.json", JobReason.LOST)])
async def test_what_a_loss_of_power_left_of_a_file_is_taken_for_what_it_is(parts, name, reason):
    await parts.run("true")
    await parts.ended()
    await until(lambda: parts.jobs.count() == 0)
    (parts.folder() / name).write_bytes(b"")
    await parts.run(spec={}, adopt=True)
    await until(lambda: len([one for one in parts.reports() if one.ended]) == 2)
    assert parts.reports()[-1].ended.reason is reason


async def test_a_keeper_record_that_names_nobody_is_a_lost_job(parts):
    await parts.run("true")
    await parts.ended()
    await until(lambda: parts.jobs.count() == 0)
    (parts.folder() / "exit.json").unlink()
    (parts.folder() / KEEPER).write_bytes(b"")
    await parts.run(spec={}, adopt=True)
    await until(lambda: len([one for one in parts.reports() if one.ended]) == 2)
    assert parts.reports()[-1].ended.reason is JobReason.LOST


async def test_words_of_any_length_are_told(parts):
    await parts.run("/" + "x" * 700_000, working_directory="/" + "y" * 300)
    ended = await parts.ended()
    assert ended.reason in (JobReason.BAD_COMMAND, JobReason.BAD_DIRECTORY, JobReason.START_FAILED)
    assert len(ended.error.message) < 2000


async def test_a_second_keeper_touches_nothing_of_the_first(parts, tmp_path):
    gate = Gate(tmp_path)
    await parts.run("sh", "-c", f"echo kept; {gate.wait}; exit 3")
    await parts.started()
    await until(lambda: parts.output() == "kept\n")
    with pytest.raises(KeeperError) as error:
        await parts.jobs._nursery.keep(parts.folder(), None)
    assert error.value.kind == "kept"
    assert parts.output() == "kept\n"
    gate.open()
    assert (await parts.ended()).code == 3
