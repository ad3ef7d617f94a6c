"""The vault by REST: how it is, opened with its passphrase, put under another one."""

from pathlib import Path

import pytest

from master.api.client import ApiError
from master.api.schema import AccountCreate
from master.api.vaults import VaultPassphrase, VaultUnlock
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master

FEED = AccountCreate(
    platform="feed",
    name="News",
    settings={"url": "http://127.0.0.1:9/"},
    credentials={"username": "u", "password": "p"},
)


async def test_a_vault_without_passphrase_asks_for_none(profile: Path):
    async with running_master(profile, workers=False) as (_, client):
        info = await client.vault()
        assert (info.kind, info.state) == ("memory", "ok")
        assert (await client.check_vault()).state == "ok"
        for call in (
            client.unlock_vault(VaultUnlock(passphrase="any at all")),
            client.change_vault_passphrase(VaultPassphrase(old="any", new="any at all")),
        ):
            with pytest.raises(ApiError) as told:
                await call
            assert told.value.status == 409


@pytest.mark.expects_log("stored credentials cannot be read now")
async def test_it_is_made_opened_changed_and_everything_goes_on(profile: Path):
    async with running_master(profile, vault="passphrase", workers=False) as (_, client):
        info = await client.vault()
        assert (info.kind, info.state) == ("passphrase", "locked")
        assert info.reason is not None
        assert (await client.unlock_vault(VaultUnlock(passphrase="first words"))).state == "ok"
        await client.create_account(FEED)
    async with running_master(profile, vault="passphrase", workers=False) as (_, client):
        with pytest.raises(ApiError) as told:
            await client.unlock_vault(VaultUnlock(passphrase="wrong words"))
        assert (told.value.status, set(told.value.fields)) == (400, {"passphrase"})
        assert (await client.vault()).state == "locked"
        assert (await client.unlock_vault(VaultUnlock(passphrase="first words"))).state == "ok"

        async def told_all() -> bool:
            return (await client.status()).vault == "ok"

        await until(told_all, what="the status says so too")
        with pytest.raises(ApiError) as told:
            await client.change_vault_passphrase(VaultPassphrase(old="wrong words", new="second words"))
        assert set(told.value.fields) == {"old"}
        await client.change_vault_passphrase(VaultPassphrase(old="first words", new="second words"))
        codes = [row.text.code for row in (await client.audit()).rows]
        assert {"audit_vault_unlocked", "audit_vault_passphrase"} <= set(codes)
    async with running_master(profile, vault="passphrase", workers=False) as (_, client):
        with pytest.raises(ApiError):
            await client.unlock_vault(VaultUnlock(passphrase="first words"))
        assert (await client.unlock_vault(VaultUnlock(passphrase="second words"))).state == "ok"


def test_passphrases_are_in_no_repr():
    assert "second" not in repr(VaultPassphrase(old="first words", new="second words"))
    assert "first" not in repr(VaultUnlock(passphrase="first words"))
