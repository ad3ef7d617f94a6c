"""On a slow line mails come all the same, fewer at a time; what a real server has is found in the end."""

import asyncio

import pytest

from tests.helpers.deadlines import until
from tests.helpers.mails import mail
from tests.helpers.platforms import Watched
from tests.helpers.slow_lines import SlowLine
from worker.platforms.imap import connections
from worker.platforms.imap.adapter import Adapter
from worker.platforms.imap.paces import PAGE
from worker.sdk.errors import TemporaryFailure

pytestmark = pytest.mark.real_server
SECONDS = 0.5
RATE = 40_000
"""In that time it gives what a line of 1 KB/s gives in the 20 s of a call."""


async def _patiently(poll, tries=12):
    for _ in range(tries):
        try:
            return await poll()
        except TemporaryFailure:
            continue
    raise AssertionError(f"not read within {tries} tries")


async def test_a_page_that_does_not_fit_comes_in_pieces(dovecot, mailbox, monkeypatch):
    with SlowLine(dovecot.plain_port, RATE) as line:
        async with Watched(dovecot, mailbox, port=line.port) as watched:
            await watched.first()
            subjects = [f"Mail {number:02}" for number in range(6)]
            for subject in subjects:
                mailbox.deliver_raw(mail(subject, "beginning " + "x" * 70_000))
            monkeypatch.setattr(connections, "CALL_SECONDS", SECONDS)
            told = []

            async def page():
                found = await watched.adapter.poll(watched.cursor)
                watched.cursor = found.cursor or watched.cursor
                told.extend(item.title for item in found.items)
                return found

            while len(told) < len(subjects):
                await _patiently(page, 6)
            assert told == subjects


async def test_the_first_check_of_a_full_folder_comes_to_its_end(dovecot, mailbox, monkeypatch):
    for number in range(200):
        mailbox.deliver(f"Old {number:03}")
    with SlowLine(dovecot.plain_port, RATE) as line:
        async with Watched(dovecot, mailbox, port=line.port) as watched:
            monkeypatch.setattr(connections, "CALL_SECONDS", SECONDS)
            known = await _patiently(watched.first)
            assert known[-1] == "Old 199"
            mailbox.deliver("New")
            assert await _patiently(watched.new) == ["New"]


async def test_many_folders_are_looked_at_a_few_at_a_time(dovecot, mailbox, monkeypatch):
    names = ["INBOX", *(f"Folder{number}" for number in range(6))]
    for name in names[1:]:
        mailbox.deliver(f"Old in {name}", folder=name)
    with SlowLine(dovecot.plain_port, RATE) as line:
        async with Watched(dovecot, mailbox, port=line.port, folders=names) as watched:
            await watched.first()
            for name in names:
                mailbox.deliver(f"In {name}", folder=name)
            line.rate = 6000
            monkeypatch.setattr(connections, "CALL_SECONDS", 0.8)
            told = []
            while len(told) < len(names):
                page = await watched.adapter.poll(watched.cursor)
                watched.cursor = page.cursor or watched.cursor
                told += [item.title for item in page.items]
                assert page.more or len(told) == len(names)
            assert told == [f"In {name}" for name in names]


async def test_a_check_that_was_ended_from_outside_has_learned(dovecot, mailbox, monkeypatch):
    with SlowLine(dovecot.plain_port, RATE) as line:
        async with Watched(dovecot, mailbox, port=line.port) as watched:
            await watched.first()
            mailbox.deliver_raw(mail("Big", "x" * 70_000))
            monkeypatch.setattr(connections, "CALL_SECONDS", 2.0)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.8):
                    await watched.adapter.poll(watched.cursor)
            pace = watched.adapter._paces.of("INBOX")
            await watched.adapter.close()
            await until(lambda: pace.mails < PAGE)
            assert Adapter(watched.context)._paces.of("INBOX") is pace
