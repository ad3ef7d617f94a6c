"""A restore in a master that runs: it comes back in place, with address, tokens and the credentials that hold."""

import asyncio
from pathlib import Path

import pytest

from master.api.client import ApiError, MasterClient
from master.api.schema import AccountCreate, AccountPatch
from master.app import Master
from master.store import restores
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master

FEED = AccountCreate(
    platform="feed",
    name="One",
    settings={"url": "http://127.0.0.1:9/feed"},
    credentials={"username": "u", "password": "first"},
)
OPTIONS = {"workers": False, "vault": "passphrase", "passphrase": lambda: "correct horse battery"}


async def restored(client: MasterClient, backup_id: str) -> None:
    async def done() -> bool:
        try:
            outcome = (await client.backup_state()).last_restore
        except ApiError:
            return False
        return outcome is not None and outcome.backup_id == backup_id

    await until(done, what="the restore")


@pytest.mark.expects_log("the master restarts")
async def test_it_comes_back_in_place_with_what_was_set_up(profile: Path):
    async with running_master(profile, **OPTIONS) as (master, client):
        known = (master.url, master.token, master.client_token)
        events: list[str] = []
        await client.open(listener=lambda event: events.append(event.type))
        account = await client.create_account(FEED)
        backup = await client.make_backup()
        await client.patch_account(account.id, AccountPatch(name="Renamed"))
        await client.put_credentials(account.id, {"username": "u", "password": "second"})
        other = AccountCreate(platform="feed", name="Two", settings={"url": "http://127.0.0.1:9/two"})
        await client.create_account(other)
        await client.restore_backup(backup.id)
        await restored(client, backup.id)
        assert (master.url, master.token, master.client_token) == known
        (row,) = await client.all_accounts()
        assert (row.id, row.name, row.has_credentials) == (account.id, "One", True)
        assert row.epoch > account.epoch
        await until(lambda: "resync" in events, what="the client to load everything again")
        assert [one.why for one in await client.backups()] == ["before-restore", "manual"]


@pytest.mark.expects_log("is damaged")
async def test_credentials_that_are_newer_than_the_backup_are_found(profile: Path):
    async with running_master(profile, **OPTIONS) as (_, client):
        account = await client.create_account(FEED)
        backup = await client.make_backup()
        for word in ("second", "third"):
            await client.put_credentials(account.id, {"username": "u", "password": word})
    (profile / "watchkeeper.db").write_bytes(b"nonsense" * 500)
    restores.ask(profile, backup.id)
    async with running_master(profile, **OPTIONS) as (_, client):
        assert (await client.backup_state()).last_restore.ledger == "lost"
        row = await client.account(account.id)
        assert (row.has_credentials, row.credential_version) == (True, 3)


@pytest.mark.expects_log("was not restored")
async def test_a_backup_that_went_meanwhile_changes_nothing(profile: Path):
    async with running_master(profile, **OPTIONS) as (_, client):
        account = await client.create_account(FEED)
    restores.ask(profile, "manual-20200101-000000-000")
    async with running_master(profile, **OPTIONS) as (_, client):
        outcome = (await client.backup_state()).last_restore
        assert (outcome.success, outcome.text.code) == (False, "restore_refused")
        assert (await client.account(account.id)).has_credentials


@pytest.mark.expects_log("the master restarts")
async def test_a_stop_during_the_restart_is_a_stop(profile: Path):
    async with running_master(profile, **OPTIONS) as (master, client):
        backup = await client.make_backup()
        await client.restore_backup(backup.id)
        stopping = [asyncio.ensure_future(master.stop()) for _ in range(2)]
        await asyncio.wait_for(asyncio.gather(*stopping), 60)
        await asyncio.wait_for(master.wait_stopped(), 60)
        assert not (profile / "master.json").exists()
    async with running_master(profile, **OPTIONS) as (_, client):
        assert (await client.backup_state()).last_restore.success


@pytest.mark.expects_log("the task 'restart' failed")
async def test_a_restart_that_fails_ends_the_master(profile: Path, monkeypatch):
    async with running_master(profile, **OPTIONS) as (master, _):

        async def fail(_self: Master) -> None:
            raise OSError("no more")

        monkeypatch.setattr(Master, "_carry_out_restore", fail)
        master.request_restart()
        await asyncio.wait_for(master.wait_stopped(), 60)
