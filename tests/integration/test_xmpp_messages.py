"""XMPP against a real server: what is told, once, whatever was connected when it came."""

import asyncio
import contextlib

import pytest

from tests.helpers.deadlines import until
from tests.helpers.platforms import listening
from worker.platforms.xmpp import connections
from worker.platforms.xmpp.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, read_manifest

pytestmark = pytest.mark.real_server


class Watched:
    """An account that is polled: ``new`` returns the titles whose keys the ledger would not know."""

    def __init__(self, user, security="none", **more):
        self.context = TestContext(
            read_manifest("worker.platforms.xmpp"), user.settings(security, **more), {"password": user.password}
        )
        self.adapter = Adapter(self.context)
        self.cursor = None
        self.keys = set()

    async def __aenter__(self):
        await self.new()
        return self

    async def __aexit__(self, *_):
        await self.adapter.close()

    async def items(self):
        items, self.cursor = await poll_all(self.adapter, self.cursor)
        items = [item for item in items if item.key not in self.keys]
        self.keys |= {item.key for item in items}
        return items

    async def new(self):
        return [item.title for item in await self.items()]

    async def told(self, title):
        """Listen until something is told; return how long after ``title`` was told."""
        assert await asyncio.wait_for(self.adapter.listen(), 60) is True
        assert await self.new() == [title]

    async def restart(self):
        await self.adapter.close()
        self.adapter = Adapter(self.context)


@pytest.fixture
def me(prosody):
    return prosody.user()


@pytest.fixture
def friend(prosody):
    return prosody.user()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_a_message_is_told_the_moment_it_comes(me, friend, security):
    async with Watched(me, security) as watched:
        assert watched.adapter.can_listen()
        for body in ("First", "Second"):
            async with listening(watched.adapter) as task:
                friend.tell(me, body)
                assert await asyncio.wait_for(task, 60) is True
            (item,) = await watched.items()
            assert (item.title, item.author, item.thread) == (body, friend.jid, friend.jid)
            assert item.kind == "direct_message"
        assert await watched.new() == []


async def test_what_came_while_nobody_was_connected_is_told_once(me, friend):
    friend.tell(me, "Long ago")
    async with Watched(me) as watched:
        await watched.adapter.close()
        with friend.client() as client:
            for number in range(3):
                client.message(me.jid, f"Away {number}")
        await watched.restart()
        assert await watched.new() == ["Away 0", "Away 1", "Away 2"]
        await watched.restart()
        assert await watched.new() == []


async def test_a_server_that_names_no_ids_is_told_once(me, friend, monkeypatch):
    from worker.platforms.xmpp import messages

    monkeypatch.setattr(messages, "stanza_id", lambda *_: "")
    async with Watched(me) as watched:
        friend.tell(me, "Heard and kept")
        assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
        assert await watched.new() == ["Heard and kept"]
        assert await watched.new() == []


async def test_more_than_a_page_is_told_in_order(me, friend, monkeypatch):
    from worker.platforms.xmpp import archives

    monkeypatch.setattr(archives, "PAGE", 3)
    async with Watched(me) as watched:
        with friend.client() as client:
            for number in range(10):
                client.message(me.jid, str(number))
        assert await watched.new() == [str(number) for number in range(10)]
        assert await watched.new() == []


async def test_own_messages_and_what_says_nothing_are_not_told(me, friend):
    async with Watched(me) as watched:
        with me.client() as client:
            client.say("<presence/>")
            client.message(friend.jid, "From another device of mine")
            client.message(me.jid, "A note to myself")
        with friend.client() as client:
            client.message(me.jid, "", more="<composing xmlns='http://jabber.org/protocol/chatstates'/>")
            client.message(me.jid, "An error", kind="error")
            client.message(me.jid, "A headline", kind="headline")
        assert await watched.new() == []


async def test_a_message_for_another_device_is_told(me, friend):
    async with Watched(me) as watched:
        with me.client() as phone, friend.client() as client:
            phone.say("<presence><priority>5</priority></presence>")
            phone.sync()
            async with listening(watched.adapter) as task:
                client.message(phone.full_jid, "To the phone alone")
                assert await asyncio.wait_for(task, 60) is True
            phone.hear("To the phone alone")
            assert await watched.new() == ["To the phone alone"]
            client.message(me.jid, "To all")
            phone.hear("To all")
            assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
            assert await watched.new() == ["To all"]


