"""Many feeds at once: who waits for its turn is no slow server and no slow document."""

import asyncio
import contextlib
import threading

import pytest

from tests.helpers.deadlines import until
from worker.platforms.feed import adapter as adapters
from worker.platforms.feed.adapter import Adapter
from worker.sdk import fetches, places, sessions
from worker.sdk.errors import InvalidConfig, TemporaryFailure
from worker.sdk.testing import TestContext, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.feed")


@pytest.fixture
async def watch():
    made = []

    def make(feed):
        made.append(Adapter(TestContext(MANIFEST, {"url": feed.url})))
        return made[-1]

    yield make
    for adapter in made:
        await adapter.close()
    assert not sessions._sessions


@pytest.fixture
def feeds(feed_server):
    made = [feed_server.feed(f"crowd{number}") for number in range(5)]
    for feed in made:
        feed.publish(feed.name)
    return made


async def test_waiting_for_others_is_no_silence_of_the_server(feeds, watch, monkeypatch):
    monkeypatch.setattr(fetches, "TOTAL_SECONDS", 0.6)
    monkeypatch.setattr(places, "REQUESTS_A_HOST", 2)
    for feed in feeds:
        feed.slow(0.25)
    found = await asyncio.gather(*(watch(feed).poll(None) for feed in feeds + feeds))
    assert [len(page.items) for page in found] == [1] * 10
    assert not places.here().hosts


async def test_who_no_longer_waits_takes_no_place(feeds, watch, monkeypatch):
    monkeypatch.setattr(places, "REQUESTS_A_HOST", 1)
    feeds[0].slow(60)
    polls = [asyncio.create_task(watch(feed).poll(None)) for feed in feeds]
    await until(lambda: feeds[0].requests and len(places.here().hosts["127.0.0.1"][1]) == 5)
    for poll in polls[:-1]:
        poll.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*polls[:-1])
    assert len((await asyncio.wait_for(polls[-1], 60)).items) == 1
    assert not places.here().hosts


class _Parser:
    """Parses when it may."""

    def __init__(self):
        self.may, self.running, self.most, self.lock = threading.Event(), 0, 0, threading.Lock()

    def __call__(self, *_):
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.may.wait(30)
        with self.lock:
            self.running -= 1
        return []


async def test_two_documents_are_parsed_at_once_and_no_more(feeds, watch, monkeypatch):
    monkeypatch.setattr(adapters, "parse", parser := _Parser())
    monkeypatch.setattr(adapters, "PARSE_SECONDS", 0.2)
    polls = [asyncio.create_task(watch(feed).poll(None)) for feed in feeds]
    # Those that are given up hold their places: they go on in their threads.
    await until(lambda: sum(poll.done() for poll in polls) == 2)
    assert parser.running == 2
    monkeypatch.setattr(adapters, "PARSE_SECONDS", 30.0)
    parser.may.set()
    ended = await asyncio.gather(*polls, return_exceptions=True)
    assert parser.most == 2
    assert [isinstance(end, InvalidConfig) for end in ended].count(True) == 2
    await until(lambda: places.here().parses._value == places.PARSES)


async def test_no_free_thread_is_no_fault_of_the_feed(feeds, watch, monkeypatch):
    adapter = watch(feeds[0])

    async def no_thread(*_):
        raise TimeoutError

    monkeypatch.setattr(adapter.context, "run_blocking", no_thread)
    with pytest.raises(TemporaryFailure):
        await adapter.poll(None)
    assert places.here().parses._value == places.PARSES


async def test_a_parse_that_was_given_up_before_it_began_never_begins():
    turn = asyncio.Semaphore(1)
    await turn.acquire()
    called = []
    parse = places.Parse(lambda: called.append(True), turn)
    parse.give_up()
    parse.give_up()
    with pytest.raises(RuntimeError):
        parse()
    assert turn._value == 1
    assert not called
