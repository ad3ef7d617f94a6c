"""The address of a page instead of that of its feed, on a real HTTP server."""

import json

import pytest

from worker.platforms.feed.adapter import Adapter
from worker.sdk import testing
from worker.sdk.errors import InvalidConfig

pytestmark = pytest.mark.real_server
MANIFEST = testing.read_manifest("worker.platforms.feed")


def page_of(*feeds):
    tags = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{feed.name}" href="{feed.url}">' for feed in feeds
    )
    return f"<!DOCTYPE html><html><head><title>Site</title>{tags}</head><body>Words</body></html>".encode()


@pytest.fixture
def site(feed_server):
    feed_server.clear()
    page, feed = feed_server.feed("site"), feed_server.feed("entries")
    page.serve(page_of(feed), "text/html")
    feed.publish("One")
    return page, feed


def watching(url, **credentials):
    return testing.adapter_of(Adapter, MANIFEST, {"url": url}, credentials)


async def test_the_feed_of_a_page_is_watched_and_the_page_left_alone(site):
    page, feed = site
    async with watching(page.url) as adapter:
        items, cursor = await testing.poll_all(adapter, None)
        assert [item.title for item in items] == ["One"]
        asked = page.requests
        assert (await adapter.poll(cursor)).cursor is None
        assert feed.not_modified == 1
        feed.publish("Two")
        found, cursor = await testing.poll_all(adapter, cursor)
        assert [item.title for item in found][-1] == "Two"
        assert page.requests == asked


async def test_a_feed_that_moves_is_found_again_and_tells_nothing_twice(site, feed_server):
    page, feed = site
    async with watching(page.url) as adapter:
        items, cursor = await testing.poll_all(adapter, None)
        moved = feed_server.feed("moved")
        moved.entries = feed.entries
        feed.fail_with(404)
        page.serve(page_of(moved), "text/html")
        again, cursor = await testing.poll_all(adapter, cursor)
        assert {item.key for item in again} <= {item.key for item in items}
        moved.publish("Two")
        found, _ = await testing.poll_all(adapter, cursor)
        assert [item.title for item in found if item.key not in {item.key for item in items}] == ["Two"]


async def test_a_test_says_what_was_found(site, feed_server):
    page, feed = site
    other = feed_server.feed("comments")
    page.serve(page_of(other, feed), "text/html")
    async with watching(page.url) as adapter:
        await adapter.probe()
        said = adapter.context.steps[-1].name
    assert said.code == "step_feed_found"
    assert said.params == {"url": feed.url, "others": 1}


async def test_all_feeds_of_a_page_are_proposed(site, feed_server):
    page, feed = site
    other = feed_server.feed("comments")
    page.serve(page_of(other, feed), "text/html")
    async with watching(page.url) as adapter:
        found = await adapter.propose()
    assert [(one.title, one.settings) for one in found] == [
        ("entries", {"url": feed.url}),
        ("comments", {"url": other.url}),
    ]
    async with watching(feed.url) as adapter:
        assert [one.settings for one in await adapter.propose()] == [{"url": feed.url}]


async def test_the_usual_places_come_last(site, feed_server):
    page, _ = site
    page.serve(page_of(), "text/html")
    async with watching(page.url) as adapter:
        with pytest.raises(InvalidConfig) as caught:
            await adapter.poll(None)
        assert caught.value.reason.code == "feed_is_html"
    usual = feed_server.feed("feed.xml")
    usual.publish("There")
    async with watching(page.url) as adapter:
        assert [one.settings for one in await adapter.propose()] == [{"url": usual.url}]
        items, _ = await testing.poll_all(adapter, None)
    assert [item.title for item in items] == ["There"]


async def test_a_password_stays_with_the_server_that_was_typed(site, feed_server):
    page, feed = site
    page.require("me", "right")
    elsewhere = feed.url.replace("127.0.0.1", "localhost")
    page.serve(page_of(feed).replace(feed.url.encode(), elsewhere.encode()), "text/html")
    async with watching(page.url, username="me", password="right") as adapter:
        await testing.poll_all(adapter, None)
    assert "Authorization" not in feed.last_headers
    feed.require("me", "right")
    page.serve(page_of(feed), "text/html")
    async with watching(page.url, username="me", password="right") as adapter:
        assert len((await testing.poll_all(adapter, None))[0]) == 1


async def test_what_one_address_said_of_itself_is_not_asked_of_another(feed_server):
    first, second = feed_server.feed("first"), feed_server.feed("second")
    for feed in (first, second):
        feed.serve(b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A"}]}')
    async with watching(first.url) as adapter:
        _, cursor = await testing.poll_all(adapter, None)
    async with watching(second.url) as adapter:
        items, _ = await testing.poll_all(adapter, cursor)
    assert [item.key for item in items] == ["1"]


async def test_a_site_that_moves_with_ids_that_are_its_addresses_tells_nothing_twice(feed_server):
    feed = feed_server.feed("moving")

    def serve(root, *numbers):
        items = [
            {"id": f"{root}/{number}", "url": f"{root}/{number}", "title": f"Entry {number}", "content_text": "words",
             "date_published": f"2026-03-{number:02}T00:00:00Z"}
            for number in numbers
        ]  # fmt: skip
        feed.serve(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode())

    serve("http://old.example", 3, 2, 1)
    async with watching(feed.url) as adapter:
        known, cursor = await testing.poll_all(adapter, None)
        serve("https://new.example", 4, 3, 2, 1)
        found, _ = await testing.poll_all(adapter, cursor)
    assert len(known) == 3
    assert [item.title for item in found] == ["Entry 4"]
