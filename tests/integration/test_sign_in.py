"""Signing in, and out, with a real master, real workers and an OAuth server that takes every refresh token once."""

import os
import time
from pathlib import Path

import pytest

from master.api.client import ApiError, MasterClient
from master.api.schema import LoginCreate
from master.deploy import local
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run
from tests.helpers.oauth_plugin import install_oauthy
from tests.helpers.oauth_server import OAuthServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(tmp_path):
    with OAuthServer() as server:
        yield server
        # No token, code or address with one, in no file of the profile.
        files = [path for path in (tmp_path / "profile").rglob("*") if path.is_file()]
        everything = b"".join(path.read_bytes() for path in files)
        assert b"oauthy" in everything
        assert [secret for secret in server.secrets if secret.encode() in everything] == []


@pytest.fixture(autouse=True)
def oauthy(tmp_path, monkeypatch):
    path = os.pathsep.join([str(ROOT), str(install_oauthy(tmp_path / "plugins"))])
    made = local.worker_env
    monkeypatch.setattr(local, "worker_env", lambda *given: {**made(*given), "PYTHONPATH": path})


async def challenge(client, session_id, kind):
    """Wait until a sign-in shows a challenge of ``kind``."""

    async def shown():
        session = await client.login_session(session_id)
        assert session.ended_at is None, session
        return session if session.challenge is not None and session.challenge.kind == kind else None

    return await until(shown, what=f"a challenge {kind}")


async def ended(client, session_id):
    """Wait until a sign-in has ended."""

    async def over():
        session = await client.login_session(session_id)
        return session if session.ended_at is not None else None

    return await until(over, what="the end of a sign-in")


async def device_account(client, server, **more):
    """Add an account by device code."""
    body = LoginCreate(platform="oauthy", settings={"server": server.url}, interval_seconds=5, **more)
    session = await client.start_login(body)
    shown = await challenge(client, session.id, "device_code")
    server.approve(shown.challenge.code)
    done = await ended(client, session.id)
    assert done.state == "success", done
    return await client.account(done.account_id)


async def until_recovered(client):
    """Wait for the report of the start."""

    async def report():
        try:
            return await client.recovery()
        except ApiError:
            return None

    return await until(report, what="the recovery")


async def browse(url):
    """Agree on a page, as a browser does."""
    import aiohttp  # only now: the master has chosen its resolver

    connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as answer:
        assert answer.status == 200


async def test_an_account_is_made_of_a_sign_in_and_watched(tmp_path, server):
    server.items = ["old"]
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        account = await device_account(client, server, tags=["x"])
        assert (account.name, account.platform_account_id, account.tags) == ("Ada", "ada", ["x"])
        assert account.login_status == "logged_in"
        assert account.has_credentials
        await account_is(client, account.id, "ok")
        server.items.append("new")
        await client.check_account(account.id)
        await until(lambda: items_of(client, account.id), what="an item")
        # The same person again is no other account.
        body = LoginCreate(platform="oauthy", settings={"server": server.url})
        again = await client.start_login(body)
        shown = await challenge(client, again.id, "device_code")
        server.approve(shown.challenge.code)
        refused = await ended(client, again.id)
        assert (refused.state, refused.error.code) == ("failed", "login_taken_identity")
        await until(lambda: server.families[-1].dead, what="the tokens that nobody keeps are revoked")


