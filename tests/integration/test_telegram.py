"""A Telegram account over MTProto on loopback, against a stand-in: a real exchange of keys, encrypted messages."""

import asyncio
import logging
import time

import pytest

from tests.helpers.deadlines import until
from tests.helpers.ports import free_port
from tests.helpers.raw_servers import garbage_server, silent_server
from tests.helpers.telegram_server import ADA, API_HASH, BIG, CODE, GROUP, PHONE
from worker.platforms.telegram import accounts, faults
from worker.platforms.telegram.adapter import Adapter
from worker.platforms.telegram.wires import functions, types
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.platform import ItemKind
from worker.sdk.testing import TestContext, TestTalk, adapter_of, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.telegram")


@pytest.fixture
def server(telegram_server):
    return telegram_server


@pytest.fixture
def settings(server, tmp_path):
    return server.settings(tmp_path)


@pytest.fixture
def make(server, settings):
    def made(session=None, **changed):
        return adapter_of(Adapter, MANIFEST, settings | changed, {"session": session or server.session()})

    return made


async def test_a_probe_tells_who_we_are(make):
    async with make() as adapter:
        probe = await adapter.probe()
        assert (probe.identity, probe.name) == ("1001", "Me (@me)")
        steps = [step.name.code for step in adapter.context.steps]
        assert steps == ["step_connect", "step_sign_in", "step_first_check"]


