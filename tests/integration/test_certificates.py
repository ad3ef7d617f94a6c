"""A certificate that ends soon is warned of once, whoever connects to its server, and over when it was renewed."""

import asyncio
import contextlib
import time

import pytest

from master.api.schema import AccountCreate
from tests.helpers.certificates import self_signed, server_context
from tests.helpers.deadlines import until
from tests.helpers.dovecot import Dovecot
from tests.helpers.feed_server import FeedServer
from tests.helpers.masters import account_is, running_master, workers_run
from tests.helpers.ports import LOOPBACK
from tests.helpers.shells import watchkeeper
from worker.platforms.xmpp.adapter import Adapter
from worker.sdk.certificates import Certificates, collector
from worker.sdk.testing import TestContext, read_manifest

DAY_MS = 86_400_000


@pytest.fixture
def mail_server():
    if reason := Dovecot.missing():
        pytest.skip(reason)
    with Dovecot() as server:
        server.certify(self_signed("localhost", LOOPBACK, days=3))
        yield server


def mail_account(server, name, security):
    mailbox = server.add_user(name)
    port = {"tls": server.tls_port, "starttls": server.starttls_port}[security]
    settings = {"host": "localhost", "port": port, "security": security, "username": mailbox.user}
    settings["ca_file"] = str(server.ca_path)
    credentials = {"password": mailbox.password}
    return AccountCreate(platform="imap", name=name, settings=settings, credentials=credentials, interval_seconds=5)


async def warnings(client):
    return [row for row in (await client.alerts(state="open")).rows if row.kind == "certificate_expiring"]


def days_left(account):
    now = time.time() * 1000
    return [(one.kind, one.name, round((one.expires_at - now) / DAY_MS)) for one in account.certificates]


@pytest.mark.real_server
@pytest.mark.expects_log("could not be checked")
async def test_two_accounts_of_a_mail_server_are_one_warning_until_it_is_renewed(profile, mail_server):
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        accounts = [
            await client.create_account(mail_account(mail_server, name, security))
            for name, security in (("ada", "tls"), ("eve", "starttls"))
        ]
        for account in accounts:
            seen = await account_is(client, account.id, "ok")
            assert days_left(seen) == [("server", "localhost", 3)]
        (alert,) = await until(lambda: warnings(client), what="a warning")
        assert (alert.subject, alert.title.code) == ("localhost", "alert_certificate_server")
        # For a year: the file of authorities is new as well.
        mail_server.certify(self_signed("localhost", LOOPBACK, days=360))
        # By itself it is believed an hour later: a server may be many machines. Who asks is told at once.
        for account in accounts:
            await client.check_account(account.id)

        async def renewed():
            rows = await client.all_accounts()
            return all(days_left(row) == [("server", "localhost", 360)] for row in rows)

        await until(renewed, what="the new certificate")

        async def over():
            return not await warnings(client)

        await until(over, what="the end of the warning")
        told = [row.title.code for row in (await client.notifications()).rows]
        assert told.count("alert_certificate_server") == told.count("over_certificate_expiring") == 1


async def test_a_feed_over_https_and_one_that_is_renewed_in_time(profile, tmp_path):
    with contextlib.ExitStack() as servers:
        ca_files = []
        feeds = []
        # One whose authority ends first, and one that lives for six days only and has half of them left.
        for number, (days, age) in enumerate(((3, 300), (3, 3))):
            folder = tmp_path / str(number)
            folder.mkdir()
            pair = self_signed("localhost", LOOPBACK, days=days, age=age)
            server = servers.enter_context(FeedServer(server_context(folder, pair)))
            (folder / "ca.pem").write_bytes(pair[1])
            ca_files.append(str(folder / "ca.pem"))
            feeds.append(server.feed("news"))
            feeds[-1].publish("Before")
        async with running_master(profile) as (_master, client):
            await workers_run(client)
            for name, feed, ca_file, host in zip(
                ("old", "short"), feeds, ca_files, (LOOPBACK, "localhost"), strict=True
            ):
                url = feed.url.replace(LOOPBACK, host)
                body = AccountCreate(platform="feed", name=name, settings={"url": url, "ca_file": ca_file})
                account = await client.create_account(body)
                seen = await account_is(client, account.id, "ok")
                assert days_left(seen) == [("server", host, 3)]
            (alert,) = await until(lambda: warnings(client), what="a warning")
            assert alert.subject == LOOPBACK
            shown = await asyncio.to_thread(watchkeeper, "accounts", "show", "old", "--profile", str(profile))
            assert f"{LOOPBACK}, until " in shown.stdout, shown
            # Nobody connects there any more: nothing is told of its end.
            (old,) = [row for row in await client.all_accounts() if row.name == "old"]
            await client.pause_account(old.id)

            async def over():
                return not await warnings(client)

            await until(over, what="the end of the warning")
            told = [row.title.code for row in (await client.notifications()).rows]
            assert [code for code in told if "certificate" in code] == ["alert_certificate_server"]


@pytest.mark.real_server
@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_chat_server_shows_its_certificate_too(prosody, security):
    user, noted = prosody.user(), Certificates()
    collector.set(noted)
    manifest = read_manifest("worker.platforms.xmpp")
    adapter = Adapter(TestContext(manifest, user.settings(security), {"password": user.password}))
    await adapter.poll(None)
    await adapter.close()
    (shown,) = noted.known()
    assert (shown.kind, shown.name) == ("server", "localhost")
    assert shown.begins_at < time.time() * 1000 < shown.expires_at