async def test_a_sign_in_again_is_by_the_same_person_and_keeps_the_history(tmp_path, server):
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        account = await device_account(client, server)
        await account_is(client, account.id, "ok")
        server.items.append("before")
        await client.check_account(account.id)
        await until(lambda: items_of(client, account.id), what="an item")
        for family in server.families:
            family.dead = True
        await client.check_account(account.id)
        needed = await account_is(client, account.id, "login_needed")
        assert needed.login_status == "expired"

        server.user = "eve"
        session = await client.login_account(account.id, "browser")
        assert (await client.account(account.id)).login_status == "pending"
        with pytest.raises(ApiError) as twice:
            await client.login_account(account.id)
        assert twice.value.status == 409
        shown = await challenge(client, session.id, "url")
        assert shown.challenge.paste
        await browse(shown.challenge.url)
        refused = await ended(client, session.id)
        assert (refused.state, refused.error.code) == ("failed", "login_other_identity")
        assert (await client.account(account.id)).login_status == "expired"

        server.user = "ada"
        session = await client.login_account(account.id, "browser")
        shown = await challenge(client, session.id, "url")
        await browse(shown.challenge.url)
        assert (await ended(client, session.id)).state == "success"
        mended = await account_is(client, account.id, "ok")
        assert mended.login_status == "logged_in"
        server.items.append("after")
        await client.check_account(account.id)

        async def both():
            return {item.key for item in await items_of(client, account.id)} == {"before", "after"}

        await until(both, what="both items, each once")
        actions = [row.action for row in (await client.audit(account_id=account.id)).rows]
        assert actions.count("login_succeeded") == 2
        assert actions.count("login_failed") == 1


async def test_qr_codes_are_counted_and_a_second_password_is_asked(tmp_path, server):
    token = server.sign_in()["access_token"]
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        body = LoginCreate(
            platform="oauthy", method="qr", settings={"server": server.url}, credentials={"token": token}, name="Mine"
        )
        session = await client.start_login(body)
        first = await challenge(client, session.id, "qr")
        assert first.challenge.text == "canary-qr-1"
        assert first.challenge.expires_at is not None
        with pytest.raises(ApiError) as nothing:
            await client.answer_login(session.id, "x")
        assert nothing.value.status == 409
        await client.refresh_login(session.id)
        asked = await challenge(client, session.id, "code")
        assert (asked.state, asked.refreshes, asked.challenge.secret) == ("code_asked", 1, True)
        await client.answer_login(session.id, "canary-code")
        done = await ended(client, session.id)
        assert (done.state, done.challenge, done.name) == ("success", None, "Mine")
        with pytest.raises(ApiError) as over:
            await client.answer_login(session.id, "again")
        assert over.value.status == 409
    files = [path for path in (tmp_path / "profile").rglob("*") if path.is_file()]
    everything = b"".join(path.read_bytes() for path in files)
    assert b"signing in by qr" in everything
    for canary in ("canary-qr", "canary-code", token):
        assert canary.encode() not in everything


async def test_five_at_once_and_a_given_up_one_makes_room(tmp_path, server):
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        body = LoginCreate(platform="oauthy", settings={"server": server.url})
        sessions = [await client.start_login(body) for _ in range(5)]
        with pytest.raises(ApiError) as many:
            await client.start_login(body)
        assert (many.value.status, many.value.code) == (429, "ERR_TOO_BUSY")
        await client.cancel_login(sessions[0].id)
        given_up = await client.login_session(sessions[0].id)
        assert (given_up.state, given_up.error.code) == ("failed", "login_cancelled")
        await client.start_login(body)


@pytest.mark.expects_log(r"crashed|killed|SIGKILL")
async def test_a_worker_that_dies_ends_its_sign_in_at_once(tmp_path, server):
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        account = await device_account(client, server)
        session = await client.login_account(account.id)
        await challenge(client, session.id, "device_code")
        worker = next(row for row in await client.workers() if row.worker_id == session.worker_id)
        os.kill(worker.pid, 9)
        gone = await ended(client, session.id)
        assert (gone.state, gone.error.code) == ("failed", "login_worker_gone")
        after = await client.account(account.id)
        assert (after.login_status, after.login_session_id) == ("logged_in", None)


async def test_signing_out_revokes_and_erases(tmp_path, server):
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        account = await device_account(client, server)
        report = await client.log_out(account.id)
        assert (report.revoked, report.text.code) == (True, "logout_revoked")
        assert server.families[0].dead
        out = await account_is(client, account.id, "login_needed")
        assert (out.has_credentials, out.login_status) == (False, "not_logged_in")
        assert (await client.log_out(account.id)).text.code == "logout_nothing"
        session = await client.login_account(account.id)
        shown = await challenge(client, session.id, "device_code")
        server.approve(shown.challenge.code)
        assert (await ended(client, session.id)).state == "success"
        back = await account_is(client, account.id, "ok")
        assert back.credential_version == 2


