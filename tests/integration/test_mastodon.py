"""Notifications of a Mastodon account over HTTP and its stream, against a stand-in that follows the documentation."""

import asyncio
import ssl
import time
from email.utils import formatdate

import pytest
import trustme

from tests.helpers.deadlines import until
from tests.helpers.mastodon_server import TOKEN, MastodonServer, iso
from tests.helpers.ports import free_port
from tests.helpers.raw_servers import garbage_server
from worker.platforms.mastodon import streams
from worker.platforms.mastodon.adapter import LIMIT, PAGES, Adapter
from worker.sdk import sessions
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.platform import ItemKind
from worker.sdk.testing import TestContext, adapter_of, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.mastodon")


@pytest.fixture
def server(mastodon_server):
    return mastodon_server


def _adapter(server, token=TOKEN, **settings):
    return adapter_of(Adapter, MANIFEST, {"server": server.url} | settings, {"access_token": token})


async def _faults(expected, code, *fields, server, token=TOKEN):
    adapter = Adapter(TestContext(MANIFEST, {"server": server}, {"access_token": token}))
    try:
        error = await raises(expected, adapter, *fields)
    finally:
        await adapter.close()
    assert error.reason.code == code
    assert not sessions._sessions
    return error


async def test_a_probe_tells_who_we_are(server):
    async with _adapter(server) as adapter:
        probe = await adapter.probe()
        assert (probe.identity, probe.name) == ("14715@127.0.0.1", "@me@127.0.0.1")
        steps = [step.name.code for step in adapter.context.steps]
        assert steps == ["step_resolve", "step_connect", "step_sign_in", "step_first_check"]


async def test_what_others_do_is_told_as_what_it_is(server):
    server.publish("Old")
    async with _adapter(server, kinds="all") as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("For your eyes", visibility="direct")
        server.publish("For all")
        server.publish("", "follow")
        items, cursor = await poll_all(adapter, cursor)
        assert [(item.title, item.kind) for item in items] == [
            ("For your eyes", ItemKind.DIRECT_MESSAGE),
            ("For all", ItemKind.MENTION),
            ("Ada (@ada@example.org) follows you", ItemKind.SYSTEM),
        ]
        assert (await poll_all(adapter, cursor))[0] == []


