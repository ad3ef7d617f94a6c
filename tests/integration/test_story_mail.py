"""The main story on a real mail server: a typed credential becomes a notification, and every fault says what it is."""

import time
from pathlib import Path

import pytest

from master.api.schema import AccountCreate, AccountTest, Notification
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run

pytestmark = pytest.mark.real_server
CANARY = "canary-Zz9-never-to-be-seen"


def _imap(dovecot, mailbox, **more):
    settings = {"host": "127.0.0.1", "port": dovecot.plain_port, "security": "none", "username": mailbox.user}
    return {"platform": "imap", "name": "Mail", "settings": settings, "interval_seconds": 5} | more


async def _account(client, dovecot, mailbox, password=None):
    credentials = {"password": mailbox.password if password is None else password}
    return await client.create_account(AccountCreate(**_imap(dovecot, mailbox, credentials=credentials)))


async def test_a_mail_is_told_when_it_comes(profile, dovecot, mailbox):
    told: list[tuple[float, Notification]] = []

    async def show(notifications, _digest):
        told.extend((time.monotonic(), notification) for notification in notifications)

    mailbox.deliver("Before Watchkeeper", "an old mail")
    async with running_master(profile) as (_master, client):
        await client.open(on_notification=show)
        await workers_run(client)
        account = await _account(client, dovecot, mailbox)
        await until(lambda: _listening(client, account.id), what="IDLE")
        assert await items_of(client) == []
        delivered = time.monotonic()
        mailbox.deliver("Invoice 2291: wrong address", "Hello, the invoice shows our old address.")
        await until(lambda: told, what="a notification")
        at, notification = told[0]
        assert at - delivered < 10.0
        (item,) = await items_of(client)
        assert (item.title, item.kind, item.read) == ("Invoice 2291: wrong address", "mail", False)
        assert notification.item_id == item.id
        assert "old address" in item.text
        trace = await client.trace(item.id)
        assert [step.text.code for step in trace.steps][:2] == ["trace_found_push", "trace_stored"]


async def _listening(client, account_id):
    account = await client.account(account_id)
    return account.listening and account.state == "ok"


async def test_a_wrong_password_stops_the_checks_and_signing_in_keeps_the_history(profile, dovecot, mailbox):
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        account = await _account(client, dovecot, mailbox)
        await account_is(client, account.id, "ok")
        mailbox.deliver("Kept", "in the history")
        await until(lambda: items_of(client), what="the first item")
        dovecot.change_password(mailbox.user, "another")
        dovecot.drop_connections(mailbox.user)
        refused = await account_is(client, account.id, "login_needed", 30)
        assert refused.state_reason is not None
        await until(lambda: _unowned(client, account.id), what="nobody checks any more")
        alerts = [row for row in (await client.notifications()).rows if row.kind == "alert"]
        assert [alert.account_id for alert in alerts] == [account.id]
        checks = (await client.account(account.id)).checks_total
        back = await client.put_credentials(account.id, {"password": "another"})
        assert back.id == account.id
        await account_is(client, account.id, "ok")
        mailbox.deliver("After", "signing in again")
        await until(lambda: _count(client, 2), what="the second item")
        assert (await client.account(account.id)).checks_total >= checks


async def _unowned(client, account_id):
    return (await client.account(account_id)).worker_id is None


async def _count(client, wanted):
    return len(await items_of(client)) == wanted


async def test_folders_beside_the_pushed_one_keep_the_interval(profile, dovecot, mailbox):
    mailbox.deliver("Old", "known", folder="Lists")
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        body = _imap(dovecot, mailbox, credentials={"password": mailbox.password})
        body["settings"]["folders"] = ["INBOX", "Lists"]
        account = await client.create_account(AccountCreate(**body))
        await until(lambda: _listening(client, account.id), what="IDLE")
        mailbox.deliver("In the second folder", "text", folder="Lists")
        await until(lambda: _count(client, 1), what="the mail of the second folder")


async def test_a_test_connection_names_the_field(profile, dovecot, mailbox):
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        body = _imap(dovecot, mailbox)
        good = await client.test_account(
            AccountTest(platform="imap", settings=body["settings"], credentials={"password": mailbox.password})
        )
        assert good.success
        assert [step.name.code for step in good.steps][-1] == "step_first_check"
        bad = await client.test_account(
            AccountTest(platform="imap", settings=body["settings"], credentials={"password": "wrong"})
        )
        assert not bad.success
        assert "password" in bad.fields
        assert await client.all_accounts() == []


async def test_the_canary_is_nowhere(profile, dovecot, mailbox):
    dovecot.change_password(mailbox.user, CANARY)
    seen: list[str] = []
    async with running_master(profile, log_level="debug") as (_master, client):
        await client.open(listener=lambda event: seen.append(repr(event)))
        await workers_run(client)
        account = await _account(client, dovecot, mailbox, CANARY)
        await account_is(client, account.id, "ok")
        mailbox.deliver("A mail", "found with the canary")
        await until(lambda: items_of(client), what="the item")
        answers = [
            repr(await client.all_accounts()),
            repr(await client.logs(limit=500)),
            repr(await client.workers()),
            repr(await client.notifications()),
            repr(await client.account(account.id)),
        ]
        assert not [text for text in seen + answers if CANARY in text]
    assert not _files_with(profile, CANARY.encode())


def _files_with(folder: Path, needle: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]