async def test_what_is_for_us_is_told_as_what_it_is(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.say("Are you there?")
        server.say("I am", out=True)
        server.say("Dinner at eight", types.PeerChat(GROUP), from_id=types.PeerUser(ADA))
        named = [types.MessageEntityMention(0, 3)]
        server.say("@me come", types.PeerChat(GROUP), mentioned=True, from_id=types.PeerUser(ADA), entities=named)
        answer = types.MessageReplyHeader(reply_to_msg_id=5)
        server.mention("Yes!", reply_to=answer)
        items, cursor = await poll_all(adapter, cursor)
        assert [(item.title, item.kind, item.thread) for item in items] == [
            ("Are you there?", ItemKind.DIRECT_MESSAGE, f"user{ADA}"),
            ("Family: @me come", ItemKind.MENTION, f"chat{GROUP}"),
            ("Garden (@garden): Yes!", ItemKind.COMMENT, f"channel{BIG}"),
        ]
        assert {item.author for item in items} == {"Ada L. (@ada)"}
        assert (await poll_all(adapter, cursor))[0] == []


async def test_groups_may_be_left_out(server, make):
    async with make(groups="none") as adapter:
        _, cursor = await poll_all(adapter, None)
        server.say("@me", types.PeerChat(GROUP), mentioned=True)
        server.mention("@me")
        server.say("Hello")
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Hello"]


async def test_news_are_pushed(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        waiting = asyncio.ensure_future(adapter.listen())
        server.push(types.UpdateUserTyping(ADA, types.SendMessageTypingAction()))
        server.push(types.UpdateNewChannelMessage(server.message("Not for us", types.PeerChannel(BIG)), 1, 1))
        assert not waiting.done()
        server.say("Hello")
        assert await asyncio.wait_for(waiting, 60)
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Hello"]


async def test_what_came_meanwhile_is_told_by_another_worker(server, make):
    session = server.session()
    async with make(session) as adapter:
        _, cursor = await poll_all(adapter, None)
    server.slice = 7
    for number in range(100):
        server.say(f"New {number}", push=False)
    server.mention("@me", push=False)
    async with make(session) as adapter:
        page = await adapter.poll(cursor)
        assert page.more
        rest, cursor = await poll_all(adapter, page.cursor)
        told = [item.title for item in (*page.items, *rest)]
        assert sorted(told) == sorted(["Garden (@garden): @me", *(f"New {number}" for number in range(100))])
        assert (await poll_all(adapter, cursor))[0] == []


async def test_mentions_of_before_are_known_and_many_come_whole(server, make):
    server.mention("Old", push=False)
    async with make() as adapter:
        items, cursor = await poll_all(adapter, None)
        assert [item.title for item in items] == ["Garden (@garden): Old"]
    for number in range(accounts.MENTIONS * 2 + 5):
        server.mention(f"New {number}", push=False)
    async with make() as adapter:
        items, cursor = await poll_all(adapter, cursor)
        assert len(items) == accounts.MENTIONS * 2 + 5
        assert (await poll_all(adapter, cursor))[0] == []


async def test_more_than_telegram_lists_is_looked_for_in_the_chats(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        for number in range(accounts.MENTIONS * 2 + 3):
            server.say(f"New {number}", push=False)
        server.say("@me", types.PeerChat(GROUP), push=False, mentioned=True, from_id=types.PeerUser(ADA))
        server.too_long = True
        items, cursor = await poll_all(adapter, cursor)
        assert len(items) == accounts.MENTIONS * 2 + 4
        assert (await poll_all(adapter, cursor))[0] == []


async def test_a_mention_that_stands_in_the_difference_is_told_with_its_names(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        _, cursor = await poll_all(adapter, cursor)
        mention = server.mention("@me", push=False)
        server.pts += 1
        server.events.append((server.pts, types.UpdateNewChannelMessage(mention, 1, 1)))
        items, cursor = await poll_all(adapter, cursor)
        assert [(item.title, item.author) for item in items] == [("Garden (@garden): @me", "Ada L. (@ada)")]


async def test_a_group_that_was_told_of_in_part_is_looked_through(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        _, cursor = await poll_all(adapter, cursor)
        server.mention("Unheard", push=False)
        assert (await poll_all(adapter, cursor))[0] == []
        server.push(types.UpdateChannelTooLong(BIG))
        assert await adapter.listen()
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Garden (@garden): Unheard"]


async def test_a_mention_that_was_heard_before_a_failure_is_not_lost(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.mention("@me")
        await adapter.listen()
        server.refuse(500, "RPC_CALL_FAIL")
        with pytest.raises(TemporaryFailure):
            await adapter.poll(cursor)
        server.refuse()
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Garden (@garden): @me"]


async def test_read_both_ways(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        first, second = server.say("One"), server.say("Two")
        mention = server.mention("@me")
        items, cursor = await poll_all(adapter, cursor)
        assert [item.key for item in items] == [
            f"user{ADA}/{first.id}",
            f"user{ADA}/{second.id}",
            f"channel{BIG}/{mention.id}",
        ]
        server.read_elsewhere(first.id)
        server.push(types.UpdateReadChannelInbox(BIG, mention.id, 0, 1))
        await adapter.listen()
        page = await adapter.poll(cursor)
        assert sorted(page.read) == sorted([items[0].key, items[2].key])
    async with make() as adapter:
        await adapter.mark_read([items[0].key, items[1].key, items[2].key, f"chat{GROUP}/9", "user5/1", "nonsense"])
        marked = {type(request): request for request in server.read}
        assert marked[functions.messages.ReadHistoryRequest].max_id == second.id
        assert marked[functions.channels.ReadMessageContentsRequest].id == [mention.id]
        assert marked[functions.messages.ReadMessageContentsRequest].id == [9]


async def test_a_group_that_is_closed_to_us_is_no_trouble_of_the_others(server, make):
    server.mention("Not to be had", push=False)
    server.closed = True
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.say("Hello")
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Hello"]
        await adapter.mark_read([f"channel{BIG}/1", f"user{ADA}/2"])
        server.refuse(500, "RPC_CALL_FAIL")
        with pytest.raises(TemporaryFailure):
            await adapter.mark_read([f"user{ADA}/2"])


# ---------------------------------------------------------------- signing in


async def _scan(server):
    await until(lambda: server.tokens)
    await asyncio.to_thread(server.scan, server.tokens[-1])


async def _signed_in(server, settings, method, talk):
    adapter = Adapter(TestContext(MANIFEST, settings, {"api_hash": API_HASH}))
    try:
        signed = await adapter.login(method, talk)
    finally:
        await adapter.close()
    await until(lambda: not server.lines)
    assert sorted(signed.document) == ["api_hash", "session"]
    async with adapter_of(Adapter, MANIFEST, settings, signed.document) as again:
        assert (await again.probe()).identity == "1001"
        assert await again.log_out()
    async with adapter_of(Adapter, MANIFEST, settings, signed.document) as after:
        await raises(AuthFailed, after, "session")


@pytest.mark.parametrize("home", [2, 4])
@pytest.mark.parametrize("password", ["", "correct horse"])
async def test_by_qr_code(server, settings, home, password):
    server.home, server.password = home, password
    talk = TestTalk(*(["wrong horse", password] if password else []))
    scanning = asyncio.create_task(_scan(server))
    await _signed_in(server, settings, "qr", talk)
    await scanning
    assert talk.shown[0][1].text.startswith("tg://login?token=")
    assert talk.scans == 1
    asked = [shown[1] for kind, shown in talk.shown if kind == "code"]
    assert [wrong.code for wrong in asked if wrong] == (["telegram_password_wrong"] if password else [])


async def test_another_qr_code(server, settings):
    talk = TestTalk(None)
    adapter = Adapter(TestContext(MANIFEST, settings, {"api_hash": API_HASH}))
    signing = asyncio.create_task(adapter.login("qr", talk))
    await until(lambda: len(server.tokens) == 2)
    await asyncio.to_thread(server.scan, server.tokens[-1])
    assert (await signing).document["session"]
    codes = [shown.text for kind, shown in talk.shown if kind == "qr"]
    assert len(set(codes)) == 2
    await adapter.close()


@pytest.mark.parametrize("home", [2, 4])
async def test_by_code(server, settings, home):
    server.home, server.password = home, "correct horse"
    talk = TestTalk("+1 999", f"+{PHONE}", "11111", CODE, "correct horse")
    await _signed_in(server, settings, "code", talk)
    asked = [(prompt.code, wrong.code if wrong else "") for _, (prompt, wrong) in talk.shown]
    assert asked == [
        ("telegram_phone", ""),
        # Another data centre does not look at the number.
        ("telegram_phone", "telegram_phone_wrong"),
        ("telegram_code", ""),
        ("telegram_code", "telegram_code_wrong"),
        ("telegram_password", ""),
    ]


async def test_a_sign_in_that_is_given_up_leaves_nothing(server, settings):
    adapter = Adapter(TestContext(MANIFEST, settings, {"api_hash": API_HASH}))
    signing = asyncio.create_task(adapter.login("qr", TestTalk()))
    await until(lambda: server.tokens)
    signing.cancel()
    await asyncio.wait([signing], timeout=60)
    assert signing.cancelled()
    await until(lambda: not server.lines)


@pytest.mark.parametrize(
    ("method", "answers", "expected"),
    [("code", ["1"] * 5, "telegram_phone_wrong"), ("code", [PHONE, *["1"] * 5], "telegram_code_wrong")],
)
async def test_a_sign_in_that_is_wrong_again_and_again(server, settings, method, answers, expected):
    adapter = Adapter(TestContext(MANIFEST, settings, {"api_hash": API_HASH}))
    with pytest.raises(AuthFailed) as caught:
        await adapter.login(method, TestTalk(*answers))
    assert caught.value.reason.code == expected


async def test_an_application_that_telegram_does_not_know(server, settings):
    for credentials, field in (({"api_hash": "0" * 32}, "api_id"), ({}, "api_hash")):
        adapter = Adapter(TestContext(MANIFEST, settings, credentials))
        with pytest.raises(InvalidConfig) as caught:
            await adapter.login("qr", TestTalk())
        assert field in caught.value.fields


async def test_a_server_with_another_key_is_not_trusted(server, settings, monkeypatch):
    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.helpers import telegram_wire

    monkeypatch.setattr(telegram_wire, "KEY", rsa.generate_private_key(65537, 2048))
    adapter = Adapter(TestContext(MANIFEST, settings, {"api_hash": API_HASH}))
    with pytest.raises(TemporaryFailure):
        await adapter.login("qr", TestTalk())


# ---------------------------------------------------------------- faults


async def test_a_session_that_was_ended(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.revoke()
        with pytest.raises(AuthFailed) as caught:
            await adapter.poll(cursor)
        assert "session" in caught.value.fields
        assert "not registered" in caught.value.reason.message


@pytest.mark.parametrize("session", ["", "wrong", "1", "1" + "A" * 352, "2" + "A" * 352, "x" * 5000])
async def test_what_is_no_session(settings, session):
    async with adapter_of(Adapter, MANIFEST, settings, {"session": session}) as adapter:
        error = await raises(AuthFailed, adapter, "session")
        assert not session or session not in error.reason.message


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        (420, "FLOOD_WAIT_37", RateLimited),
        (500, "RPC_CALL_FAIL", TemporaryFailure),
        (-503, "Timeout", TemporaryFailure),
        (400, "SOMETHING_NEW", TemporaryFailure),
        (401, "SESSION_REVOKED", AuthFailed),
        (401, "USER_DEACTIVATED_BAN", AuthFailed),
        (406, "AUTH_KEY_DUPLICATED", AuthFailed),
        (406, "SOMETHING_NEW", TemporaryFailure),
        (400, "API_ID_INVALID", InvalidConfig),
    ],
)
async def test_refusals(server, make, code, name, expected):
    server.refuse(code, name)
    async with make() as adapter:
        error = await raises(expected, adapter)
        if expected is RateLimited:
            assert error.retry_after == 37


async def test_a_line_that_is_cut_is_made_anew(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        waiting = asyncio.ensure_future(adapter.listen())
        await asyncio.sleep(0)
        server.hang_up()
        with pytest.raises(TemporaryFailure) as caught:
            await asyncio.wait_for(waiting, 60)
        assert caught.value.reason.code == "connection_lost"
        server.say("Meanwhile", push=False)
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Meanwhile"]


async def test_a_mention_while_the_line_was_cut_is_found_at_once(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        _, cursor = await poll_all(adapter, cursor)
        server.hang_up()
        with pytest.raises(TemporaryFailure):
            await asyncio.wait_for(adapter.listen(), 60)
        server.mention("Unheard", push=False)
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Garden (@garden): Unheard"]


async def test_a_line_that_is_cut_between_a_poll_and_listening(server, make):
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.hang_up()
        with pytest.raises(TemporaryFailure):
            await asyncio.wait_for(adapter.listen(), 60)
        assert (await poll_all(adapter, cursor))[0] == []


async def test_quiet_lines_are_asked_for_a_sign_of_life(server, make, monkeypatch):
    monkeypatch.setattr(accounts, "QUIET_SECONDS", 0.01)
    async with make() as adapter:
        await poll_all(adapter, None)
        assert await adapter.listen() is False


async def test_a_group_that_nobody_told_of_is_looked_into_now_and_then(server, make, monkeypatch):
    monkeypatch.setattr(accounts, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(accounts, "LOOK_SECONDS", 0.05)
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.mention("Unheard", push=False)
        assert await adapter.listen()
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Garden (@garden): Unheard"]


async def test_a_server_that_no_longer_answers(server, make, monkeypatch):
    monkeypatch.setattr("worker.platforms.telegram.wires.CALL_SECONDS", 0.3)
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.silent = True
        with pytest.raises(TemporaryFailure) as caught:
            await adapter.poll(cursor)
        assert caught.value.reason.code == "connect_timeout"


@pytest.mark.parametrize("skew", [-86_400.0, 86_400.0])
async def test_clocks_that_differ_by_a_day(server, settings, make, skew):
    server.skew = skew
    async with make() as adapter:
        _, cursor = await poll_all(adapter, None)
        server.say("Hello")
        assert await asyncio.wait_for(adapter.listen(), 60)
        assert [item.title for item in (await poll_all(adapter, cursor))[0]] == ["Hello"]
    adapter = Adapter(TestContext(MANIFEST, settings, {"api_hash": API_HASH}))
    assert (await adapter.login("code", TestTalk(PHONE, CODE))).document["session"]


async def test_servers_that_speak_something_else(settings, make, monkeypatch):
    with garbage_server() as odd:
        async with make(server=f"127.0.0.1:{odd.port}") as adapter:
            for call in (adapter.probe, lambda: adapter.poll(None)):
                with pytest.raises(TemporaryFailure) as caught:
                    await call()
                assert caught.value.reason.code in ("connection_lost", "protocol_garbage")
    monkeypatch.setattr("worker.platforms.telegram.wires.CALL_SECONDS", 0.3)
    with silent_server() as mute:
        async with make(server=f"127.0.0.1:{mute.port}") as adapter:
            await raises(TemporaryFailure, adapter, "server")
        login = Adapter(TestContext(MANIFEST, settings | {"server": f"127.0.0.1:{mute.port}"}, {"api_hash": "x"}))
        with pytest.raises(TemporaryFailure):
            await login.login("qr", TestTalk())


async def test_a_server_that_is_gone(make):
    async with make(server=f"127.0.0.1:{free_port()}") as adapter:
        error = await raises(TemporaryFailure, adapter, "server")
        assert error.reason.code == "connect_refused"


@pytest.mark.parametrize("server_typed", ["no host", ":443", "a b:1", "host:99999", "[", "host:0"])
async def test_servers_that_are_none(make, server_typed):
    async with make(server=server_typed) as adapter:
        await raises(InvalidConfig, adapter, "server")


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----"]
)
async def test_keys_that_are_none(make, tmp_path, content):
    path = tmp_path / "odd.pem"
    path.write_bytes(content)
    async with make(server_key=str(path)) as adapter:
        await raises(InvalidConfig, adapter, "server_key")


def test_what_an_unknown_answer_means():
    from telethon import errors

    context = TestContext(MANIFEST, {})
    centre = accounts.Wire(context, 1, accounts_centre(), None).centre
    assert isinstance(faults.meaning(errors.TypeNotFoundError(7, b""), context, centre), ParseFailure)
    assert type(faults.meaning(KeyError("x"), context, centre)) is ParseFailure


def accounts_centre():
    from worker.platforms.telegram.servers import Centre

    return Centre(number=2, address="127.0.0.1", port=1)


async def test_the_loop_is_never_held_up(server, settings):
    """Signing in computes most: the exchange of a key, and the second password."""
    server.password = "correct horse"
    adapter = Adapter(TestContext(MANIFEST, settings, {"api_hash": API_HASH}))
    signing = asyncio.create_task(adapter.login("code", TestTalk(PHONE, CODE, "correct horse")))
    longest = 0.0
    while not signing.done():
        # What is computed between two turns of the loop; what else the machine does is not counted.
        before = time.process_time()
        await asyncio.sleep(0.005)
        longest = max(longest, time.process_time() - before)
    assert (await signing).document
    assert longest < 0.4


async def test_nothing_of_it_is_logged(server, make, caplog):
    caplog.set_level(logging.DEBUG)
    session = server.session()
    async with make(session) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.say("Between us")
        await poll_all(adapter, cursor)
    assert session not in caplog.text
    assert "Between us" not in caplog.text
    assert not [record for record in caplog.records if "telethon" in record.name or "telegram" in record.name]
