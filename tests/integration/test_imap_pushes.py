"""Push: a mail is told the moment it arrives, a lost connection is no silence, and no connection needs a thread."""

import asyncio
import threading

import pytest

from tests.helpers.deadlines import until
from tests.helpers.platforms import Watched, listening
from worker.platforms.imap import adapter as adapters
from worker.platforms.imap import connections, notices
from worker.platforms.imap.idle import SELECTOR
from worker.sdk.errors import TemporaryFailure

pytestmark = pytest.mark.real_server


def _idles():
    return SELECTOR._watched > 0


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_a_new_mail_ends_the_waiting_at_once(dovecot, mailbox, security):
    async with Watched(dovecot, mailbox, security) as watched:
        await watched.first()
        assert watched.adapter.can_listen()
        for title in ("First", "Second"):
            async with listening(watched.adapter) as task:
                await until(_idles)
                mailbox.deliver(title)
                assert await asyncio.wait_for(task, 60) is True
            assert await watched.new() == [title]


async def test_a_mail_that_came_before_the_waiting_is_not_missed(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        mailbox.deliver("In between")
        assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
        assert await watched.new() == ["In between"]


async def test_polling_between_waits_keeps_the_connection(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        connection = watched.adapter._connection
        for title in ("First", "Second", "Third"):
            async with listening(watched.adapter):
                await until(_idles)
            mailbox.deliver(title)
            assert await watched.new() == [title]
        assert watched.adapter._connection is connection


async def test_waiting_cancelled_at_any_moment_does_no_harm(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        for number in range(12):
            task = asyncio.create_task(watched.adapter.listen())
            await asyncio.sleep(0.0005 * number)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            assert await watched.new() == []
        mailbox.deliver("Still here")
        assert await watched.new() == ["Still here"]


async def test_the_waiting_is_renewed(dovecot, mailbox, monkeypatch):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        monkeypatch.setattr(adapters, "IDLE_SECONDS", 0.05)
        assert await watched.adapter.listen() is False
        assert await watched.adapter.listen() is False
        mailbox.deliver("After renewals")
        assert await watched.new() == ["After renewals"]


async def test_a_dropped_connection_is_told(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        async with listening(watched.adapter) as task:
            await until(_idles)
            dovecot.drop_connections(mailbox.user)
            with pytest.raises(TemporaryFailure):
                await asyncio.wait_for(task, 60)
        mailbox.deliver("After the drop")
        assert await watched.new() == ["After the drop"]


async def test_a_stopped_server_is_told(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        async with listening(watched.adapter) as task:
            await until(_idles)
            dovecot.stop()
            with pytest.raises(TemporaryFailure):
                await asyncio.wait_for(task, 60)
        with pytest.raises(TemporaryFailure):
            await watched.adapter.listen()


async def test_a_frozen_server_is_found_at_the_renewal(dovecot, mailbox, monkeypatch):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        monkeypatch.setattr(adapters, "IDLE_SECONDS", 0.2)
        monkeypatch.setattr(connections, "CALL_SECONDS", 0.2)
        async with listening(watched.adapter) as task:
            await until(_idles)
            dovecot.pause()
            with pytest.raises(TemporaryFailure):
                await asyncio.wait_for(task, 60)


async def test_one_thread_watches_all_and_ends_with_the_last(dovecot, mailbox):
    watches = [Watched(dovecot, mailbox) for _ in range(5)]
    tasks = []
    try:
        for watched in watches:
            await watched.first()
            tasks.append(asyncio.create_task(watched.adapter.listen()))
        await until(lambda: SELECTOR._watched == 5)
        assert len([one for one in threading.enumerate() if one.name == "imap-idle"]) == 1
        mailbox.deliver("For all")
        assert await asyncio.wait_for(asyncio.gather(*tasks), 60) == [True] * 5
        await until(lambda: not [one for one in threading.enumerate() if one.name == "imap-idle"])
    finally:
        for watched in watches:
            await watched.adapter.close()


async def test_closing_while_waiting(dovecot, mailbox):
    open_before = dovecot.connection_count()
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        async with listening(watched.adapter):
            await until(_idles)
    await until(lambda: dovecot.connection_count() <= open_before)
    await until(lambda: not [one for one in threading.enumerate() if one.name == "imap-idle"])


async def test_news_of_every_folder_end_the_waiting(dovecot, mailbox):
    folders = ["INBOX", "Lists", "My archive"]
    for folder in folders:
        mailbox.deliver("Old", folder=folder)
    async with Watched(dovecot, mailbox, folders=folders) as watched:
        await watched.first()
        assert await watched.new() == []
        assert not watched.adapter.push_covers_all()
        for folder in folders[::-1]:
            async with listening(watched.adapter) as task:
                await until(_idles)
                # Through the server: it watches no files of folders that are not open.
                await asyncio.to_thread(mailbox.append, f"In {folder}", folder=folder)
                assert await asyncio.wait_for(task, 60) is True
            assert await watched.new() == [f"In {folder}"]
        # What is told again is no news.
        async with listening(watched.adapter) as task:
            await until(_idles)
            done, _ = await asyncio.wait([task], timeout=1)
            assert not done
        # What comes before the waiting begins is not missed either.
        await asyncio.to_thread(mailbox.append, "Between", folder="Lists")
        assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
        assert await watched.new() == ["Between"]


@pytest.mark.parametrize("folder", ["Lists", "Entwürfe"])
async def test_a_server_that_does_not_tell_of_others_is_polled(dovecot, mailbox, monkeypatch, folder):
    if folder == "Lists":
        monkeypatch.setattr(notices, "_EVENTS", b"(NoSuchEvent)")
    mailbox.deliver("Old", folder=folder)
    async with Watched(dovecot, mailbox, folders=["INBOX", folder]) as watched:
        await watched.first()
        assert watched.adapter._connection.tells_of_others
        # It refuses: what came between is looked for, and it is not asked again.
        assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
        assert not watched.adapter._connection.tells_of_others
        assert await watched.new() == []
        mailbox.deliver("New", folder=folder)
        assert await watched.new() == ["New"]
        async with listening(watched.adapter) as task:
            await until(_idles)
            mailbox.deliver("In the box")
            assert await asyncio.wait_for(task, 60) is True
