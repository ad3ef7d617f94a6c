"""The feed server of the tests says what it is told to say."""

import threading

import aiohttp
import feedparser
import pytest

from tests.helpers.raw_servers import garbage_server, silent_server

pytestmark = pytest.mark.real_server


@pytest.fixture
async def session():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


async def _get(session, url, **headers):
    async with session.get(url, headers=headers) as response:
        return response.status, response.headers.copy(), await response.read()


@pytest.mark.parametrize("dialect", ["rss", "atom", "rdf"])
async def test_every_dialect_is_a_feed(session, feed_server, dialect):
    feed = feed_server.feed("news", dialect)
    feed.publish("First & best", "a <b>text</b>", "http://example.org/1", id="urn:1")
    feed.publish("Second", link="http://example.org/2", id=None)
    _, _, body = await _get(session, feed.url)
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == ["Second", "First & best"]
    assert parsed.entries[1].id == "urn:1"
    assert parsed.entries[0].get("id") in (None, "http://example.org/2")


async def test_conditional_requests(session, feed_server):
    feed = feed_server.feed("news")
    feed.publish("One")
    _, headers, _ = await _get(session, feed.url)
    assert (await _get(session, feed.url, **{"If-None-Match": headers["ETag"]}))[0] == 304
    assert (await _get(session, feed.url, **{"If-Modified-Since": headers["Last-Modified"]}))[0] == 304
    feed.publish("Two")
    assert (await _get(session, feed.url, **{"If-None-Match": headers["ETag"]}))[0] == 200
    assert (feed.requests, feed.not_modified, feed_server.requests["/news"]) == (4, 2, 4)


async def test_authentication_and_failures(session, feed_server):
    feed = feed_server.feed("news")
    feed.require("me", "pässword")
    assert (await _get(session, feed.url))[0] == 401
    good = aiohttp.encode_basic_auth("me", "pässword")
    assert (await _get(session, feed.url, Authorization=good))[0] == 200
    feed.fail_with(429, {"Retry-After": "7"})
    status, headers, _ = await _get(session, feed.url, Authorization=good)
    assert (status, headers["Retry-After"]) == (429, "7")
    feed.recover()
    assert (await _get(session, feed.url, Authorization=good))[0] == 200
    feed_server.feed("circle").redirect_in_a_circle()
    with pytest.raises(aiohttp.TooManyRedirects):
        await _get(session, feed_server.feed("circle").url)
    assert (await _get(session, f"{feed_server.url}/unknown"))[0] == 404


async def test_bad_documents(session, feed_server):
    feed = feed_server.feed("bad")
    feed.serve_html()
    assert (await _get(session, feed.url))[1]["Content-Type"].startswith("text/html")
    feed.serve_empty()
    assert (await _get(session, feed.url))[2] == b""
    feed.serve_bomb()
    assert b"&lol8;&lol8;" in (await _get(session, feed.url))[2]
    feed.recover()
    feed.serve_huge(2)
    assert len((await _get(session, feed.url))[2]) >= 2_000_000
    feed.recover()
    feed.publish("Überraschung")
    feed.encode("latin-1", declared="utf-8")
    with pytest.raises(UnicodeDecodeError):
        (await _get(session, feed.url))[2].decode()


async def test_a_reader_that_has_enough_disturbs_nobody(session, feed_server):
    feed = feed_server.feed("huge")
    feed.serve_huge(50)
    async with session.get(feed.url) as response:
        await response.content.readexactly(1000)
        response.close()
    feed.recover()
    assert (await _get(session, feed.url))[0] == 200


async def test_slow_answers_and_servers_that_are_none(session, feed_server):
    feed = feed_server.feed("slow")
    feed.slow(30)
    timeout = aiohttp.ClientTimeout(total=0.1)
    with pytest.raises(TimeoutError):
        await session.get(feed.url, timeout=timeout)
    with garbage_server() as garbage:
        with pytest.raises(aiohttp.ClientError):
            await session.get(garbage.url)
        assert garbage.accepted == 1
    with silent_server() as silent:
        with pytest.raises(TimeoutError):
            await session.get(silent.url, timeout=timeout)
        assert silent.accepted == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "raw-server"]
