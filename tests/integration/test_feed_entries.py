"""Entries of real feeds over HTTP: new ones once, and as little traffic as the server allows."""

import asyncio
import dataclasses
import gzip
import json
import time
from datetime import timedelta

import pytest

from worker.platforms.feed.adapter import Adapter
from worker.sdk import sessions
from worker.sdk.errors import TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.feed")


@pytest.fixture
async def watch():
    made = []

    def make(feed, **credentials):
        made.append(Adapter(TestContext(MANIFEST, {"url": feed.url}, credentials)))
        return made[-1]

    yield make
    for adapter in made:
        await adapter.close()
    assert not sessions._sessions


async def _titles(adapter, cursor):
    items, cursor = await poll_all(adapter, cursor)
    return [item.title for item in items], cursor


@pytest.mark.parametrize("dialect", ["rss", "atom", "rdf"])
async def test_every_dialect(feed_server, watch, dialect):
    feed = feed_server.feed("news", dialect)
    feed.publish("Old", "<p>a <b>text</b></p>", "http://example.org/1", id="http://example.org/id/1")
    adapter = watch(feed)
    (first,), cursor = await poll_all(adapter, None)
    assert (first.title, first.text, first.url) == ("Old", "a text", "http://example.org/1")
    assert first.kind == "entry"
    feed.publish("Newer & better", "", "http://example.org/2", id="http://example.org/id/2")
    feed.publish("Newest", "", "http://example.org/3", id="http://example.org/id/3")
    items, _ = await poll_all(adapter, cursor)
    assert [item.title for item in items] == ["Old", "Newer & better", "Newest"]
    assert items[0].key == first.key
    assert len({item.key for item in items}) == 3


async def test_what_has_not_changed_is_not_sent_again(feed_server, watch):
    feed = feed_server.feed("news")
    feed.publish("One")
    adapter = watch(feed)
    titles, cursor = await _titles(adapter, None)
    assert titles == ["One"]
    page = await adapter.poll(cursor)
    assert (page.items, page.cursor) == ([], None)
    assert (feed.requests, feed.not_modified) == (2, 1)


async def test_what_is_sent_again_unchanged_is_not_parsed(feed_server, watch, monkeypatch):
    feed = feed_server.feed("news")
    feed.without_validators()
    feed.publish("One")
    adapter = watch(feed)
    _, cursor = await _titles(adapter, None)
    monkeypatch.setattr("worker.platforms.feed.adapter.parse", None)
    assert (await adapter.poll(cursor)).items == []
    assert feed.not_modified == 0


async def test_entries_without_id_have_stable_keys(feed_server, watch):
    feed = feed_server.feed("news")
    feed.publish("Title", "text", "http://example.org/1", id=None)
    feed.publish("No link", "text", id=None)
    feed.publish("", "text alone", id=None)
    adapter = watch(feed)
    first, cursor = await poll_all(adapter, None)
    feed.publish("Another", "text", "http://example.org/2", id=None)
    second, _ = await poll_all(adapter, cursor)
    assert [item.key for item in second[:3]] == [item.key for item in first]
    assert len({item.key for item in second}) == 4
    assert first[2].title == "text alone"


async def test_entries_that_share_an_id_are_all_told(feed_server, watch):
    feed = feed_server.feed("news")
    feed.publish("One", id="http://example.org/", link="http://example.org/1")
    feed.publish("Two", id="http://example.org/", link="http://example.org/2")
    items, _ = await poll_all(watch(feed), None)
    assert len({item.key for item in items}) == 2


async def test_ids_that_change_at_each_fetch_tell_nothing_again(feed_server, watch):
    feed = feed_server.feed("unsteady")
    adapter = watch(feed)
    entries = [feed.publish(title, "text", f"http://example.org/{title}") for title in ("One", "Two")]
    _, cursor = await _titles(adapter, None)
    feed.entries = [dataclasses.replace(entry, id=f"{entry.id}/again") for entry in entries]
    titles, cursor = await _titles(adapter, cursor)
    assert titles == []
    feed.publish("Three", "text", "http://example.org/Three")
    assert (await _titles(adapter, cursor))[0] == ["Three"]


async def test_signing_in(feed_server, watch):
    feed = feed_server.feed("secret")
    feed.require("me", "pä:ssword")
    feed.publish("For me")
    adapter = watch(feed, username="me", password="pä:ssword")
    assert (await _titles(adapter, None))[0] == ["For me"]
    assert (await adapter.probe()).identity == feed.url


async def test_a_password_does_not_follow_a_redirect_to_others(feed_server, watch):
    other = feed_server.feed("other")
    other.publish("Elsewhere")
    feed = feed_server.feed("secret")
    feed.redirect_to(other.url.replace("127.0.0.1", "localhost"))
    adapter = watch(feed, username="me", password="secret")
    assert (await _titles(adapter, None))[0] == ["Elsewhere"]
    assert "Authorization" not in other.last_headers


