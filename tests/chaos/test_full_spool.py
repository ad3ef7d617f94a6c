"""The disk of the jobs is full: what runs goes on, its true exit is recorded, and what cannot begin says so."""

import sys

import pytest

from tests.chaos.disks import small_disk
from tests.helpers.deadlines import until
from tests.helpers.job_parts import job_parts
from worker.protocol.states import JobReason

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")

PRINTING = "echo first; while [ ! -e {gate} ]; do sleep 0.02; done; head -c 300000 /dev/zero | tr '\\0' x; exit 7"


@pytest.mark.expects_log("cannot be used")
async def test_a_full_disk_takes_the_exit_record_all_the_same(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        if disk.why_not:
            pytest.skip(disk.why_not)
        async with job_parts(disk.folder / "jobs") as parts:
            gate = tmp_path / "gate"
            await parts.run("sh", "-c", PRINTING.format(gate=gate))
            await until(lambda: parts.folder().exists() and parts.output() == "first\n")
            disk.fill()
            gate.touch()
            ended = await parts.ended()
            assert (ended.reason, ended.code) == (JobReason.SCRIPT_ERROR, 7)
            assert ended.stdout_bytes == 300_006
            assert 0 < ended.left_bytes <= 300_000
            await parts.run("true", job_id="j2")
            refused = await parts.ended("j2")
            assert (refused.reason, refused.error.code) == (JobReason.START_FAILED, "job_folder_unusable")
            disk.free()
            await parts.run("true", job_id="j3")
            assert (await parts.ended("j3")).reason is JobReason.OK