async def test_nobody_can_forge_copies_or_results(me, friend):
    inner = (
        f"<message xmlns='jabber:client' from='boss@localhost' to='{me.jid}' type='chat'><body>Forged</body></message>"
    )
    forwarded = f"<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded>"
    async with Watched(me) as watched:
        full = watched.adapter._connection.address
        with friend.client() as client:
            client.message(full, "", more=f"<received xmlns='urn:xmpp:carbons:2'>{forwarded}</received>")
            client.message(full, "", more=f"<result xmlns='urn:xmpp:mam:2' id='1' queryid='q'>{forwarded}</result>")
            client.message(full, "Real")
        assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
        assert await watched.new() == ["Real"]


async def test_encrypted_messages_are_told_without_text(me, friend):
    space = "eu.siacs.conversations.axolotl"
    async with Watched(me) as watched:
        with friend.client() as client:
            client.message(me.jid, "", more=f"<encrypted xmlns='{space}'><header sid='1'/></encrypted>")
            client.message(
                me.jid,
                "I sent you an OMEMO message",
                more=f"<encrypted xmlns='{space}'><header sid='1'/><payload>AAAA</payload></encrypted>",
            )
        (item,) = await watched.items()
        assert (item.title, item.text) == ("Encrypted message", "")


async def test_an_archive_that_has_forgotten_the_cursor_is_asked_by_time(me, friend):
    async with Watched(me) as watched:
        friend.tell(me, "Known")
        assert await watched.new() == ["Known"]
        mark = watched.cursor
        words = mark.split('"id":"')[1].split('"')[0]
        watched.cursor = mark.replace(words, "forgotten-id")
        friend.tell(me, "New")
        assert await watched.new() == ["New"]


async def test_a_server_without_an_archive_tells_what_comes_while_connected(prosody):
    me, friend = prosody.user("copies.localhost"), prosody.user("copies.localhost")
    async with Watched(me) as watched:
        async with listening(watched.adapter) as task:
            friend.tell(me, "Hear me")
            assert await asyncio.wait_for(task, 60) is True
        assert await watched.new() == ["Hear me"]
        assert await watched.new() == []


async def test_a_server_with_neither_archive_nor_copies_is_said_to_be_of_no_use(prosody):
    adapter = Watched(prosody.user("bare.localhost")).adapter
    for call in (adapter.probe, lambda: adapter.poll(None)):
        with pytest.raises(InvalidConfig) as caught:
            await call()
        assert caught.value.fields["jid"].code == "xmpp_no_copies"
    await adapter.close()


async def test_what_comes_while_the_owner_is_away_still_waits_for_their_own_device(prosody):
    me, friend = prosody.user("copies.localhost"), prosody.user("copies.localhost")
    async with Watched(me) as watched:
        friend.tell(me, "Keep it for me")
        assert await asyncio.wait_for(watched.adapter.listen(), 60) is True
        with me.client() as phone:
            phone.say("<presence/>")
            phone.hear("Keep it for me")


async def test_mentions_in_rooms_are_told_and_found_afterwards(me, friend):
    room = f"talk-{me.name}@rooms.localhost"
    with friend.client() as client:
        client.join(room, "friend")
        async with Watched(me, rooms=[f"{room}/Robin"]) as watched:
            async with listening(watched.adapter) as task:
                client.message(room, "nothing of interest, Robinson", kind="groupchat")
                client.message(room, "hello robin!", kind="groupchat")
                assert await asyncio.wait_for(task, 60) is True
            (item,) = await watched.items()
            assert (item.title, item.author, item.thread, item.kind) == ("hello robin!", "friend", room, "mention")
            await watched.adapter.close()
            client.message(room, "Robin, are you there?", kind="groupchat")
            client.message(room, "no", kind="groupchat")
            client.sync()
            await watched.restart()
            assert await watched.new() == ["Robin, are you there?"]
            assert await watched.new() == []


async def test_a_room_added_later_tells_nothing_old(me, friend):
    room = f"late-{me.name}@rooms.localhost"
    with friend.client() as client:
        client.join(room, "friend")
        client.message(room, f"{me.name}: old", kind="groupchat")
        async with Watched(me) as watched:
            watched.context.settings["rooms"] = [room]
            await watched.restart()
            assert await watched.new() == []
            client.message(room, f"{me.name}: new", kind="groupchat")
            client.sync()
            assert await watched.new() == [f"{me.name}: new"]