async def test_a_wrong_encoding_is_read_as_well_as_can_be(feed_server, watch):
    feed = feed_server.feed("odd")
    feed.encode("latin-1", declared="utf-8")
    feed.publish("Grüße")
    (item,), _ = await poll_all(watch(feed), None)
    assert item.title == "Grüße"
    wide = feed_server.feed("wide")
    wide.encode("utf-16", declared="utf-16")
    wide.publish("天气")
    (item,), _ = await poll_all(watch(wide), None)
    assert item.title == "天气"


async def test_compressed_bodies(feed_server, watch):
    feed = feed_server.feed("small")
    feed.publish("Packed")
    body = b'<rss version="2.0"><channel><item><title>Packed</title></item></channel></rss>'
    feed.serve(gzip.compress(body))
    feed.answer = _with_header(feed.answer, "Content-Encoding", "gzip")
    assert (await _titles(watch(feed), None))[0] == ["Packed"]


async def test_an_answer_cut_off_is_no_feed(feed_server, watch):
    feed = feed_server.feed("cut")
    feed.publish("Packed")
    body = b'<rss version="2.0"><channel><item><title>Packed</title></item></channel></rss>'
    feed.answer = _with_header(feed.answer, "Content-Encoding", "gzip")
    adapter = watch(feed)
    feed.serve(gzip.compress(body)[:-10])
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.poll(None)
    assert caught.value.reason.code == "connection_lost"
    feed.serve(gzip.compress(body[:40]) + gzip.compress(body[40:]))
    assert (await _titles(adapter, None))[0] == ["Packed"]


@pytest.mark.parametrize("value", ['"天气"', '"' + "x" * 2000 + '"'])
async def test_validators_that_cannot_be_sent_back_are_left_out(feed_server, watch, value):
    feed = feed_server.feed("marked")
    feed.publish("One")
    feed.without_validators()
    feed.answer = _with_header(_with_header(feed.answer, "ETag", value), "Last-Modified", value)
    adapter = watch(feed)
    _, cursor = await _titles(adapter, None)
    feed.publish("Two")
    assert (await _titles(adapter, cursor))[0] == ["One", "Two"]
    assert not {"If-None-Match", "If-Modified-Since"} & set(feed.last_headers)


@pytest.mark.parametrize("value", ['"天"', "x\r\nX-Evil: 1", "x\udce4", "y" * 5000])
async def test_stored_validators_that_cannot_be_sent_back_are_left_out(feed_server, watch, value):
    feed = feed_server.feed("stored")
    feed.publish("One")
    cursor = json.dumps({"etag": value, "modified": value, "hash": ""})
    assert (await _titles(watch(feed), cursor))[0] == ["One"]
    assert "X-Evil" not in feed.last_headers


def _with_header(answer, name, value):
    async def answered(request):
        response = await answer(request)
        response.headers[name] = value
        return response

    return answered


async def test_a_long_feed_gives_its_newest(feed_server, watch):
    feed = feed_server.feed("long")
    for number in range(600):
        feed.publish(f"Entry {number}", id=f"urn:{number}")
    items, _ = await poll_all(watch(feed), None)
    assert len(items) == 500
    assert (items[0].title, items[-1].title) == ("Entry 100", "Entry 599")


async def test_the_loop_goes_on_while_a_big_feed_is_read(feed_server, watch):
    feed = feed_server.feed("big")
    for number in range(3000):
        feed.publish(f"Entry {number}", "word " * 100, f"http://example.org/{number}")
    adapter = watch(feed)
    polling, longest = asyncio.create_task(adapter.poll(None)), 0.0
    while not polling.done():
        # What is computed between two turns of the loop; what else the machine does is not counted.
        before = time.process_time()
        await asyncio.sleep(0.005)
        longest = max(longest, time.process_time() - before)
    assert len((await polling).items) == 500
    assert longest < 0.4


async def test_all_feeds_share_one_session(feed_server, watch):
    adapters = [watch(feed_server.feed(f"feed{number}")) for number in range(3)]
    for adapter in adapters:
        await adapter.poll(None)
    ((session, users),) = sessions._sessions.values()
    assert len(users) == 3
    await adapters[0].close()
    assert not session.closed


async def test_ids_that_change_while_the_servers_clock_is_ahead_tell_nothing_again(feed_server, watch):
    feed = feed_server.feed("ahead")
    adapter = watch(feed)
    feed.publish("Now", "text", "http://example.org/now")
    entries = [feed.publish(title, "text", f"http://example.org/{title}") for title in ("One", "Two")]
    ahead = [dataclasses.replace(entry, published=entry.published + timedelta(days=1)) for entry in entries]
    feed.entries = [feed.entries[0], *ahead]
    found = (await adapter.poll(None)).items
    assert all(item.created_at <= item.detected_at for item in found)
    _, cursor = await _titles(adapter, None)
    feed.entries = [dataclasses.replace(entry, id=f"{entry.id}/again") for entry in feed.entries]
    titles, cursor = await _titles(adapter, cursor)
    assert titles == []
