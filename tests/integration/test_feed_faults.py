"""What goes wrong with a feed is said as what it is, beside the field that mends it."""

import asyncio
import gzip
import ssl
import time
import tracemalloc
from email.utils import formatdate

import pytest
import trustme

from tests.helpers.deadlines import until
from tests.helpers.ports import free_port
from tests.helpers.raw_servers import RawServer, garbage_server, silent_server
from worker.platforms.feed.adapter import Adapter
from worker.sdk import fetches, sessions
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.testing import TestContext, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.feed")


async def _faults(expected, code, *fields, url, ca_file="", **credentials):
    settings = {"url": url} | ({"ca_file": str(ca_file)} if ca_file else {})
    adapter = Adapter(TestContext(MANIFEST, settings, credentials))
    try:
        error = await raises(expected, adapter, *fields)
    finally:
        await adapter.close()
    assert error.reason.code == code
    assert not sessions._sessions
    return error


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.org/feed", "url_scheme"),
        ("example.org/feed", "url_scheme"),
        ("http://", "url_unreadable"),
        ("http://[::1", "url_unreadable"),
        ("http://example.org:99999/", "url_unreadable"),
        ("file:///etc/passwd", "url_scheme"),
        ("http://me:secret@example.org/", "field_secret_in_settings"),
    ],
)
async def test_addresses_that_are_none(url, code):
    await _faults(InvalidConfig, code, "url", url=url)


