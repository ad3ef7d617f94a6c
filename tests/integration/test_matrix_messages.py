"""Matrix against a real homeserver: what is told, once, whoever was connected when it came."""

import asyncio
from urllib.parse import quote

import pytest

from tests.helpers.platforms import listening
from worker.platforms.matrix import adapter as adapters
from worker.platforms.matrix import calls
from worker.platforms.matrix.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, read_manifest

pytestmark = pytest.mark.real_server


class Watched:
    """An account that is polled: ``new`` returns the titles whose keys the ledger would not know."""

    def __init__(self, user, credentials=None):
        given = credentials or {"password": user.password}
        self.context = TestContext(read_manifest("worker.platforms.matrix"), user.settings(), given)
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

    async def restart(self):
        await self.adapter.close()
        self.adapter = Adapter(self.context)


@pytest.fixture
def me(synapse):
    return synapse.user()


@pytest.fixture
def friend(synapse):
    return synapse.user()


@pytest.fixture
def third(synapse):
    return synapse.user()


async def test_a_direct_message_is_told_the_moment_it_comes(me, friend):
    room = friend.room(me, is_direct=True)
    async with Watched(me) as watched:
        for body in ("First", "Second"):
            async with listening(watched.adapter) as task:
                name = friend.say(room, body)
                assert await asyncio.wait_for(task, 60) is True
            (item,) = await watched.items()
            assert (item.title, item.author, item.thread, item.key) == (body, friend.id, room, name)
            assert item.kind == "direct_message"
        me.say(room, "My own answer")
        assert await watched.new() == []


async def test_what_came_while_nobody_was_connected_is_told_once_and_in_order(me, friend, monkeypatch):
    monkeypatch.setattr(adapters, "TIMELINE", 3)
    monkeypatch.setattr(adapters, "PAGE", 3)
    room = friend.room(me)
    friend.say(room, "Long ago")
    async with Watched(me) as watched:
        await watched.adapter.close()
        for number in range(7):
            friend.say(room, str(number))
        await watched.restart()
        assert await watched.new() == [str(number) for number in range(7)]
        await watched.restart()
        assert await watched.new() == []
        friend.say(room, "Next")
        assert await watched.new() == ["Next"]


async def test_gaps_of_several_rooms_are_filled(me, friend, monkeypatch):
    monkeypatch.setattr(adapters, "TIMELINE", 2)
    rooms = [friend.room(me) for _ in range(2)]
    async with Watched(me) as watched:
        for room in rooms:
            for number in range(3):
                friend.say(room, f"{rooms.index(room)}-{number}")
        new = await watched.new()
        assert sorted(new) == sorted(f"{at}-{number}" for at in range(2) for number in range(3))


async def test_mentions_are_told_and_other_talk_is_not(me, friend, third):
    room = friend.room(me, third)
    local = me.id[1:].partition(":")[0]
    async with Watched(me) as watched:
        friend.say(room, "nothing of interest")
        friend.say(room, f"hello {local}!")
        friend.say(room, "by pill", **{"m.mentions": {"user_ids": [me.id]}})
        friend.say(room, f"not meant: {local}", **{"m.mentions": {}})
        friend.say(room, "all of you", **{"m.mentions": {"room": True}})
        items = await watched.items()
        assert [item.title for item in items] == [f"hello {local}!", "by pill", "all of you"]
        assert {item.kind for item in items} == {"mention"}


async def test_a_failure_on_the_way_leaves_nothing_untold(me, friend, monkeypatch):
    room = friend.room(me)
    async with Watched(me) as watched:
        friend.say(room, "Do not lose me")
        get = calls.Calls.get

        async def fail(self, path, *args, **more):
            if path.endswith("/joined_members"):
                raise self.site.garbage()
            return await get(self, path, *args, **more)

        watched.adapter._for_two.clear()
        with monkeypatch.context() as patched:
            patched.setattr(calls.Calls, "get", fail)
            with pytest.raises(TemporaryFailure):
                await watched.new()
        assert await watched.new() == ["Do not lose me"]


async def test_a_room_with_a_long_list_of_members_is_no_direct_one(me, friend, monkeypatch):
    room = friend.room(me)
    monkeypatch.setattr(adapters, "MEMBER_BYTES", 10)
    async with Watched(me) as watched:
        friend.say(room, "To everybody")
        assert await watched.new() == []


async def test_an_edit_is_no_second_message(me, friend):
    room = friend.room(me)
    async with Watched(me) as watched:
        name = friend.say(room, "Teh text")
        relation = {"rel_type": "m.replace", "event_id": name}
        friend.say(room, "* The text", **{"m.relates_to": relation, "m.new_content": {"body": "The text"}})
        assert await watched.new() == ["Teh text"]


async def test_an_encrypted_message_is_told_without_text(me, friend):
    room = friend.room(me)
    async with Watched(me) as watched:
        friend.say(room, "", "m.room.encrypted", algorithm="m.megolm.v1.aes-sha2", ciphertext="AAAA")
        (item,) = await watched.items()
        assert (item.title, item.text) == ("Encrypted message", "")


async def test_an_invitation_is_told_once(me, friend):
    async with Watched(me) as watched:
        async with listening(watched.adapter) as task:
            friend.call("POST", "/createRoom", {"invite": [me.id], "name": "Garden"})
            assert await asyncio.wait_for(task, 60) is True
        (item,) = await watched.items()
        assert (item.title, item.author) == ("Invitation: Garden", friend.id)
        assert await watched.new() == []


