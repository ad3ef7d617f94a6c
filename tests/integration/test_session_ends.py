"""The end of a session: the window's process has gone within a moment, and what runs goes on without it."""

import sys
from pathlib import Path

import psutil
import pytest

from master.api.jobs import JobCreate
from tests.chaos.crews import Crew, crew, processes_of, until
from tests.helpers.ports import free_port
from worker.protocol.states import JobState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends by a POSIX signal")

MOST_SECONDS = 30.0
"""On a busy machine; tests.bench.laptop tells how long it takes."""


class Windowed(Crew):
    """The window with its master in it, drawn nowhere."""

    program = ("desktop",)


async def test_running_jobs_go_on_when_the_session_ends_and_are_there_again(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    async with crew(profile, free_port(), profile.parent / "log", kind=Windowed) as running:
        await running.hire(1, 10)
        job = await running.client.create_job(
            JobCreate(name="long", runner="command", spec={"command": "sleep", "args": ["600"]})
        )

        async def runs() -> bool:
            return (await running.client.job(job.id)).state is JobState.RUNNING

        await until(runs, what="the job")
        pid = (await running.client.job(job.id)).pid
        assert pid is not None
        code, seconds = await running.stop()
        assert code == 0
        assert seconds < MOST_SECONDS
        work = psutil.Process(pid)
        assert work.is_running(), "nobody is there to ask: it goes on"
        left = [" ".join(one.cmdline()) for one in processes_of(profile)]
        assert [one for one in left if "shim" not in one] == []
        await running.start()
        await running.online(1)
        await until(runs, what="the job of before")
        assert (await running.client.job(job.id)).pid == pid
        await running.client.cancel_job(job.id, force=True)

        async def over() -> bool:
            return (await running.client.job(job.id)).state is JobState.CANCELLED

        await until(over, what="the end of the job")
        assert not work.is_running() or work.status() == psutil.STATUS_ZOMBIE