BODIES = [
    (b"", TemporaryFailure, "feed_empty"),
    (b" \r\n ", TemporaryFailure, "feed_empty"),
    (b"plain words", InvalidConfig, "feed_broken"),
    (b"/etc/passwd", InvalidConfig, "feed_broken"),
    (b'{"version": "https://jsonfeed.org/version/1"}', InvalidConfig, "feed_broken"),
    (b"\x89PNG\r\n\x1a\n" + bytes(100), InvalidConfig, "feed_broken"),
    (b"<svg/>", InvalidConfig, "feed_broken"),
    (b"<html><body>no feed</body></html>", InvalidConfig, "feed_is_html"),
    (b"<!-- a --><!DOCTYPE html>\n<title>x</title>", InvalidConfig, "feed_is_html"),
    (b'<?xml version="1.0"?>' + b" " * 100_000 + b"<rss/>", InvalidConfig, "feed_broken"),
    (b"<!---->" * 20_000, InvalidConfig, "feed_broken"),
    (b'<?xml encoding="' * 2_000, InvalidConfig, "feed_broken"),
    (b"<rss>" + b"<a b='" * 50_000, InvalidConfig, "feed_broken"),
    (b"<rss>" + b"<a/>" * 500_000 + b"</rss>", InvalidConfig, "feed_broken"),
    (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss/>', InvalidConfig, "feed_unsafe"),
    ('<!DOCTYPE rss [<!ENTITY a "b">]><rss/>'.encode("utf-16"), InvalidConfig, "feed_unsafe"),
]


@pytest.mark.parametrize(("body", "expected", "code"), BODIES)
async def test_bodies_that_are_no_feeds(feed_server, body, expected, code):
    feed = feed_server.feed("odd")
    feed.serve(body)
    began = time.process_time()
    await _faults(expected, code, "url", url=feed.url)
    assert time.process_time() - began < 5


async def test_a_bomb_a_page_and_a_flood(feed_server):
    feed = feed_server.feed("bad")
    feed.serve_bomb()
    await _faults(InvalidConfig, "feed_unsafe", "url", url=feed.url)
    feed.serve_html()
    await _faults(InvalidConfig, "feed_is_html", "url", url=feed.url)
    feed.recover()
    feed.serve_huge(50)
    tracemalloc.start()
    try:
        await _faults(InvalidConfig, "too_large", "url", url=feed.url)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


async def test_a_compressed_flood_is_measured_unpacked(feed_server):
    feed = feed_server.feed("bad")
    feed.serve(gzip.compress(bytes(200_000_000)))
    answer = feed.answer

    async def packed(request):
        response = await answer(request)
        response.headers["Content-Encoding"] = "gzip"
        return response

    feed.answer = packed
    tracemalloc.start()
    try:
        await _faults(InvalidConfig, "too_large", "url", url=feed.url)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


STATUSES = [
    (403, TemporaryFailure, "http_auth"),
    (404, TemporaryFailure, "http_not_found"),
    (410, TemporaryFailure, "http_not_found"),
    (418, TemporaryFailure, "http_status"),
    (500, TemporaryFailure, "http_status"),
    (503, TemporaryFailure, "http_status"),
    (429, RateLimited, "http_rate_limited"),
]


@pytest.mark.parametrize(("status", "expected", "code"), STATUSES)
async def test_statuses(feed_server, status, expected, code):
    feed = feed_server.feed("bad")
    feed.fail_with(status)
    error = await _faults(expected, code, url=feed.url)
    assert getattr(error, "retry_after", None) is None


@pytest.mark.parametrize("status", [429, 503])
async def test_patience_in_seconds_and_as_a_date(feed_server, status):
    feed = feed_server.feed("busy")
    code = "http_rate_limited" if status == 429 else "http_status"
    feed.fail_with(status, {"Retry-After": "7"})
    assert (await _faults(RateLimited, code, url=feed.url)).retry_after == 7
    feed.fail_with(status, {"Retry-After": formatdate(time.time() + 90, usegmt=True)})
    assert 80 < (await _faults(RateLimited, code, url=feed.url)).retry_after <= 90


async def test_refused_sign_ins(feed_server):
    feed = feed_server.feed("secret")
    feed.require("me", "right")
    for credentials in ({}, {"username": "me", "password": "wrong"}):
        await _faults(AuthFailed, "http_auth", "username", "password", url=feed.url, **credentials)
    feed.fail_with(403)
    feed._auth = None
    await _faults(AuthFailed, "http_auth", "password", url=feed.url, username="me", password="x")


async def test_redirects(feed_server):
    feed = feed_server.feed("circle")
    feed.redirect_in_a_circle()
    await _faults(TemporaryFailure, "http_redirects", "url", url=feed.url)
    feed.redirect_to("file:///etc/passwd")
    await _faults(InvalidConfig, "url_scheme", "url", url=feed.url)


async def test_servers_that_are_none(monkeypatch):
    await _faults(TemporaryFailure, "connect_refused", "url", url=f"http://127.0.0.1:{free_port()}/")
    await _faults(TemporaryFailure, "dns_failed", "url", url="http://nowhere.invalid/")
    with garbage_server() as server:
        await _faults(ParseFailure, "protocol_garbage", "url", url=server.url)
    with RawServer(b"", hang_up=True) as server:
        await _faults(TemporaryFailure, "connection_lost", url=server.url)
    monkeypatch.setattr(fetches, "TOTAL_SECONDS", 0.1)
    with silent_server() as server:
        await _faults(TemporaryFailure, "connect_timeout", "url", url=server.url)


async def test_a_slow_feed_is_not_waited_for(feed_server, monkeypatch):
    monkeypatch.setattr(fetches, "TOTAL_SECONDS", 0.1)
    feed = feed_server.feed("slow")
    feed.slow(1)
    await _faults(TemporaryFailure, "connect_timeout", "url", url=feed.url)


@pytest.fixture
async def encrypted(tmp_path):
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    body = b"<rss version='2.0'><channel><item><title>Sealed</title></item></channel></rss>"

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", tmp_path / "ca.pem"
    server.close()
    await server.wait_closed()


async def test_certificates(encrypted, tmp_path):
    url, ca_file = encrypted
    adapter = Adapter(TestContext(MANIFEST, {"url": url, "ca_file": str(ca_file)}))
    assert [item.title for item in (await adapter.poll(None)).items] == ["Sealed"]
    await adapter.close()
    await _faults(TemporaryFailure, "tls_untrusted", "url", url=url)
    await _faults(InvalidConfig, "ca_file_unusable", "ca_file", url=url, ca_file=tmp_path / "none.pem")
    plain = url.replace("https", "http")
    await _faults(TemporaryFailure, "connection_lost", url=plain)


@pytest.mark.parametrize("work", ["poll", "probe"])
async def test_a_cancelled_call_leaves_nothing_behind(work):
    with silent_server() as server:
        adapter = Adapter(TestContext(MANIFEST, {"url": server.url}))
        task = asyncio.create_task(adapter.probe() if work == "probe" else adapter.poll(None))
        await until(lambda: server.accepted)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await adapter.close()
        await adapter.close()
        assert not sessions._sessions