async def test_an_access_token_signs_in(me, friend):
    room = friend.room(me)
    async with Watched(me, {"access_token": me.token}) as watched:
        friend.say(room, "Hello")
        assert await watched.new() == ["Hello"]
        me.sign_out_everywhere()
        with pytest.raises(AuthFailed) as caught:
            await watched.new()
        assert "access_token" in caught.value.fields


async def test_the_token_of_somebody_else_is_refused(me, friend):
    with pytest.raises(InvalidConfig) as caught:
        await Watched(me, {"access_token": friend.token}).adapter.probe()
    assert caught.value.fields["user"].code == "matrix_other_user"


async def test_signed_out_from_elsewhere_the_password_signs_in_again(me, friend):
    room = friend.room(me)
    async with Watched(me) as watched:
        me.sign_out_everywhere()
        friend.say(room, "Still here")
        assert await watched.new() == ["Still here"]


async def test_a_probe_leaves_no_device_and_disturbs_no_watch(me, friend):
    room = friend.room(me)
    async with Watched(me) as watched:
        probe = await watched.adapter.probe()
        assert (probe.identity, probe.name) == (me.id, me.id)
        names = [step.name.code for step in watched.context.steps]
        assert names[-3:] == ["step_resolve", "step_sign_in", "step_first_check"]
        devices = [one["device_id"] for one in me.call("GET", "/devices")["devices"]]
        assert len([name for name in devices if name.startswith("WATCHKEEPER")]) == 1
        token = watched.adapter._calls._token
        friend.say(room, "Undisturbed")
        assert await watched.new() == ["Undisturbed"]
        assert watched.adapter._calls._token == token


async def test_silence_is_a_sign_of_life_and_a_hanging_server_is_found(synapse, me, monkeypatch):
    async with Watched(me) as watched:
        monkeypatch.setattr(adapters, "WAIT_SECONDS", 0.05)
        assert await watched.adapter.listen() is False
        monkeypatch.setattr(adapters, "PATIENCE", 0.2)
        synapse.pause()
        with pytest.raises(TemporaryFailure):
            await asyncio.wait_for(watched.adapter.listen(), 60)
        synapse.resume()
        assert await watched.new() == []


async def test_a_place_that_the_server_does_not_know_begins_anew(me, friend):
    room = friend.room(me)
    async with Watched(me) as watched:
        watched.cursor = '{"since":"nonsense"}'
        assert await watched.new() == []
        friend.say(room, "After it")
        assert await watched.new() == ["After it"]


def test_a_device_is_the_same_for_an_account_and_another_for_a_test(me):
    context = TestContext(read_manifest("worker.platforms.matrix"), me.settings())
    assert calls.Calls(context, "")._device == calls.Calls(context, "")._device
    assert calls.Calls(context, "")._device != calls.Calls(context, "test")._device


async def read_of(watched):
    """Poll; return the keys told as read."""
    page = await watched.adapter.poll(watched.cursor)
    watched.cursor = page.cursor
    return page.read


async def receipts_of(user, room):
    """Return the events up to which ``user`` has read a room, as the user's own sync tells."""
    sync = await asyncio.to_thread(user.call, "GET", "/sync?timeout=0")
    found = sync["rooms"]["join"][room]["ephemeral"]["events"]
    content = next((event["content"] for event in found if event["type"] == "m.receipt"), {})
    return {
        event: {kind for kind, users in kinds.items() if user.id in users}
        for event, kinds in content.items()
        if any(user.id in users for users in kinds.values())
    }


async def test_what_another_device_has_read_is_read_here(me, friend):
    room = friend.room(me)
    async with Watched(me) as watched:
        names = [friend.say(room, body) for body in ("One", "Two", "Three")]
        assert await watched.new() == ["One", "Two", "Three"]
        me.call("POST", f"/rooms/{quote(room)}/receipt/m.read/{quote(names[1])}", {})
        assert set(await read_of(watched)) == set(names[:2])
        # Another device says something itself: all before that is read.
        mine = me.say(room, "My answer")
        me.call("POST", f"/rooms/{quote(room)}/read_markers", {"m.fully_read": mine})
        async with listening(watched.adapter) as task:
            assert await asyncio.wait_for(task, 60) is True
        assert names[2] in await read_of(watched)


@pytest.mark.parametrize(("public", "kind"), [(False, "m.read.private"), (True, "m.read")])
async def test_what_is_read_here_is_read_on_other_devices(me, friend, public, kind):
    room = friend.room(me)
    async with Watched(me) as watched:
        watched.context.settings["public_receipts"] = public
        names = [friend.say(room, body) for body in ("One", "Two")]
        await watched.new()
        await watched.adapter.mark_read([*names, "$unknown"])
    assert await receipts_of(me, room) == {names[1]: {kind}}


async def test_a_new_worker_marks_what_another_one_told(me, friend):
    room = friend.room(me)
    async with Watched(me) as watched:
        name = friend.say(room, "One")
        await watched.new()
    async with Watched(me) as again:
        again.context.settings["public_receipts"] = False
        await again.adapter.mark_read([name])
    assert name in await receipts_of(me, room)


async def test_logging_out_removes_the_device_of_a_password(me):
    def devices():
        return {device["device_id"] for device in me.call("GET", "/devices")["devices"]}

    async with Watched(me) as watched:
        assert any(device.startswith("WATCHKEEPER") for device in await asyncio.to_thread(devices))
        assert await watched.adapter.log_out() is True
    assert not any(device.startswith("WATCHKEEPER") for device in await asyncio.to_thread(devices))
    async with Watched(me, {"access_token": me.token}) as watched:
        assert await watched.adapter.log_out() is False
    await asyncio.to_thread(devices)
