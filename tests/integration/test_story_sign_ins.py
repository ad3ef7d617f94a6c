"""Signing in on the services' pages and reading here and there, with a real master and real workers."""

import asyncio
import imaplib

import pytest

from master.api.schema import AccountCreate, AccountTest, LoginCreate, SettingsPatch, SettingsPropose
from tests.helpers.deadlines import until
from tests.helpers.dovecot import dovecot_or_skip
from tests.helpers.masters import account_is, items_of, running_master, workers_run

pytestmark = pytest.mark.real_server


@pytest.fixture
def issuer():
    from tests.helpers.dovecot_tokens import MailIssuer

    dovecot_or_skip()
    with MailIssuer() as issuer:
        yield issuer


@pytest.fixture
def server(issuer):
    from tests.helpers.dovecot_tokens import TokenDovecot

    with TokenDovecot(issuer, "xoauth2") as server:
        yield server


async def signed_in(client, body, follow):
    """Sign in; ``follow`` does what the person does with the first challenge. Return the account that was made."""
    session = await client.start_login(body)

    async def shown():
        now = await client.login_session(session.id)
        assert now.ended_at is None, now
        return now.challenge

    typed = await follow(await until(shown, what="a challenge"))
    if typed:
        await client.answer_login(session.id, typed)

    async def over():
        now = await client.login_session(session.id)
        return now if now.ended_at is not None else None

    done = await until(over, what="the end of the sign-in")
    assert done.state == "success", done
    return await account_is(client, done.account_id, "ok")


async def test_mail_by_a_code_github_by_a_code_mastodon_by_its_page(
    profile, issuer, server, github_server, mastodon_server
):
    github_server.interval = 0
    async with running_master(profile) as (_, client):
        await workers_run(client)

        async def approve(challenge):
            issuer.approve(challenge.code)

        settings = {"host": server.host, "port": server.port, "security": "none", "username": "ada"}
        oauth = {"client_id": issuer.client_id, "oauth_issuer": issuer.url}
        body = LoginCreate(platform="imap", method="device_code", settings=settings | oauth)
        mail = await signed_in(client, body, approve)

        async def type_code(challenge):
            assert challenge.code == "WDJB-MJHT"
            github_server.approved = True

        settings = {"server": github_server.url, "client_id": github_server.client_id}
        await signed_in(client, LoginCreate(platform="github", method="device_code", settings=settings), type_code)

        async def open_page(challenge):
            import aiohttp

            connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
            async with aiohttp.ClientSession(connector=connector) as session, session.get(challenge.url) as answer:
                return await answer.text()

        settings = {"server": mastodon_server.url}
        body = LoginCreate(platform="mastodon", method="code", settings=settings)
        social = await signed_in(client, body, open_page)
        assert social.name.startswith("@me@")

        report = await client.test_account(AccountTest(platform="imap", settings=mail.settings, account_id=mail.id))
        assert report.success, report

        # A token that ended is renewed by the worker that watches, once its connection is another one.
        refreshes = issuer.refreshes
        issuer.end_access()
        await client.pause_account(mail.id)
        await client.resume_account(mail.id)
        await until(lambda: issuer.refreshes > refreshes, what="a renewal")
        await account_is(client, mail.id, "ok")

        assert (await client.log_out(social.id)).revoked
        assert len(mastodon_server.tokens) == 1
        assert (await client.log_out(mail.id)).revoked
        assert all(family.dead for family in issuer.families)


async def test_mail_is_read_here_and_there(profile, dovecot, mailbox):
    settings = {"host": dovecot.host, "port": dovecot.plain_port, "security": "none", "username": mailbox.user}
    async with running_master(profile) as (_, client):
        await workers_run(client)
        await client.patch_settings(SettingsPatch(sync_read=True))
        body = AccountCreate(
            platform="imap", name="Mail", settings=settings, credentials={"password": mailbox.password}
        )
        account = await account_is(client, (await client.create_account(body)).id, "ok")
        for title in ("Read here", "Read there"):
            mailbox.deliver(title)

        async def both():
            found = {item.title: item for item in await items_of(client, account.id)}
            return found if len(found) == 2 else None

        found = await until(both, what="two mails")
        await client.patch_item(found["Read here"].id, read=True)
        other = imaplib.IMAP4(dovecot.host, dovecot.plain_port)
        other.login(mailbox.user, mailbox.password)
        other.select("INBOX")

        def unseen(title):
            other.noop()
            return other.search(None, "UNSEEN", "SUBJECT", f'"{title}"')[1][0].split()

        await until(lambda: not unseen("Read here"), what="a mail marked as read")
        (number,) = unseen("Read there")
        await asyncio.to_thread(other.store, number.decode(), "+FLAGS", "\\Seen")

        async def read():
            return (await client.item(found["Read there"].id)).read

        await until(read, what="a mail read elsewhere")
        other.logout()


async def test_what_was_typed_is_completed(profile, feed_server):
    blog, entries = feed_server.feed("blog"), feed_server.feed("entries")
    entries.publish("One")
    head = f'<link rel="alternate" type="application/rss+xml" title="Blog" href="{entries.url}">'
    blog.serve(f"<html><head>{head}</head></html>".encode(), "text/html")
    async with running_master(profile) as (_, client):
        await workers_run(client, 1)
        found = await client.propose_settings(SettingsPropose(platform="feed", settings={"url": blog.url}))
        assert [(one.title, one.settings) for one in found.proposals] == [("Blog", {"url": entries.url})]
        found = await client.propose_settings(SettingsPropose(platform="imap", settings={"username": "me@gmail.com"}))
        assert [one.preset for one in found.proposals] == ["gmail"]
        found = await client.propose_settings(SettingsPropose(platform="imap", settings={"username": "me"}))
        assert (found.proposals, set(found.fields)) == ([], {"username"})
        found = await client.propose_settings(SettingsPropose(platform="webpage"))
        assert (found.proposals, found.error) == ([], None)
