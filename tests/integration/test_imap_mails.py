"""Mails of a real server: what is new is found once, whatever happens to folders and numbers."""

import time

import pytest

from tests.helpers.mails import mail
from tests.helpers.platforms import Watched

pytestmark = pytest.mark.real_server


async def test_what_is_there_at_first_is_known_and_what_comes_is_new(dovecot, mailbox):
    mailbox.deliver("Old")
    async with Watched(dovecot, mailbox) as watched:
        assert await watched.first() == ["Old"]
        assert await watched.new() == []
        mailbox.deliver("First", "a text\nof two lines")
        mailbox.deliver("Second")
        items = await watched.items()
        assert [item.title for item in items] == ["First", "Second"]
        assert items[0].text == "a text\nof two lines"
        assert items[0].author == "Ada Lovelace <ada@example.org>"
        assert items[0].kind == "mail"
        assert abs(items[0].created_at - time.time() * 1000) < 60_000
        assert await watched.items() == []


async def test_reading_marks_nothing_as_read(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("Unread")
        assert await watched.new() == ["Unread"]
    connection = dovecot.connect(mailbox.user)
    connection.select("INBOX", readonly=True)
    assert connection.search(None, "UNSEEN")[1] == [b"1"]
    connection.logout()


async def test_another_adapter_goes_on_at_the_cursor(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as first:
        await first.first()
        mailbox.deliver("Told")
        assert await first.new() == ["Told"]
    mailbox.deliver("Meanwhile")
    async with Watched(dovecot, mailbox) as second:
        second.cursor = first.cursor
        assert await second.new() == ["Meanwhile"]


async def test_several_folders(dovecot, mailbox):
    mailbox.deliver("In the archive", folder="Archive")
    async with Watched(dovecot, mailbox, folders=["INBOX", "Archive", "Bücher"]) as watched:
        mailbox.deliver("A book", folder="Bücher")
        assert sorted(await watched.first()) == ["A book", "In the archive"]
        mailbox.deliver("One")
        mailbox.deliver("Two", folder="Archive")
        mailbox.deliver("Three", folder="Bücher")
        assert sorted(await watched.new()) == ["One", "Three", "Two"]


async def test_a_folder_added_later_begins_quietly(dovecot, mailbox):
    mailbox.deliver("Old", folder="Later")
    async with Watched(dovecot, mailbox) as before:
        await before.first()
    async with Watched(dovecot, mailbox, folders=["INBOX", "Later"]) as watched:
        watched.cursor = before.cursor
        assert await watched.new() == []
        mailbox.deliver("New", folder="Later")
        assert await watched.new() == ["New"]


async def test_a_mail_copied_and_moved_is_told_once(dovecot, mailbox):
    mailbox.deliver("Known")
    mailbox.deliver("Elsewhere", folder="Archive")
    async with Watched(dovecot, mailbox, folders=["INBOX", "Archive"]) as watched:
        await watched.first()
        mailbox.deliver("Told")
        assert await watched.new() == ["Told"]
        connection = dovecot.connect(mailbox.user)
        connection.select("INBOX")
        connection.copy("1:2", "Archive")
        connection.copy("1:2", "INBOX")
        connection.logout()
        assert await watched.new() == []


async def test_new_numbers_tell_nothing_twice_and_lose_nothing(dovecot, mailbox):
    mailbox.deliver("Before")
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("Told")
        assert await watched.new() == ["Told"]
        dovecot.reset_uidvalidity(mailbox.user)
        mailbox.deliver("After")
        assert await watched.new() == ["After"]
        assert await watched.items() == []
        mailbox.deliver("Later")
        assert await watched.new() == ["Later"]


async def test_more_than_a_page_comes_page_by_page(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        for number in range(120):
            mailbox.deliver(f"Mail {number:03}")
        page = await watched.adapter.poll(watched.cursor)
        assert len(page.items) == 50
        assert page.more
        assert await watched.new() == [f"Mail {number:03}" for number in range(120)]


async def test_a_big_mail_costs_its_beginning_alone(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("Big", "The text before it.", attachment=bytes(10_000_000))
        (item,) = await watched.items()
        assert (item.title, item.text) == ("Big", "The text before it.")
        connection = watched.adapter._connection
        assert connection is not None
        assert connection._client.wire._received < 400_000


async def test_a_page_of_big_mails_is_bounded(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        for number in range(20):
            mailbox.deliver(f"Big {number:02}", "x" * 70 + "\n" * 1, attachment=bytes(300_000))
        page = await watched.adapter.poll(watched.cursor)
        assert len(page.items) == 16
        assert page.more
        assert len(await watched.new()) == 20


async def test_a_mail_that_is_none_is_told_all_the_same(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver_raw(b"\xff\xfe no header at all\r\n\x00\x00")
        mailbox.deliver_raw(b"Subject: =?nonsense?q?=ff?=\nContent-Type: text/plain; charset=klingon\n\n\xe4\xf6")
        mailbox.deliver_raw(mail("Good").replace(b"Message-ID", b"X-None"))
        assert len(await watched.new()) == 3
        assert await watched.items() == []


async def test_a_mail_with_a_broken_header_line_is_known_when_it_is_numbered_anew(dovecot, mailbox):
    broken = b"From: a@b.example\nX-Broken header line\nMessage-ID: <%d@x>\nSubject: Broken %d\n\ntext"
    mailbox.deliver_raw(broken % (1, 1))
    mailbox.deliver("Other", folder="Archive")
    async with Watched(dovecot, mailbox, folders=["INBOX", "Archive"]) as watched:
        assert sorted(await watched.first()) == ["Broken 1", "Other"]
        connection = dovecot.connect(mailbox.user)
        connection.select("INBOX")
        connection.copy("1", "Archive")
        connection.logout()
        assert await watched.new() == []
        mailbox.deliver_raw(broken % (2, 2))
        assert await watched.new() == ["Broken 2"]


async def test_nothing_new_is_no_new_cursor(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        before = (await watched.adapter.poll(watched.cursor)).cursor
        assert (await watched.adapter.poll(before)).cursor == before
