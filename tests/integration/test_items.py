"""Items through a real master: found by a worker, searched, exported, read here and at a real mail server."""

import csv
import io
import json

import pytest

from master.api.item_statistics import ItemStatsQuery
from master.api.item_threads import ThreadFilter
from master.api.schema import AccountCreate, ItemFilter, SettingsPatch
from master.api.searches import SearchCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run

pytestmark = pytest.mark.real_server


def _seen(dovecot, mailbox):
    connection = dovecot.connect(mailbox.user)
    try:
        connection.select("INBOX", readonly=True)
        return len(connection.search(None, "SEEN")[1][0].split())
    finally:
        connection.logout()


def _see(dovecot, mailbox, subject):
    connection = dovecot.connect(mailbox.user)
    try:
        connection.select("INBOX")
        (number,) = connection.search(None, "SUBJECT", subject)[1][0].split()
        connection.store(number, "+FLAGS", "\\Seen")
    finally:
        connection.logout()


async def test_what_is_read_here_is_read_there_and_the_other_way_round(profile, dovecot, mailbox):
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        await client.patch_settings(SettingsPatch(sync_read=True))
        settings = {"host": "127.0.0.1", "port": dovecot.plain_port, "security": "none", "username": mailbox.user}
        credentials = {"password": mailbox.password}
        body = AccountCreate(
            platform="imap", name="Mail", settings=settings, credentials=credentials, interval_seconds=5
        )
        account = await client.create_account(body)
        await account_is(client, account.id, "ok")
        mailbox.deliver("Alpha", "first")
        mailbox.deliver("Beta", "second")
        mailbox.deliver("Gamma", "third")

        async def three():
            rows = await items_of(client)
            return {row.title: row for row in rows} if len(rows) == 3 else None

        rows = await until(three, what="three mails")
        assert _seen(dovecot, mailbox) == 0
        await client.patch_item(rows["Alpha"].id, read=True)
        await until(lambda: _seen(dovecot, mailbox) == 1, what="Alpha seen at the server")
        _see(dovecot, mailbox, "Beta")

        async def beta():
            return (await client.item(rows["Beta"].id)).read

        await client.check_account(account.id)
        await until(beta, what="Beta read here")
        assert not (await client.item(rows["Gamma"].id)).read
        told = {row.item_id: row.state for row in (await client.notifications()).rows if row.item_id}
        assert (told[rows["Beta"].id], told[rows["Gamma"].id]) == ("read", "pending")
        assert _seen(dovecot, mailbox) == 2


async def test_a_history_over_the_wire(profile, feed_server):
    feed = feed_server.feed("news")
    feed.publish("Before", "old", "http://example.org/0")
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        body = AccountCreate(platform="feed", name="News", settings={"url": feed.url}, interval_seconds=5)
        account = await client.create_account(body)
        await account_is(client, account.id, "ok")
        feed.publish("=SUM(A1) today", "今天天气很好", "http://example.org/1")
        feed.publish("Another thing", "nothing of the kind", "http://example.org/2")
        await client.check_account(account.id)

        async def two():
            return len(await items_of(client)) == 2

        await until(two, what="two entries")
        found = (await client.items(ItemFilter(q="天气", account_ids=[account.id]))).rows
        assert [row.title for row in found] == ["=SUM(A1) today"]
        assert (await client.items(ItemFilter(q="thing -today"), order="unread_first")).rows[0].title == "Another thing"
        stats = await client.item_stats(ItemStatsQuery(group_by="hour", tz="Asia/Kolkata"))
        assert (stats.total, stats.stored, stats.complete) == (2, 2, True)
        assert [row.account_id for row in stats.accounts] == [account.id]
        assert (await client.item_threads(ThreadFilter())).rows == []
        context = await client.item_context(found[0].id)
        assert len(context.earlier) + len(context.later) == 1
        pieces: list[bytes] = []
        size = await client.export_items(pieces.append, ItemFilter(q="today"), bom=True)
        assert size == len(b"".join(pieces))
        (row,) = csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig")))
        assert row["title"] == "'=SUM(A1) today"
        pieces.clear()
        await client.export_items(pieces.append, format="json", order="oldest")
        assert len(json.loads(b"".join(pieces))) == 2
        made = await client.create_search(SearchCreate(name="Weather", filter=ItemFilter(q="天气")))
        assert await client.searches() == [made]
        assert [one.id for one in (await client.items(made.filter)).rows] == [found[0].id]
        await client.delete_search(made.id)
        assert await client.searches() == []
        assert (await client.item_index()).complete
        report = await client.janitor(dry_run=True)
        assert {"items", "items_room", "item_marks"} <= {one.what for one in report.clearings}
        assert all(one.count == 0 for one in report.clearings if one.what.startswith("item"))