async def test_applause_is_left_out_and_not_told_later(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("Yours", "favourite")
        server.publish("Hello")
        items, cursor = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Hello"]
    async with _adapter(server, kinds="all") as adapter:
        assert (await poll_all(adapter, cursor))[0] == []


@pytest.mark.parametrize("limit", [80, 30, 15])
@pytest.mark.parametrize("age", [3600.0, 1.0])
async def test_a_flood_comes_page_by_page_and_whole(server, limit, age):
    server.limit, server.age = limit, age
    server.publish("Old")
    count = LIMIT * PAGES * 2 + 3
    async with _adapter(server) as first, _adapter(server) as second:
        _, cursor = await poll_all(first, None)
        for number in range(count):
            server.publish(f"New {number}")
        page = await first.poll(cursor)
        assert page.more
        # One of them may have been known before.
        assert min(limit, LIMIT) * PAGES - 1 <= len(page.items) <= LIMIT * PAGES
        rest, cursor = await poll_all(second, page.cursor)
        assert [item.title for item in (*page.items, *rest)] == [f"New {number}" for number in range(count)]
        assert (await poll_all(first, cursor))[0] == []


async def test_one_that_is_stored_late_is_not_lost(server):
    server.age = 2.0
    server.publish("Old", id=10)
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("Begun later, stored first", id=30)
        first, cursor = await poll_all(adapter, cursor)
        server.publish("Begun first, stored later", id=20)
        second, cursor = await poll_all(adapter, cursor)
        assert [item.key for item in (*first, *second)] == ["30", "20"]
        assert (await poll_all(adapter, cursor))[0] == []


async def test_a_baseline_is_one_page(server):
    for number in range(100):
        server.publish(f"Old {number}")
    async with _adapter(server) as adapter:
        items, cursor = await poll_all(adapter, None)
        assert len(items) == LIMIT
        assert (await poll_all(adapter, cursor))[0] == []


# ---------------------------------------------------------------- the stream


async def _listening(server, adapter):
    """Poll, and connect the stream."""
    cursor = (await poll_all(adapter, None))[1]
    assert adapter.can_listen()
    assert await adapter.listen()
    await until(lambda: len(server.streams) == 1)
    return cursor


@pytest.mark.parametrize("version", [2, 1])
async def test_news_come_over_the_stream(server, version):
    server.version = version
    async with _adapter(server) as adapter:
        cursor = await _listening(server, adapter)
        assert all(TOKEN not in path for path in server.asked)
        waiting = asyncio.ensure_future(adapter.listen())
        server.say({"stream": ["user", "notification"], "event": "filters_changed"})
        server.publish("Hello")
        assert await asyncio.wait_for(waiting, 60)
        items, _ = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Hello"]
        assert server.opened == 1


async def test_a_stream_outlives_being_cancelled(server):
    async with _adapter(server) as adapter:
        cursor = await _listening(server, adapter)
        for number in range(3):
            waiting = asyncio.ensure_future(adapter.listen())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            assert waiting.cancelled()
            # It comes while nobody listens.
            server.publish(f"Hello {number}")
            assert await asyncio.wait_for(adapter.listen(), 60)
            items, cursor = await poll_all(adapter, cursor)
            assert [item.title for item in items] == [f"Hello {number}"]
        assert server.opened == 1


async def test_quiet_is_a_sign_of_life(server, monkeypatch):
    monkeypatch.setattr(streams, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(streams, "SETTLE_SECONDS", 0.05)
    async with _adapter(server) as adapter:
        await _listening(server, adapter)
        # What came before the server began to listen for us is polled for once.
        assert await adapter.listen() is True
        assert await adapter.listen() is False
        assert await adapter.listen() is False
        assert server.opened == 1


async def test_a_stream_that_ends_is_made_anew(server):
    async with _adapter(server) as adapter:
        await _listening(server, adapter)
        waiting = asyncio.ensure_future(adapter.listen())
        await asyncio.sleep(0)
        server.hang_up()
        with pytest.raises(TemporaryFailure) as caught:
            await asyncio.wait_for(waiting, 60)
        assert caught.value.reason.code == "connection_lost"
        assert await adapter.listen()
        await until(lambda: server.opened == 2)


@pytest.mark.parametrize("said", ["no JSON", "[]", '{"event": 5}', "[" * 10_000])
async def test_a_stream_of_garbage_is_left(server, said):
    async with _adapter(server) as adapter:
        await _listening(server, adapter)
        server.say(said)
        with pytest.raises(TemporaryFailure):
            await asyncio.wait_for(adapter.listen(), 60)
        await until(lambda: not server.streams)


async def test_a_revoked_token_ends_the_stream_and_is_told_by_the_poll(server):
    async with _adapter(server) as adapter:
        cursor = await _listening(server, adapter)
        server.revoke()
        with pytest.raises(TemporaryFailure):
            await asyncio.wait_for(adapter.listen(), 60)
        with pytest.raises(TemporaryFailure):
            await asyncio.wait_for(adapter.listen(), 60)
        with pytest.raises(AuthFailed) as caught:
            await adapter.poll(cursor)
        assert "access_token" in caught.value.fields


@pytest.mark.parametrize("streaming", ["", "ws://192.0.2.1", "nonsense", "ftp://127.0.0.1", "ws://["])
async def test_without_a_stream_it_is_polled(server, streaming):
    server.streaming = streaming
    async with _adapter(server) as adapter:
        await adapter.poll(None)
        assert not adapter.can_listen()


async def test_a_server_that_tells_nothing_of_itself_is_polled(server):
    server.version = 0
    async with _adapter(server) as adapter:
        await adapter.poll(None)
        assert not adapter.can_listen()


async def test_a_stream_that_is_not_there_is_a_lost_connection(server):
    server.streaming = f"ws://127.0.0.1:{free_port()}"
    async with _adapter(server) as adapter:
        await adapter.poll(None)
        with pytest.raises(TemporaryFailure):
            await adapter.listen()


# ---------------------------------------------------------------- refusals


async def test_tokens_that_open_nothing(server):
    await _faults(AuthFailed, "auth_refused_detail", "access_token", server=server.url, token="wrong")
    server.tokens["narrow"] = "write"
    error = await _faults(AuthFailed, "mastodon_scope", "access_token", server=server.url, token="narrow")
    assert "outside the authorized scopes" in error.reason.message


REFUSALS = [
    (403, {}, {"error": "Your login is currently disabled"}, AuthFailed, "auth_refused_detail"),
    (422, {}, {"error": "This method requires an authenticated user"}, AuthFailed, "auth_refused_detail"),
    (403, {}, b"<html>a proxy</html>", TemporaryFailure, "http_status"),
    (404, {}, b"", TemporaryFailure, "http_not_found"),
    (503, {}, b"", TemporaryFailure, "http_status"),
    (200, {}, b"<html>no API</html>", ParseFailure, "protocol_garbage"),
    (200, {}, [{"id": "1", "type": "mention", "created_at": "yesterday"}], ParseFailure, "protocol_garbage"),
    (302, {"Location": "https://elsewhere.example/"}, b"", InvalidConfig, "field_wrong"),
    (200, {}, b" " * 50_000_000, TemporaryFailure, "too_large"),
]


@pytest.mark.parametrize(("status", "headers", "body", "expected", "code"), REFUSALS)
async def test_refusals(server, status, headers, body, expected, code):
    server.fail_with(status, headers, body)
    await _faults(expected, code, server=server.url)


async def test_limits(server):
    clock = time.time() + 86_400
    date = {"Date": formatdate(clock, usegmt=True)}
    server.fail_with(429, date | {"X-RateLimit-Reset": iso(clock + 120)}, {"error": "Too many requests"})
    assert 118 <= (await _faults(RateLimited, "mastodon_limit", server=server.url)).retry_after <= 121
    server.fail_with(429, {}, b"")
    assert (await _faults(RateLimited, "mastodon_limit", server=server.url)).retry_after == 300
    server.fail_with(503, {"Retry-After": "9"}, b"")
    assert (await _faults(RateLimited, "mastodon_limit", server=server.url)).retry_after == 9


async def test_servers_that_are_none():
    with garbage_server() as server:
        await _faults(ParseFailure, "protocol_garbage", "server", server=f"http://127.0.0.1:{server.port}")
    await _faults(TemporaryFailure, "connect_refused", "server", server=f"http://127.0.0.1:{free_port()}")
    await _faults(TemporaryFailure, "dns_failed", "server", server="nowhere.invalid")
    await _faults(InvalidConfig, "field_wrong", "server", server="http://example.org")


async def test_an_encrypted_stream_with_a_certificate_of_ones_own(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = MastodonServer()
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server.tls)
    with server:
        await _faults(TemporaryFailure, "tls_untrusted", "server", server=server.url)
        async with _adapter(server, ca_file=str(tmp_path / "ca.pem")) as adapter:
            await _listening(server, adapter)
            server.publish("Hello")
            assert await asyncio.wait_for(adapter.listen(), 60)