async def test_typed_credentials_of_somebody_else_are_refused(tmp_path, server):
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        account = await device_account(client, server)
        server.user = "eve"
        with pytest.raises(ApiError) as other:
            await client.put_credentials(account.id, {"token": server.sign_in()["access_token"]})
        assert (other.value.status, other.value.text.code) == (409, "login_other_identity")
        assert (await client.account(account.id)).credential_version == 1
        server.user = "ada"
        put = await client.put_credentials(account.id, {"token": server.sign_in()["access_token"]})
        assert put.credential_version == 2
        await account_is(client, account.id, "ok")
        await client.put_credentials(account.id, {"token": "wrong"})
        await account_is(client, account.id, "login_needed")


async def test_a_master_that_stops_leaves_no_sign_in_open(tmp_path, server):
    async with running_master(tmp_path / "profile") as (master, client):
        await workers_run(client, 1)
        account = await device_account(client, server)
        session = await client.login_account(account.id)
        await challenge(client, session.id, "device_code")
        async with MasterClient(master.url, master.client_token) as reader:
            # What opens an account is shown to who may change things.
            assert (await reader.login_session(session.id)).challenge is None
            assert [row.challenge for row in await reader.login_sessions()] == [None, None]
    async with running_master(tmp_path / "profile", workers=False) as (_, client):
        before = await client.login_session(session.id)
        assert (before.state, before.error.code) == ("failed", "login_interrupted")
        row = await client.account(account.id)
        assert (row.login_status, row.login_session_id) == ("logged_in", None)
        assert {repair.kind for repair in (await until_recovered(client)).repairs} >= {"login", "credential"}


async def test_a_token_that_ends_soon_is_told_and_over_after_a_sign_in(tmp_path, server):
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        account = await device_account(client, server)
        soon = round((time.time() + 2.5 * 86_400) * 1000)
        token = server.sign_in()["access_token"]
        put = await client.put_credentials(account.id, {"token": token}, soon)
        assert put.credentials_expire_at == soon

        async def told():
            rows = (await client.alerts(state="open")).rows
            return [row for row in rows if row.kind == "account_expiring"]

        (alert,) = await until(told, 25.0, "a warning")
        assert (alert.subject, alert.detail.params) == (account.id, {"count": 2})
        session = await client.login_account(account.id)
        shown = await challenge(client, session.id, "device_code")
        server.approve(shown.challenge.code)
        assert (await ended(client, session.id)).state == "success"

        async def over():
            return not await told()

        await until(over, 25.0, "the end of the warning")


async def test_events_and_lists_tell_no_secret_but_the_challenge(tmp_path, server):
    events = []
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        await client.open(listener=events.append)
        account = await device_account(client, server)
        await account_is(client, account.id, "ok")
        for family in server.families:
            family.access.clear()
        await client.check_account(account.id)

        async def renewed():
            return (await client.account(account.id)).credential_version == 2

        await until(renewed, what="a renewal")
        session = await client.login_account(account.id, "browser")
        shown = await challenge(client, session.id, "url")
        await browse(shown.challenge.url)
        await ended(client, session.id)
        listed = [
            await client.audit(),
            await client.login_sessions(),
            await client.all_accounts(),
            await client.alerts(),
        ]
    told = str(listed) + "".join(str(event) for event in events if event.type != "login.challenge")
    shown_to_the_person = {event.type for event in events if any(secret in str(event) for secret in server.secrets)}
    assert [secret for secret in server.secrets if secret in told] == []
    assert shown_to_the_person <= {"login.challenge"}
    assert {"login.challenge", "login.changed"} <= {event.type for event in events}
