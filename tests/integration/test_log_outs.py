"""Signing out of a service that keeps a session of ours: it is gone there, and nobody who watched makes another one."""

import asyncio

import pytest

from master.api.schema import AccountCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, running_master, workers_run

pytestmark = pytest.mark.real_server


def ours(user):
    found = user.call("GET", "/devices")["devices"]
    return [device["device_id"] for device in found if device["device_id"].startswith("WATCHKEEPER")]


async def matrix_account(client, user, **credentials):
    body = AccountCreate(platform="matrix", name="Chat", settings=user.settings(), credentials=credentials)
    return await client.create_account(body)


async def test_the_session_of_a_matrix_password_is_gone_and_stays_gone(profile, synapse):
    user = synapse.user()
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        account = await matrix_account(client, user, password=user.password)

        async def listens():
            return (await client.account(account.id)).listening

        await until(listens, what="a long poll")
        assert len(await asyncio.to_thread(ours, user)) == 1
        report = await client.log_out(account.id)
        assert (report.revoked, report.text.code) == (True, "logout_revoked")
        assert await asyncio.to_thread(ours, user) == []
        out = await account_is(client, account.id, "login_needed")
        assert (out.worker_id, out.has_credentials, out.state_reason.code) == (None, False, "state_credentials_missing")
        # No worker waits at the server any more: nothing that happens there makes it sign in again.
        friend = synapse.user()
        await asyncio.to_thread(lambda: friend.say(friend.room(user), "Are you there?"))
        await client.put_credentials(account.id, {"password": user.password})
        await account_is(client, account.id, "ok")
        assert len(await asyncio.to_thread(ours, user)) == 1
        codes = [row.title.code for row in (await client.notifications()).rows]
        assert "notify_login_needed" not in codes


async def test_a_typed_matrix_token_is_that_of_another_program_and_stays(profile, synapse):
    user = synapse.user()
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        account = await matrix_account(client, user, access_token=user.token)
        await account_is(client, account.id, "ok")
        report = await client.log_out(account.id)
        assert (report.revoked, report.text.code) == (False, "logout_erased")
        assert await asyncio.to_thread(user.call, "GET", "/account/whoami")


async def test_the_watch_ends_before_the_server_is_asked(profile, synapse):
    user = synapse.user()
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        account = await matrix_account(client, user, password=user.password)
        await account_is(client, account.id, "ok")
        synapse.pause()
        try:
            leaving = asyncio.create_task(client.log_out(account.id))
            await until(lambda: _let_go(client, account.id), what="nobody to watch it")
            assert not leaving.done()
        finally:
            synapse.resume()
        assert (await leaving).revoked
        assert await asyncio.to_thread(ours, user) == []


async def _let_go(client, account_id):
    return (await client.account(account_id)).worker_id is None
