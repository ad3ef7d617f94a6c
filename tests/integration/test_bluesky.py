"""A Bluesky account over HTTP, against a stand-in that follows the lexicons."""

import ssl
import time

import pytest
import trustme

from tests.helpers.bluesky_server import ADA, ME, PASSWORD, BlueskyServer
from tests.helpers.ports import free_port
from tests.helpers.raw_servers import garbage_server
from worker.platforms.bluesky import places
from worker.platforms.bluesky.adapter import DEEPER, LIMIT, PAGES, Adapter
from worker.sdk import sessions
from worker.sdk.errors import AuthFailed, InvalidConfig, RateLimited, TemporaryFailure
from worker.sdk.platform import ItemKind
from worker.sdk.testing import TestContext, adapter_of, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.bluesky")
BOB = {"did": "did:plc:bob", "handle": "bob.example.org"}


@pytest.fixture
def server(bluesky_server):
    return bluesky_server


def _settings(server, **settings):
    return {"server": server.url, "identifier": "@me.example.org"} | settings


def _adapter(server, password=PASSWORD, **settings):
    return adapter_of(Adapter, MANIFEST, _settings(server, **settings), {"password": password})


async def _faults(expected, code, *fields, server, password=PASSWORD, **settings):
    adapter = Adapter(TestContext(MANIFEST, _settings(server, **settings), {"password": password}))
    try:
        error = await raises(expected, adapter, *fields)
    finally:
        await adapter.close()
    assert error.reason.code == code
    assert not sessions._sessions
    return error


async def test_a_probe_tells_who_we_are_and_leaves_no_session(server):
    async with _adapter(server) as adapter:
        probe = await adapter.probe()
        assert (probe.identity, probe.name) == (ME, "@me.example.org")
        assert [step.name.code for step in adapter.context.steps] == [
            "step_resolve",
            "step_sign_in",
            "step_first_check",
        ]
    assert (server.created, server.deleted, server.refreshes) == (1, 1, {})


async def test_what_others_do_is_told_as_what_it_is(server):
    server.publish("Old")
    async with _adapter(server, kinds="all") as adapter:
        _, cursor = await poll_all(adapter, None)
        root = {"root": {"uri": "at://did:plc:me/app.bsky.feed.post/root"}, "parent": {"uri": "at://x"}}
        answered = server.publish("I agree", reply=root)
        server.publish("@me.example.org look", "mention")
        server.publish("Quoted", "quote")
        server.publish("News", "subscribed-post")
        server.publish("", "like")
        server.publish("", "follow", by=BOB)
        items, cursor = await poll_all(adapter, cursor)
        assert [(item.title, item.kind) for item in items] == [
            ("I agree", ItemKind.COMMENT),
            ("@me.example.org look", ItemKind.MENTION),
            ("Quoted", ItemKind.MENTION),
            ("News", ItemKind.ENTRY),
            ("Ada (@ada.example.org) likes your post", ItemKind.SYSTEM),
            ("@bob.example.org follows you", ItemKind.SYSTEM),
        ]
        reply = items[0]
        assert (reply.key, reply.thread) == (answered["uri"], "at://did:plc:me/app.bsky.feed.post/root")
        assert reply.author == "Ada (@ada.example.org)"
        assert reply.url == f"https://bsky.app/profile/did:plc:ada/post/{answered['uri'][-13:]}"
        assert items[4].url == "https://bsky.app/profile/did:plc:me/post/mine"
        assert (await poll_all(adapter, cursor))[0] == []


