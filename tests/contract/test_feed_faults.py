"""What a feed's server may do to us, on a real HTTP server: each is an error of its own kind, with a sentence."""

import pytest

from tests.helpers.raw_servers import garbage_server
from worker.platforms.feed.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, RateLimited, TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.feed")


@pytest.fixture
async def watch():
    made: list[Adapter] = []

    def make(url: str, **credentials: str) -> Adapter:
        adapter = Adapter(TestContext(MANIFEST, {"url": url}, credentials))
        made.append(adapter)
        return adapter

    yield make
    for adapter in made:
        await adapter.close()


@pytest.mark.parametrize("dialect", ["rss", "atom", "rdf"])
async def test_each_entry_is_found_once_in_every_dialect(feed_server, watch, dialect):
    feed = feed_server.feed(f"plain-{dialect}", dialect)
    feed.publish("One", "first text", "http://example.org/1")
    adapter = watch(feed.url)
    known, cursor = await poll_all(adapter, None)
    assert [item.title for item in known] == ["One"]
    feed.publish("Two <b>bold</b> 天气", "second", "http://example.org/2")
    found, cursor = await poll_all(adapter, cursor)
    fresh = [item for item in found if item.key not in {item.key for item in known}]
    assert len(fresh) == 1
    assert "天气" in fresh[0].title
    assert "<b>" not in fresh[0].title
    assert fresh[0].url == "http://example.org/2"
    before = feed.not_modified
    nothing, _ = await poll_all(adapter, cursor)
    assert nothing == []
    assert feed.not_modified == before + 1


async def test_entries_without_an_id_keep_their_key(feed_server, watch):
    feed = feed_server.feed("anonymous")
    feed.without_validators()
    feed.publish("No id", "text", "http://example.org/x", id=None)
    first, _ = await poll_all(watch(feed.url), None)
    second, _ = await poll_all(watch(feed.url), None)
    assert [item.key for item in first] == [item.key for item in second]
    assert first[0].key


async def _fault(adapter) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        await adapter.poll(None)
    assert caught.value.reason.message
    return caught.value


@pytest.mark.parametrize(
    ("serve", "code"), [("serve_html", "feed_is_html"), ("serve_empty", "feed_empty"), ("serve_bomb", "feed_unsafe")]
)
async def test_what_is_no_feed_is_said_at_the_address(feed_server, watch, serve, code):
    feed = feed_server.feed(serve)
    getattr(feed, serve)()
    error = await _fault(watch(feed.url))
    assert error.reason.code == code
    assert "url" in error.fields


async def test_fifty_megabytes_are_not_read_to_their_end(feed_server, watch):
    feed = feed_server.feed("huge")
    feed.serve_huge()
    error = await _fault(watch(feed.url))
    assert error.reason.code == "too_large"


async def test_a_wrong_encoding_loses_no_entry(feed_server, watch):
    feed = feed_server.feed("latin")
    feed.publish("Grüße", "text", "http://example.org/g")
    feed.encode("latin-1", declared="utf-8")
    items, _ = await poll_all(watch(feed.url), None)
    assert len(items) == 1


async def test_a_password_is_asked_for_used_and_refused(feed_server, watch):
    feed = feed_server.feed("private")
    feed.publish("Secret", "", "http://example.org/s")
    feed.require("ada", "right")
    assert isinstance(await _fault(watch(feed.url)), AuthFailed)
    assert isinstance(await _fault(watch(feed.url, username="ada", password="wrong")), AuthFailed)
    items, _ = await poll_all(watch(feed.url, username="ada", password="right"), None)
    assert [item.title for item in items] == ["Secret"]


async def test_patience_that_the_server_asks_for(feed_server, watch):
    feed = feed_server.feed("busy")
    feed.fail_with(429, {"Retry-After": "120"})
    error = await _fault(watch(feed.url))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 120


@pytest.mark.parametrize("status", [404, 410, 500, 502])
async def test_a_site_that_is_down_is_tried_again(feed_server, watch, status):
    feed = feed_server.feed(f"down-{status}")
    feed.fail_with(status)
    error = await _fault(watch(feed.url))
    assert isinstance(error, TemporaryFailure)
    assert str(status) in error.reason.message


async def test_redirects_in_a_circle(feed_server, watch):
    feed = feed_server.feed("circle")
    feed.redirect_in_a_circle()
    assert (await _fault(watch(feed.url))).reason.code == "http_redirects"


async def test_nobody_there_nobody_of_that_name_and_garbage(watch, unused_tcp_port):
    refused = await _fault(watch(f"http://127.0.0.1:{unused_tcp_port}/feed"))
    assert isinstance(refused, TemporaryFailure)
    assert refused.reason.code == "connect_refused"
    unknown = await _fault(watch("http://no-such-host.invalid/feed"))
    assert isinstance(unknown, TemporaryFailure)
    assert unknown.reason.code == "dns_failed"
    with garbage_server() as server:
        garbage = await _fault(watch(f"http://127.0.0.1:{server.port}/feed"))
    assert isinstance(garbage, TemporaryFailure)


@pytest.mark.parametrize("url", ["ftp://example.org/feed", "file:///etc/passwd", "example.org"])
async def test_only_addresses_of_the_web(watch, url):
    error = await _fault(watch(url))
    assert isinstance(error, InvalidConfig)
    assert error.fields["url"].code == "url_scheme"
