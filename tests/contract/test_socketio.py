"""``/admin`` and ``/client`` as any program sees them: what they tell, what they refuse, and that they answer."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from master.api.events import Checking, Deleted, Unread
from master.api.messages import (
    ADMIN_MESSAGES,
    CLIENT_MESSAGES,
    NotificationShown,
    ReadItem,
    RegisterClient,
    Resync,
    SyncRequest,
    encode,
)
from master.api.notifications import Notification
from master.api.system import TokenCreate
from master.sockets import server
from tests.helpers.deadlines import until
from tests.helpers.socket_worlds import Peer, SocketWorld, peer_of, socket_world
from worker.protocol.codec import MAX_FRAME_BYTES, MAX_MESSAGE_BYTES
from worker.protocol.texts import text

REFUSED = pytest.mark.expects_log("refused")


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[SocketWorld]:
    async with socket_world(profile) as made:
        yield made


@pytest.fixture
async def peer(world: SocketWorld) -> AsyncIterator[Peer]:
    async with peer_of(world) as made:
        yield made


def data_of(answer: Any) -> Any:
    assert answer["success"] is True, answer
    return answer["data"]


def code_of(answer: Any) -> str:
    assert answer["success"] is False, answer
    assert answer["error"]["message"]
    return str(answer["error"]["code"])


# ---------------------------------------------------------------- who is let in


@REFUSED
@pytest.mark.parametrize("namespace", ["/admin", "/client"])
@pytest.mark.parametrize("token", [None, "wrong", 7, "é\ud800"])
async def test_without_a_valid_token_nobody_connects(peer: Peer, namespace: str, token: Any) -> None:
    told: list[Any] = []
    peer.socket.on("connect_error", told.append, namespace=namespace)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await peer.connect(namespace, token)
    assert told == [{"message": "the token is not valid", "data": {"code": "ERR_AUTH_FAILED"}}]


@REFUSED
async def test_a_client_token_opens_client_only(world: SocketWorld) -> None:
    token = world.tokens.client_token
    async with peer_of(world) as first, peer_of(world) as second:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await first.connect("/admin", token)
        await second.connect("/client", token)
        assert data_of(await second.send("/client", "client:register", RegisterClient(device_id="d")))


async def test_there_are_no_other_namespaces(peer: Peer) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        await peer.connect("/nothing")


@pytest.mark.parametrize("header", [{"Origin": "https://attacker.example"}, {"Host": "attacker.example"}])
@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_foreign_pages_cannot_even_open_the_socket(
    world: SocketWorld, header: dict[str, str], transport: str
) -> None:
    url = f"{world.url}/socket.io/?EIO=4&transport={transport}"
    async with aiohttp.ClientSession() as session, session.get(url, headers=header) as response:
        assert response.status == 403


@pytest.mark.parametrize("namespace", ["/admin", "/client"])
async def test_a_revoked_token_loses_its_connections_and_no_other_does(world: SocketWorld, namespace: str) -> None:
    token = await world.tokens.create(TokenCreate(name="t", scope="admin"))
    ended = asyncio.Event()
    async with peer_of(world) as mine, peer_of(world) as other:
        mine.socket.on("disconnect", lambda _reason: ended.set(), namespace=namespace)
        await mine.connect(namespace, token.token)
        await other.connect(namespace)
        await world.tokens.revoke(token.id)
        await asyncio.wait_for(ended.wait(), 60)
        assert other.socket.connected


async def test_who_does_not_sign_in_is_closed(world: SocketWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SIGN_IN_SECONDS", 0.05)
    url = f"{world.url}/socket.io/?EIO=4&transport=websocket"
    async with peer_of(world) as other, aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await other.connect("/client")
        await socket.receive(5)
        assert (await socket.receive(5)).data == "1"
        assert len(world.server.eio.sockets) == 1


# ---------------------------------------------------------------- what is refused, aloud


MALFORMED: list[Any] = [
    None,
    7,
    "text",
    [],
    {},
    {"type": "resync"},
    {"type": 7, "version": "v1", "payload": {}, "timestamp": 0},
    {"type": "resync", "version": "v1", "payload": [], "timestamp": 0},
    {"type": "resync", "version": "v1", "payload": {}, "timestamp": 0},
    {"type": "resync", "version": "v1", "payload": {"stream": "x", "since": "0"}, "timestamp": 0},
    {"type": "resync", "version": "v1", "payload": {"stream": "x", "since": 0, "more": 1}, "timestamp": 0},
    {"type": "worker:register", "version": "v1", "payload": {}, "timestamp": 0},
    {"type": "client:register", "version": "v1", "payload": {"device_id": ""}, "timestamp": 0},
]


@REFUSED
@pytest.mark.parametrize("namespace", ["/admin", "/client"])
async def test_malformed_messages_are_answered(peer: Peer, namespace: str) -> None:
    await peer.connect(namespace)
    for message in MALFORMED:
        assert code_of(await peer.raw(namespace, message)) == "ERR_INVALID_PAYLOAD", message
    other = {"type": "resync", "version": "v2", "payload": {}, "timestamp": 0}
    assert code_of(await peer.raw(namespace, other)) == "ERR_UNSUPPORTED_VERSION"
    assert code_of(await peer.raw(namespace, b"bytes")) == "ERR_INVALID_PAYLOAD"


@REFUSED
@pytest.mark.parametrize("namespace", ["/admin", "/client"])
async def test_every_kind_of_message_refuses_unknown_fields_and_too_much(peer: Peer, namespace: str) -> None:
    await peer.connect(namespace)
    for name in ADMIN_MESSAGES if namespace == "/admin" else CLIENT_MESSAGES:
        unknown = {"type": name, "version": "v1", "payload": {"nonsense": 1}, "timestamp": 0}
        assert code_of(await peer.raw(namespace, unknown)) == "ERR_INVALID_PAYLOAD"
        half = {"type": name, "version": "v1", "payload": {"x": "\ud800"}, "timestamp": 0}
        assert code_of(await peer.raw(namespace, half)) == "ERR_INVALID_PAYLOAD"
        large = {"type": name, "version": "v1", "payload": {"x": "x" * MAX_MESSAGE_BYTES}, "timestamp": 0}
        assert code_of(await peer.raw(namespace, large)) == "ERR_TOO_LARGE"


@pytest.mark.expects_log("no Socket.IO packet")
async def test_binary_parts_cannot_pile_up(world: SocketWorld, peer: Peer) -> None:
    await peer.connect("/admin")
    await peer.socket.eio.send('51000-/admin,["message",{"_placeholder":true,"num":0}]')
    await until(lambda: not world.server.eio.sockets)


@REFUSED
@pytest.mark.parametrize("event", ["connect", "disconnect", "close_room", "emit", "nonsense"])
async def test_other_events_reach_no_method(peer: Peer, event: str) -> None:
    await peer.connect("/admin")
    assert code_of(await peer.socket.call(event, {"x": 1}, namespace="/admin", timeout=60)) == "ERR_INVALID_PAYLOAD"
    assert (await peer.next())["type"] == "hello"
    resync = Resync(stream=peer.world.publisher.stream, since=0)
    assert data_of(await peer.send("/admin", "resync", resync))["events"] == []


@pytest.mark.expects_log("refused", "no Socket.IO packet")
@pytest.mark.parametrize(
    "frame",
    ["4nonsense", '42{"a":1}', "42[]", "42[7]", '42/admin,["message"', "49", "4", "44/admin,{}", '451-["message"]'],
)
async def test_what_is_no_packet_ends_the_connection(world: SocketWorld, frame: str) -> None:
    url = f"{world.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.receive(5)
        await socket.send_str(frame)
        # Engine.IO's word for the end of a connection.
        assert (await socket.receive(5)).data == "1"
        assert not world.server.eio.sockets


@REFUSED
async def test_messages_before_signing_in_are_refused(world: SocketWorld) -> None:
    url = f"{world.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.receive(5)
        await socket.send_str('42/admin,7["message",{}]')
        answer = (await socket.receive(5)).data
        assert answer.startswith("43/admin,7")
        assert code_of(json.loads(answer.removeprefix("43/admin,7"))[0]) == "ERR_AUTH_FAILED"


async def test_a_frame_that_is_too_large_ends_the_connection(peer: Peer) -> None:
    await peer.connect("/admin")
    ended = asyncio.Event()
    peer.socket.on("disconnect", lambda _reason: ended.set(), namespace="/admin")
    await peer.socket.emit("message", "x" * (MAX_FRAME_BYTES + 1), namespace="/admin")
    await asyncio.wait_for(ended.wait(), 60)


# ---------------------------------------------------------------- /admin


async def test_events_come_numbered_without_gaps_behind_a_greeting(peer: Peer) -> None:
    publisher = peer.world.publisher
    publisher.publish("account.deleted", Deleted(id="before"))
    await peer.connect("/admin")
    hello = await peer.next()
    assert (hello["type"], hello["version"]) == ("hello", "v1")
    assert hello["payload"] == {"stream": publisher.stream, "seq": 1}
    publisher.publish("checking", Checking(account_id="a", checking=True))
    for number in range(5):
        publisher.publish("account.deleted", Deleted(id=f"a{number}"))
    seen = [await peer.next() for _ in range(6)]
    numbered = [one["payload"] for one in seen if one["payload"]["seq"]]
    assert [one["seq"] for one in numbered] == [2, 3, 4, 5, 6]
    assert [one["data"] for one in numbered] == [{"id": f"a{number}", "keep_history": False} for number in range(5)]
    assert {one["payload"]["stream"] for one in seen} == {publisher.stream}
    assert [one["type"] for one in seen if not one["payload"]["seq"]] == ["checking"]


async def test_resync_returns_what_was_missed_or_says_to_begin_anew(peer: Peer) -> None:
    publisher = peer.world.publisher
    for number in range(4):
        publisher.publish("account.deleted", Deleted(id=f"a{number}"))
    await peer.connect("/admin")
    answer = data_of(await peer.send("/admin", "resync", Resync(stream=publisher.stream, since=2)))
    assert [(one["type"], one["seq"], one["data"]) for one in answer["events"]] == [
        ("account.deleted", 3, {"id": "a2", "keep_history": False}),
        ("account.deleted", 4, {"id": "a3", "keep_history": False}),
    ]
    assert (answer["seq"], answer["more"]) == (4, False)
    for stream, since in (("another", 2), (publisher.stream, 5)):
        answer = data_of(await peer.send("/admin", "resync", Resync(stream=stream, since=since)))
        assert (answer["stream"], answer["seq"], answer["events"]) == (publisher.stream, 4, None)


async def test_a_long_resync_comes_in_parts(peer: Peer) -> None:
    publisher = peer.world.publisher
    for number in range(30):
        publisher.publish("account.deleted", Deleted(id=f"{number}" + "x" * 50_000))
    await peer.connect("/admin")
    numbers: list[int] = []
    parts = 0
    while True:
        since = numbers[-1] if numbers else 0
        answer = data_of(await peer.send("/admin", "resync", Resync(stream=publisher.stream, since=since)))
        assert len(json.dumps(answer)) < MAX_MESSAGE_BYTES
        numbers += [one["seq"] for one in answer["events"]]
        parts += 1
        if not answer["more"]:
            break
    assert numbers == list(range(1, 31))
    assert parts > 1


# ---------------------------------------------------------------- /client


async def register(peer: Peer, device: str = "phone") -> Any:
    return data_of(await peer.send("/client", "client:register", RegisterClient(device_id=device, device_name="P")))


async def test_a_device_is_told_what_it_missed_until_it_acknowledges(world: SocketWorld) -> None:
    await world.alert("too early")
    async with peer_of(world) as peer:
        await peer.connect("/client", world.tokens.client_token)
        missed = await register(peer)
        assert (missed["notifications"], missed["digest"], missed["unread"]["total"]) == ([], False, 3)
        first = await world.alert("first")
        pushed = await peer.next()
        assert (pushed["type"], pushed["payload"]["id"]) == ("master:notification:push", first)
    second = await world.alert("second")
    async with peer_of(world) as peer:
        await peer.connect("/client")
        assert [one["id"] for one in (await register(peer))["notifications"]] == [first, second]
        data_of(await peer.send("/client", "client:notification:ack", NotificationShown(id=first)))
        again = data_of(await peer.send("/client", "client:sync:request", SyncRequest()))
        assert [one["id"] for one in again["notifications"]] == [second]


async def test_more_than_twenty_become_one(world: SocketWorld) -> None:
    async with peer_of(world) as peer:
        await peer.connect("/client")
        await register(peer)
    for number in range(21):
        last = await world.alert(f"n{number}")
    async with peer_of(world) as peer:
        await peer.connect("/client")
        missed = await register(peer)
        assert (missed["digest"], [one["id"] for one in missed["notifications"]]) == (True, [last])
        data_of(await peer.send("/client", "client:notification:ack", NotificationShown(id=last)))
        assert data_of(await peer.send("/client", "client:sync:request", SyncRequest()))["notifications"] == []


def _row(number: int, **more: Any) -> Notification:
    fields = {"kind": "system", "title": text("told_more"), "text": "", "state": "pending", "reason": None}
    return Notification(id=number, created_at=1, **(fields | more))


async def test_each_is_pushed_once_in_whatever_order_and_however_often_it_changes(world: SocketWorld) -> None:
    async with peer_of(world) as peer:
        await peer.connect("/client")
        await register(peer)
        for number in (7, 6, 7, 9, 6, 8):
            world.publisher.publish("notification.changed", _row(number))
        world.publisher.publish("notification.changed", _row(5, state="held"))
        world.publisher.publish("notification.changed", _row(10))
        pushed = [(await peer.next())["payload"]["id"] for _ in range(5)]
        assert pushed == [7, 6, 9, 8, 10]
        last = await world.alert("a row that will count")
        assert (await peer.next())["payload"]["id"] == last
        data_of(await peer.send("/client", "client:notification:ack", NotificationShown(id=last)))
    async with peer_of(world) as peer:
        await peer.connect("/client")
        assert (await register(peer))["notifications"] == []
        world.publisher.publish("notification.changed", _row(last, count=9))
        following = await world.alert("the next one")
        assert (await peer.next())["payload"]["id"] == following, "what was shown before does not come back"


async def test_a_device_hears_of_items_accounts_and_unread_only(peer: Peer) -> None:
    await peer.connect("/client")
    await register(peer)
    publisher = peer.world.publisher
    publisher.publish("account.deleted", Deleted(id="a"))
    publisher.publish("unread.changed", Unread(total=1, accounts={"a": 1}))
    message = await peer.next()
    assert (message["type"], message["payload"]) == ("master:unread", {"total": 1, "accounts": {"a": 1}})


@REFUSED
async def test_a_device_marks_as_read_and_must_register_for_the_rest(peer: Peer) -> None:
    await peer.connect("/client", peer.world.tokens.client_token)
    data_of(await peer.send("/client", "client:notification:read", ReadItem(item_id=7)))
    assert peer.world.read == [(7, True)]
    for name, body in (("client:notification:ack", NotificationShown(id=1)), ("client:sync:request", SyncRequest())):
        assert code_of(await peer.send("/client", name, body)) == "ERR_INVALID_PAYLOAD"
    await register(peer)
    answer = await peer.send("/client", "client:register", RegisterClient(device_id="other"))
    assert code_of(answer) == "ERR_INVALID_PAYLOAD"


async def test_a_device_is_online_as_long_as_one_of_its_connections(world: SocketWorld) -> None:
    def online() -> list[str]:
        return [client.device_id for client in world.notifications.clients() if client.online]

    async def offline() -> None:
        while online():
            await asyncio.sleep(0.01)

    async with peer_of(world) as first:
        await first.connect("/client")
        await register(first)
        async with peer_of(world) as second:
            await second.connect("/client")
            await register(second)
        await asyncio.sleep(0)
        assert online() == ["phone"]
    await asyncio.wait_for(offline(), 60)


@pytest.mark.expects_log("a message could not be handled")
async def test_a_fault_of_ours_is_answered_and_logged(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: object) -> None:
        raise RuntimeError("broken")

    await peer.connect("/client")
    monkeypatch.setattr(peer.world.notifications, "missed", broken)
    message = encode("client:register", RegisterClient(device_id="d"))
    assert code_of(await peer.raw("/client", message)) == "ERR_INTERNAL"