async def test_applause_is_left_out_and_not_told_later(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("", "like")
        server.publish("Hello")
        items, cursor = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Hello"]
    async with _adapter(server, kinds="all") as adapter:
        assert (await poll_all(adapter, cursor))[0] == []


async def test_one_that_comes_into_view_among_older_ones_is_not_lost(server):
    for age in range(5):
        server.publish(f"Old {age}", age=3600.0 * age)
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("Posted without a network", age=5000.0)
        items, cursor = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Posted without a network"]
        assert (await poll_all(adapter, cursor))[0] == []


@pytest.mark.parametrize("limit", [100, 30])
async def test_a_flood_comes_page_by_page_and_whole(server, limit):
    server.limit = limit
    server.publish("Old", age=100_000.0)
    count = DEEPER * PAGES * 2 + 3
    async with _adapter(server) as first, _adapter(server) as second:
        _, cursor = await poll_all(first, None)
        for number in range(count):
            server.publish(f"New {number}", age=50_000.0 - number)
        page = await first.poll(cursor)
        assert page.more
        assert len(page.items) == min(limit, LIMIT) + min(limit, DEEPER) * (PAGES - 1)
        server.publish("Meanwhile")
        rest, cursor = await poll_all(second, page.cursor)
        late, cursor = await poll_all(first, cursor)
        told = [item.title for item in (*page.items, *rest, *late)]
        assert sorted(told) == sorted(["Meanwhile", *(f"New {number}" for number in range(count))])
        assert len(cursor) < 64_000
        assert (await poll_all(first, cursor))[0] == []


async def test_more_than_is_remembered_is_not_told_again(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        for number in range(places.MAX_RECENT + 40):
            server.publish(f"New {number}", age=60.0 - number / 100)
        _, cursor = await poll_all(adapter, cursor)
        assert (await poll_all(adapter, cursor))[0] == []
        server.publish("One more")
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["One more"]


async def test_a_list_without_end_ends(server, monkeypatch):
    monkeypatch.setattr(places, "MAX_PAGES", 20)
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        for number in range(2500):
            server.publish(f"New {number}", age=3000.0 - number)
        items, cursor = await poll_all(adapter, cursor)
        assert len(items) == LIMIT + 19 * DEEPER
        assert (await poll_all(adapter, cursor))[0] == []


async def test_what_was_read_elsewhere_is_told_once(server):
    first = server.publish("Hello")
    async with _adapter(server) as adapter:
        page = await adapter.poll(None)
        assert page.read == []
        first["isRead"] = True
        assert (await adapter.poll(page.cursor)).read == [first["uri"]]
        assert (await adapter.poll(page.cursor)).read == []


# ---------------------------------------------------------------- chats


async def test_messages_are_told_with_who_wrote_them(server):
    convo = server.chat()
    server.say(convo, "Old")
    async with _adapter(server) as adapter:
        items, cursor = await poll_all(adapter, None)
        assert [item.title for item in items] == ["Old"]
        server.say(convo, "Are you there?")
        server.say(convo, "I am", by=ME)
        group = server.chat(group="Garden", members=(ADA, BOB))
        server.say(group, "Rain at last", by="did:plc:bob")
        items, cursor = await poll_all(adapter, cursor)
        assert [(item.title, item.author, item.thread, item.kind) for item in items] == [
            ("Are you there?", "Ada (@ada.example.org)", convo, ItemKind.DIRECT_MESSAGE),
            ("Garden: Rain at last", "@bob.example.org", group, ItemKind.DIRECT_MESSAGE),
        ]
        assert items[0].url == f"https://bsky.app/messages/{convo}"
        assert (await poll_all(adapter, cursor))[0] == []


async def test_many_messages_come_page_by_page(server):
    convo = server.chat()
    server.log_limit = 7
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        for number in range(60):
            server.say(convo, f"New {number}")
        page = await adapter.poll(cursor)
        assert page.more
        rest, cursor = await poll_all(adapter, page.cursor)
        assert [item.title for item in (*page.items, *rest)] == [f"New {number}" for number in range(60)]
        assert (await poll_all(adapter, cursor))[0] == []


async def test_a_first_chat_is_told(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        assert (await poll_all(adapter, cursor))[0] == []
        server.say(server.chat(), "Nice to meet you")
        items, cursor = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Nice to meet you"]
        assert (await poll_all(adapter, cursor))[0] == []


async def test_a_log_that_no_longer_reaches_back_loses_nothing(server):
    convo, other = server.chat(), server.chat()
    server.say(convo, "Old")
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        for number in range(130):
            server.say(convo, f"New {number}")
        server.say(other, "From another")
        server.log_from = server.log[-1]["rev"]
        items, cursor = await poll_all(adapter, cursor)
        assert {item.title for item in items} == {"From another", *(f"New {number}" for number in range(130))}
        assert len(items) == 131
        assert (await poll_all(adapter, cursor))[0] == []


@pytest.mark.parametrize(("chats", "told"), [("unmuted", []), ("all", ["Psst"]), ("none", [])])
async def test_muted_chats(server, chats, told):
    convo = server.chat()
    async with _adapter(server, chats=chats) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.mute(convo)
        server.say(convo, "Psst")
        items, cursor = await poll_all(adapter, cursor)
        assert [item.title for item in items] == told
        if chats == "unmuted":
            server.mute(convo, False)
            server.say(convo, "Now")
            assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Now"]


async def test_chats_that_are_told_from_now_on_begin_in_silence(server):
    convo = server.chat()
    async with _adapter(server, chats="none") as adapter:
        _, cursor = await poll_all(adapter, None)
    server.say(convo, "Not asked for")
    async with _adapter(server) as adapter:
        items, cursor = await poll_all(adapter, cursor)
        assert items == []
        server.say(convo, "Asked for")
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Asked for"]


async def test_chats_read_both_ways(server):
    convo = server.chat()
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        for said in ("One", "Two", "Three"):
            server.say(convo, said)
        items, cursor = await poll_all(adapter, cursor)
        keys = [item.key for item in items]
        server.read_chat(convo, server.messages[convo][1])
        page = await adapter.poll(cursor)
        assert (sorted(page.read), page.items) == (keys[:2], [])
        await adapter.mark_read([keys[2], keys[0], "at://did:plc:ada/app.bsky.feed.post/1", "chat|gone|m9"])
        assert server.marked == [{"convoId": convo, "messageId": server.messages[convo][2]["id"]}]


async def test_an_app_password_without_access_to_chats(server):
    server.passwords["plain-password"] = False
    await _faults(AuthFailed, "bluesky_no_chats", "password", server=server, password="plain-password")
    async with _adapter(server, "plain-password", chats="none") as adapter:
        await adapter.probe()
        server.publish("Hello")
        assert [item.title for item in (await poll_all(adapter, None))[0]] == ["Hello"]


# ---------------------------------------------------------------- sessions


async def test_a_session_is_renewed_in_silence(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.expire()
        server.publish("Hello")
        items, cursor = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Hello"]
        assert (server.created, server.refreshed) == (1, 1)
        # Both tokens are worth nothing any more: the password still is.
        server.expire()
        server.refreshes = {}
        assert (await poll_all(adapter, cursor))[0] == []
        assert (server.created, server.refreshed) == (2, 1)
        server.revoke()
        with pytest.raises(AuthFailed):
            await adapter.poll(cursor)


async def test_the_account_may_live_on_another_server(server):
    with BlueskyServer() as home:
        server.home = home.url
        home.sessions = server.sessions
        home.publish("From home")
        async with _adapter(server) as adapter:
            assert [item.title for item in (await poll_all(adapter, None))[0]] == ["From home"]
        assert not any("listNotifications" in path for path in server.asked)
        assert not any("Session" in path for path in home.asked)
    assert not sessions._sessions


@pytest.mark.parametrize("home", ["http://192.0.2.1", "gopher://x", 7, ""])
async def test_a_document_that_names_no_usable_server(server, home):
    server.home = home
    server.publish("Hello")
    async with _adapter(server) as adapter:
        assert [item.title for item in (await poll_all(adapter, None))[0]] == ["Hello"]


async def test_sign_ins_that_are_refused(server):
    error = await _faults(AuthFailed, "auth_refused", "password", server=server, password="wrong")
    assert "wrong" not in error.reason.message
    await _faults(AuthFailed, "state_credentials_missing", "password", server=server, password="")
    server.factor = True
    await _faults(AuthFailed, "bluesky_factor", "password", server=server)
    server.factor, server.active, server.status = False, False, "deactivated"
    error = await _faults(AuthFailed, "bluesky_inactive", "password", server=server)
    assert "deactivated" in error.reason.message


@pytest.mark.parametrize("typed", ["", "no handle", "nodot", "a@b@c", "https://bsky.app/profile/me", "x" * 600])
async def test_handles_that_are_none(server, typed):
    async with _adapter(server, identifier=typed) as adapter:
        await raises(InvalidConfig, adapter, "identifier")


# ---------------------------------------------------------------- faults


async def test_limits_are_kept(server):
    reset = str(int(time.time()) + 120)
    server.fail_with(429, {"RateLimit-Reset": reset}, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"})
    error = await _faults(RateLimited, "bluesky_limit", server=server)
    assert 100 < error.retry_after <= 121
    server.fail_with(429, {"Retry-After": "7"})
    assert (await _faults(RateLimited, "bluesky_limit", server=server)).retry_after == 7
    server.fail_with(429)
    assert (await _faults(RateLimited, "bluesky_limit", server=server)).retry_after == 300


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_in_trouble_is_no_refusal(server, status):
    server.fail_with(status, body=b"<html>")
    await _faults(TemporaryFailure, "http_status", server=server)


async def test_trouble_while_signed_in_is_no_refusal(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.fail_with(502)
        with pytest.raises(TemporaryFailure):
            await adapter.poll(cursor)
        server.recover()
        server.publish("Hello")
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Hello"]
        assert server.created == 1


@pytest.mark.parametrize("body", [b"[1", b"[]", b"{}", b"\xff\xfe", b'{"accessJwt": 1}', b"[" * 100_000])
async def test_garbage_is_said_as_such(server, body):
    server.fail_with(200, {"Content-Type": "application/json"}, body)
    adapter = Adapter(TestContext(MANIFEST, _settings(server), {"password": PASSWORD}))
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.poll(None)
    assert caught.value.reason.code == "protocol_garbage"
    await adapter.close()


@pytest.mark.parametrize("change", [{"indexedAt": "yesterday"}, {"uri": ""}])
async def test_notifications_without_a_name_or_a_moment_are_garbage(server, change):
    server.publish("Hello").update(change)
    async with _adapter(server) as adapter:
        with pytest.raises(TemporaryFailure) as caught:
            await adapter.poll(None)
        assert caught.value.reason.code == "protocol_garbage"


@pytest.mark.parametrize("record", ["words", {"text": 7, "facets": [1]}, None, {"reply": {"root": []}}])
async def test_odd_records_are_told_all_the_same(server, record):
    server.publish("Hello")["record"] = record
    async with _adapter(server) as adapter:
        assert [item.title for item in (await poll_all(adapter, None))[0]] == ["Ada (@ada.example.org)"]


async def test_a_server_that_speaks_no_http():
    with garbage_server() as odd:
        adapter = Adapter(
            TestContext(
                MANIFEST,
                {"server": f"http://127.0.0.1:{odd.port}", "identifier": "me.example.org"},
                {"password": PASSWORD},
            )
        )
        with pytest.raises(TemporaryFailure):
            await adapter.poll(None)
        await adapter.close()


async def test_a_server_that_is_gone():
    adapter = Adapter(
        TestContext(
            MANIFEST,
            {"server": f"http://127.0.0.1:{free_port()}", "identifier": "me.example.org"},
            {"password": PASSWORD},
        )
    )
    error = await raises(TemporaryFailure, adapter, "server")
    assert error.reason.code == "connect_refused"
    await adapter.close()


async def test_certificates(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = BlueskyServer()
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server.tls)
    with server:
        await _faults(TemporaryFailure, "tls_untrusted", "server", server=server)
        async with _adapter(server, ca_file=str(tmp_path / "ca.pem")) as adapter:
            await adapter.probe()
