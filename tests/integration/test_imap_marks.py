"""Read here, read there: the flag \\Seen both ways, against dovecot."""

import asyncio
import imaplib

import pytest

from tests.helpers.deadlines import until
from tests.helpers.platforms import Watched, listening
from worker.platforms.imap import paces
from worker.platforms.imap.idle import SELECTOR
from worker.sdk.testing import poll_all

pytestmark = pytest.mark.real_server


class Other:
    """Another mail program."""

    def __init__(self, dovecot, mailbox, folder="INBOX"):
        self._client = imaplib.IMAP4(dovecot.host, dovecot.plain_port)
        self._client.login(mailbox.user, mailbox.password)
        self._client.select(folder)

    def read(self, number):
        self._client.store(str(number), "+FLAGS", "\\Seen")

    def unseen(self):
        self._client.noop()
        _, (found,) = self._client.search(None, "UNSEEN")
        return [int(number) for number in found.split()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._client.logout()


@pytest.fixture(autouse=True)
def forgotten():
    """Each test begins as a new worker does."""
    paces._mailboxes.clear()


async def read_of(watched):
    """Poll; return the keys told as read."""
    page = await watched.adapter.poll(watched.cursor)
    watched.cursor = page.cursor
    return page.read


async def test_what_is_read_elsewhere_is_told_once(dovecot, mailbox):
    mailbox.deliver("Old")
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("One")
        mailbox.deliver("Two")
        one, two = await watched.items()
        assert await read_of(watched) == []
        with Other(dovecot, mailbox) as other:
            other.read(2)
            assert await read_of(watched) == [one.key]
            assert await read_of(watched) == []
            other.read(3)
        assert await read_of(watched) == [two.key]


async def test_reading_elsewhere_ends_the_waiting(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("One")
        (one,) = await watched.items()
        with Other(dovecot, mailbox) as other:
            async with listening(watched.adapter) as task:
                await until(lambda: SELECTOR._watched > 0)
                other.read(1)
                assert await asyncio.wait_for(task, 60) is True
        assert await read_of(watched) == [one.key]


async def test_what_was_read_before_the_waiting_began_is_no_secret(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("One")
        (one,) = await watched.items()
        with Other(dovecot, mailbox) as other:
            other.read(1)
        assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
        assert await read_of(watched) == [one.key]
        async with listening(watched.adapter) as task:
            await until(lambda: SELECTOR._watched > 0)
            assert not task.done()


async def test_what_was_read_while_nobody_watched_is_told(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("One")
        (one,) = await watched.items()
        cursor = watched.cursor
    paces._mailboxes.clear()
    mailbox.deliver("Two")
    with Other(dovecot, mailbox) as other:
        other.read(1)
        other.read(2)
    async with Watched(dovecot, mailbox) as again:
        page = await again.adapter.poll(cursor)
    assert [item.title for item in page.items] == ["Two"]
    assert set(page.read) == {one.key, page.items[0].key}


async def test_marking_here_marks_there_and_nothing_else(dovecot, mailbox):
    async with Watched(dovecot, mailbox, "tls") as watched:
        await watched.first()
        for title in ("One", "Two", "Three"):
            mailbox.deliver(title)
        items = await watched.items()
        await watched.adapter.mark_read([items[1].key, "mail:unknown"])
        await watched.adapter.mark_read([items[1].key])
        with Other(dovecot, mailbox) as other:
            assert other.unseen() == [1, 3]
        mailbox.deliver("Four")
        assert await watched.new() == ["Four"]


async def test_a_new_worker_marks_before_its_first_poll_and_in_every_folder(dovecot, mailbox):
    mailbox.deliver("Known", folder="Lists")
    async with Watched(dovecot, mailbox, folders=["INBOX", "Lists"]) as watched:
        await watched.first()
        mailbox.deliver("In the box")
        mailbox.deliver("In the list", folder="Lists")
        items = {item.title: item.key for item in await watched.items()}
    paces._mailboxes.clear()
    async with Watched(dovecot, mailbox, folders=["INBOX", "Lists"]) as again:
        await again.adapter.mark_read([items["In the list"], items["In the box"]])
    with Other(dovecot, mailbox) as inbox, Other(dovecot, mailbox, "Lists") as lists:
        assert inbox.unseen() == []
        assert lists.unseen() == [1]


async def test_new_uids_mark_no_other_mail(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        for title in ("One", "Two"):
            mailbox.deliver(title)
        one, two = await watched.items()
    dovecot.reset_uidvalidity(mailbox.user)
    async with Watched(dovecot, mailbox) as again:
        await again.adapter.mark_read([two.key])
        items, _ = await poll_all(again.adapter, None)
    with Other(dovecot, mailbox) as other:
        assert len(other.unseen()) == 1
    assert {item.key for item in items} == {one.key, two.key}
