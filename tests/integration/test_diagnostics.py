"""A running master tells of its machine, and runs the self-test in a process of its own."""

import asyncio

import pytest

from master.api.client import ApiError
from master.checks import selftest_runs
from master.deploy import consoles
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master, workers_run
from worker.version import __version__


async def test_the_report_and_the_self_test_of_a_running_master(profile, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    async with running_master(profile) as (master, client):
        await workers_run(client)
        assert (await client.selftest()).state == "never"
        assert (await client.start_selftest()).state == "running"
        with pytest.raises(ApiError) as told:
            await client.start_selftest()
        assert told.value.status == 409
        report, again = await asyncio.gather(client.system(), client.system())
        levels = {check.name: check.level for check in report.checks}
        assert levels.keys() >= {"version", "profile", "disk", "database", "port", "worker", "workers", "versions"}
        assert (levels["workers"], levels["port"], levels["database"]) == ("ok", "ok", "ok")
        assert again.facts.version == __version__
        assert report.facts.address == master.url
        assert report.facts.uptime > 0
        assert "tick" in report.facts.tasks
        assert {one.place for one in report.facts.sizes} == {"database", "logs", "workers", "jobs", "backups"}

        async def ended() -> bool:
            return (await client.selftest()).state != "running"

        await until(ended, seconds=60)
        found = await client.selftest()
        assert found.state == "passed", found
        assert found.ended_at is not None
        assert all(step.passed for step in found.steps)


async def test_a_self_test_that_hangs_or_says_nothing_is_told(monkeypatch, tmp_path):
    found = await selftest_runs.run_selftest(seconds=0.05)
    assert found.problem is not None
    assert found.problem.code == "selftest_slow"

    monkeypatch.setattr(consoles, "GRACE_SECONDS", 20.0)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    await selftest_runs.run_selftest(seconds=2)
    assert list(tmp_path.glob("watchkeeper-selftest-*")) == []

    async def silent(*_given: str, seconds: float) -> selftest_runs.Printed:
        return selftest_runs.Printed(3, b"", b"first line\nno room on the disk\n")

    monkeypatch.setattr(selftest_runs, "run_console", silent)
    found = await selftest_runs.run_selftest()
    assert found.problem is not None
    assert "no room on the disk" in found.problem.message
