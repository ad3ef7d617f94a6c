"""A running job outlives the package that it was started from: an update replaces it, a person deletes it."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.helpers.deadlines import until
from tests.helpers.job_parts import job_parts_without_trace
from worker.protocol.job_messages import CancelJob
from worker.protocol.states import JobReason
from worker.runtime import job_keepers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows locks the files of what runs")


@pytest.fixture
def package(bundle, tmp_path, monkeypatch):
    """A copy of the keeper that may be deleted, and that jobs are kept by."""
    folder = tmp_path / "package"
    shutil.copytree(Path(bundle.keeper).parent, folder / "keeper", symlinks=True)
    keeper = str(folder / "keeper" / Path(bundle.keeper).name)
    monkeypatch.setattr(job_keepers, "keeper_command", lambda mode: [keeper, mode])
    return folder


async def test_a_job_goes_on_when_its_keeper_is_deleted(package, tmp_path):
    """As on macOS, whose application is replaced as a whole: all that it needs is loaded when the job begins."""
    go = tmp_path / "go"
    script = f"echo before; while [ ! -e {go} ]; do sleep 0.05; done; yes after | head -n 200000; echo err >&2; exit 7"
    async with job_parts_without_trace(tmp_path / "jobs") as parts:
        await parts.run("sh", "-c", script)
        await parts.started()
        await until(lambda: parts.output() == "before\n")
        shutil.rmtree(package)
        go.touch()
        ended = await parts.ended()
        assert (ended.reason, ended.code) == (JobReason.SCRIPT_ERROR, 7)
        assert ended.stdout_bytes == len("before\n") + 200_000 * len("after\n")
        assert parts.output("stderr") == "err\n"


async def test_a_job_is_cancelled_though_its_keeper_was_deleted(package, tmp_path):
    async with job_parts_without_trace(tmp_path / "jobs") as parts:
        await parts.run("sleep", "60")
        await parts.started()
        shutil.rmtree(package)
        await parts.jobs.cancel(CancelJob(job_id="j1", run=1))
        assert (await parts.ended()).reason is JobReason.CANCELLED
