"""The setting ``job_commands`` holds for accounts that run commands, at once and without a restart."""

import sys
from pathlib import Path

import pytest

from master.api.schema import AccountCreate, AccountTest, SettingsPatch
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, running_master, workers_run

pytestmark = pytest.mark.real_server

SOURCE = "import pathlib, sys; pathlib.Path(sys.argv[1]).open('a').write('x')"


async def test_a_command_runs_only_as_long_as_the_settings_allow_it(profile, tmp_path):
    ran = tmp_path / "ran"
    settings = {"command": sys.executable, "args": ["-c", SOURCE, str(ran)]}
    async with running_master(profile) as (_, client):
        await workers_run(client)
        await client.patch_settings(SettingsPatch(job_commands=[str(tmp_path / "other")]))
        report = await client.test_account(AccountTest(platform="script", settings=settings))
        assert report.error is not None
        assert report.error.code == "script_not_allowed"
        assert set(report.fields) == {"command"}
        made = await client.create_account(
            AccountCreate(platform="script", name="Script", settings=settings, interval_seconds=5)
        )

        async def refused():
            account = await client.account(made.id)
            return account.state_reason is not None and account.state_reason.code == "script_not_allowed"

        await until(refused, what="the refusal")
        assert not ran.exists()

        await client.patch_settings(SettingsPatch(job_commands=[Path(sys.executable).name, sys.executable]))
        await client.check_account(made.id)
        await account_is(client, made.id, "ok")
        assert ran.read_text()

        await client.patch_settings(SettingsPatch(job_commands=[]))
        before = ran.read_text()
        await client.check_account(made.id)
        await until(refused, what="the refusal again")
        assert ran.read_text() == before