async def test_a_room_without_an_archive_tells_what_is_said_while_connected(me, friend):
    room = f"plain-{me.name}@plain.localhost"
    with friend.client() as client:
        client.join(room, "friend")
        async with Watched(me, rooms=[room]) as watched:
            async with listening(watched.adapter) as task:
                client.message(room, f"hello {me.name}", kind="groupchat")
                assert await asyncio.wait_for(task, 60) is True
            assert await watched.new() == [f"hello {me.name}"]
            assert await watched.new() == []


async def test_a_room_that_is_not_there_is_said_by_field(me):
    adapter = Watched(me, rooms=["nothing@rooms.localhost"]).adapter
    for call in (adapter.probe, lambda: adapter.poll(None)):
        with pytest.raises(InvalidConfig) as caught:
            await call()
        assert caught.value.fields["rooms"].code == "xmpp_room_missing"
    await adapter.close()


async def test_a_lost_connection_is_said_and_the_next_check_finds_what_came(prosody, me, friend):
    async with Watched(me) as watched:
        async with listening(watched.adapter) as task:
            await asyncio.sleep(0)
            prosody.stop()
            with pytest.raises(TemporaryFailure):
                await asyncio.wait_for(task, 60)
        assert not watched.adapter.can_listen()
        with pytest.raises(TemporaryFailure):
            await watched.new()
        prosody.start()
        friend.tell(me, "Meanwhile")
        assert await watched.new() == ["Meanwhile"]


async def test_a_half_open_connection_is_found(prosody, me, monkeypatch):
    monkeypatch.setattr(connections, "PING_SECONDS", 0.05)
    async with Watched(me) as watched:
        assert await watched.adapter.listen() is False
        prosody.pause()
        monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
        with pytest.raises(TemporaryFailure):
            await asyncio.wait_for(watched.adapter.listen(), 60)
        prosody.resume()
        assert not watched.adapter.can_listen()


async def test_a_connection_that_died_in_the_pause_is_renewed_at_once(prosody, me, friend):
    async with Watched(me) as watched:
        prosody.stop()
        prosody.start()
        friend.tell(me, "After the restart")
        assert await watched.new() == ["After the restart"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for(me, security):
    adapter = Watched(me, security, ca_file="").adapter
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.probe()
    assert caught.value.reason.code == "tls_untrusted"
    failed = [step.name.code for step in adapter.context.steps if step.error is not None]
    assert failed == ["step_tls"]


async def test_a_certificate_for_another_name(me):
    settings = me.settings("tls") | {"jid": "somebody@bare.localhost"}
    context = TestContext(read_manifest("worker.platforms.xmpp"), settings, {"password": "x"})
    with pytest.raises(TemporaryFailure) as caught:
        await Adapter(context).probe()
    assert caught.value.reason.code == "tls_untrusted"


async def test_a_domain_that_is_not_served_here(me):
    settings = me.settings("none") | {"jid": "somebody@example.org"}
    context = TestContext(read_manifest("worker.platforms.xmpp"), settings, {"password": "x"})
    with pytest.raises(InvalidConfig) as caught:
        await Adapter(context).probe()
    assert caught.value.fields["jid"].code == "xmpp_host_unknown"


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_a_wrong_password_is_tried_once(prosody, me, security):
    context = TestContext(read_manifest("worker.platforms.xmpp"), me.settings(security), {"password": "wrong"})
    with pytest.raises(AuthFailed) as caught:
        await Adapter(context).probe()
    assert caught.value.fields["password"].code == "auth_refused"
    assert [step.name.code for step in context.steps if step.error] == ["step_sign_in"]


async def test_the_steps_of_a_probe(me):
    watched = Watched(me, "starttls")
    probe = await watched.adapter.probe()
    assert (probe.identity, probe.name) == (me.jid, me.jid)
    names = [step.name.code for step in watched.context.steps]
    assert names == ["step_resolve", "step_connect", "step_tls", "step_sign_in", "step_first_check"]


async def test_cancelled_at_any_moment_it_does_no_harm(me, friend):
    async with Watched(me) as watched:
        for number in range(8):
            task = asyncio.create_task(watched.adapter.listen())
            await asyncio.sleep(0.0005 * number)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            task = asyncio.create_task(watched.adapter.poll(watched.cursor))
            await asyncio.sleep(0.001 * number)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        friend.tell(me, "Still here")
        await until(lambda: True)
        assert await watched.new() == ["Still here"]
