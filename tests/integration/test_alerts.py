"""Alerts of a real master: a worker that crashes at once is given up once, told once, and may be started again."""

import pytest

from master.api.schema import WorkerConfigCreate, WorkerConfigPatch
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master


@pytest.mark.expects_log("worker|looper")
async def test_a_worker_that_crashes_at_once_is_told_once(profile):
    async with running_master(profile, workers=False) as (_master, client):
        config = await client.create_worker_config(
            WorkerConfigCreate(
                worker_id="looper",
                name="Looper",
                command_args=["--no-such-option"],
                auto_start=False,
                max_restart_attempts=3,
                restart_delay_ms=50,
            )
        )
        await client.start_worker("looper")

        async def given_up():
            worker = await client.worker_status("looper")
            return worker if worker.status == "error" else None

        worker = await until(given_up, what="the end of its restarts")
        assert (worker.restart_count, worker.epoch) == (3, 4)

        async def opened():
            return (await client.alerts("open")).rows

        async def gave_up():
            return (await client.alerts("open", "worker_gave_up")).rows

        (alert,) = await until(gave_up, what="the alert")
        assert await opened() == [alert], "the crash before it is over"
        assert (alert.subject, alert.level) == ("looper", "bad")
        assert alert.title.params == {"worker": "Looper", "count": 4}
        told = [row for row in (await client.notifications()).rows if row.kind == "alert"]
        assert [row.title.code for row in told] == ["notify_worker_gave_up"]

        await client.patch_worker_config("looper", WorkerConfigPatch(command_args=[], version=config.version))
        await client.start_worker("looper")

        async def cleared():
            return (await client.alerts("cleared", "worker_gave_up")).rows

        (over,) = await until(cleared, what="the end of the alert")
        assert over.id == alert.id
        assert await opened() == []
        told = [row.title.code for row in (await client.notifications()).rows if row.kind == "alert"]
        assert told == ["over_worker_gave_up", "notify_worker_gave_up"]
