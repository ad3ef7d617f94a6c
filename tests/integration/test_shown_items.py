"""What was there before an account was watched: some of it is shown, none of it is told."""

import pytest

from master.api.schema import AccountCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run

pytestmark = pytest.mark.real_server


async def test_the_newest_mails_are_there_to_look_at_and_nobody_is_told(profile, dovecot, mailbox):
    told = []

    async def show(notifications, _digest):
        told.extend(notifications)

    for number in range(1, 5):
        mailbox.deliver(f"Old {number}", f"text {number}")
    async with running_master(profile) as (_master, client):
        await client.open(on_notification=show)
        await workers_run(client)
        settings = {"host": "127.0.0.1", "port": dovecot.plain_port, "security": "none", "username": mailbox.user}
        account = await client.create_account(
            AccountCreate(
                platform="imap",
                name="Mail",
                settings=settings,
                credentials={"password": mailbox.password},
                interval_seconds=5,
                show_existing=2,
            )
        )
        await account_is(client, account.id, "ok")
        shown = await until(lambda: _all_of(client, 2), what="the newest mails")
        assert {(item.title, item.read) for item in shown} == {("Old 3", True), ("Old 4", True)}
        assert (await client.status()).unread == 0
        page = await client.notifications()
        assert {(row.state, row.reason.code) for row in page.rows} == {("suppressed", "silent_existing")}
        trace = await client.trace(shown[0].id)
        assert "silent_existing" in str(trace)
        mailbox.deliver("New", "text")
        await until(lambda: told, what="a notification")
        assert [item.title for item in await items_of(client)].count("New") == 1
        assert len(told) == 1
        assert told[0].account_id == account.id


async def _all_of(client, count):
    items = await items_of(client)
    return items if len(items) == count else None
