"""The socket of a client against real sockets of a master: no event lost, none twice, each notification shown once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web

from master.api.client import ApiError, MasterClient
from master.api.events import Checking, Deleted, Event
from master.api.notifications import Notification
from tests.helpers.deadlines import until
from tests.helpers.ports import free_port
from tests.helpers.socket_worlds import SocketWorld, socket_world


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[SocketWorld]:
    async with socket_world(profile) as made:
        yield made


class Watcher:
    """A client, and what it was told."""

    def __init__(self, url: str, token: str, device: str = "desk") -> None:
        self.client = MasterClient(url, token, device_id=device, device_name="Desk")
        self.events: list[Event] = []
        self.connections: list[tuple[bool, str]] = []
        self.shown: list[tuple[list[int], bool]] = []
        self.before_show: Callable[[], None] = lambda: None

    async def open(self) -> None:
        await self.client.open(self.events.append, self._show, lambda *told: self.connections.append(told))

    async def _show(self, notifications: list[Notification], digest: bool) -> None:
        self.before_show()
        self.shown.append(([one.id for one in notifications], digest))

    def numbers(self) -> list[int]:
        return [event.seq for event in self.events if event.seq]

    def kinds(self) -> list[str]:
        return [event.type for event in self.events]


@pytest.fixture
async def watcher(world: SocketWorld) -> AsyncIterator[Watcher]:
    made = Watcher(world.url, world.tokens.admin_token)
    await made.open()
    assert made.connections == [(True, "")]
    yield made
    await made.client.close()


def delete(world: SocketWorld, name: str) -> None:
    world.publisher.publish("account.deleted", Deleted(id=name))


async def test_events_arrive_typed_and_in_order(world: SocketWorld, watcher: Watcher) -> None:
    for number in range(200):
        delete(world, f"a{number}")
    await until(lambda: len(watcher.numbers()) == 200)
    assert watcher.numbers() == list(range(1, 201))
    assert [event.data for event in watcher.events] == [Deleted(id=f"a{number}") for number in range(200)]
    assert {event.stream for event in watcher.events} == {world.publisher.stream}


async def test_unnumbered_events_arrive_too(world: SocketWorld, watcher: Watcher) -> None:
    world.publisher.publish("checking", Checking(account_id="a", checking=True))
    await until(lambda: watcher.events)
    assert (watcher.events[0].seq, watcher.events[0].data) == (0, Checking(account_id="a", checking=True))


async def test_what_happens_while_the_connection_is_away_is_caught_up(world: SocketWorld, watcher: Watcher) -> None:
    delete(world, "before")
    await until(lambda: watcher.numbers() == [1])
    await world.drop()
    for number in range(50):
        delete(world, f"away{number}")
    await until(lambda: watcher.connections[-1][0] and len(watcher.connections) == 3)
    delete(world, "after")
    await until(lambda: len(watcher.numbers()) == 52)
    assert watcher.numbers() == list(range(1, 53))
    assert watcher.connections[1] == (False, "the connection to the master was lost")
    assert "resync" not in watcher.kinds()


async def test_events_during_the_catching_up_come_after_it_and_once(
    world: SocketWorld, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = world.publisher.since

    def slow(stream: str, seq: int) -> list[Event] | None:
        # Published after the greeting and before the answer: it travels twice.
        delete(world, "meanwhile")
        return since(stream, seq)

    delete(world, "first")
    await until(lambda: watcher.numbers() == [1])
    monkeypatch.setattr(world.publisher, "since", slow)
    await world.drop()
    await until(lambda: len(watcher.connections) == 3)
    delete(world, "last")
    await until(lambda: watcher.numbers()[-1] == 3)
    assert watcher.numbers() == [1, 2, 3]


async def test_a_gap_that_cannot_be_filled_asks_to_load_again(
    world: SocketWorld, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete(world, "first")
    await until(lambda: watcher.numbers() == [1])
    monkeypatch.setattr(world.publisher, "since", lambda stream, seq: None)
    await world.drop()
    delete(world, "lost")
    await until(lambda: "resync" in watcher.kinds())
    await until(lambda: len(watcher.connections) == 3)
    delete(world, "after")
    await until(lambda: watcher.numbers()[-1] == 3)
    assert watcher.kinds()[-2:] == ["resync", "account.deleted"]


async def test_an_event_that_is_skipped_ends_the_connection_and_is_fetched(
    world: SocketWorld, watcher: Watcher
) -> None:
    delete(world, "first")
    await until(lambda: watcher.numbers() == [1])
    listeners = dict(world.publisher._listeners)
    world.publisher._listeners.clear()
    delete(world, "swallowed")
    world.publisher._listeners.update(listeners)
    delete(world, "third")
    await until(lambda: watcher.numbers() == [1, 2, 3])
    assert watcher.connections[1] == (False, "events 2 to 2 did not arrive")


async def test_a_master_that_was_started_again_asks_to_load_again(world: SocketWorld, watcher: Watcher) -> None:
    delete(world, "first")
    await until(lambda: watcher.numbers() == [1])
    await world.stop()
    await until(lambda: not watcher.connections[-1][0])
    await world.start()
    await until(lambda: watcher.connections[-1][0])
    delete(world, "new stream")
    await until(lambda: len(watcher.numbers()) == 2)
    assert watcher.kinds() == ["account.deleted", "resync", "account.deleted"]
    assert watcher.events[1].seq == 0
    assert watcher.events[1].stream == watcher.events[2].stream != watcher.events[0].stream


async def test_a_master_that_comes_up_after_the_first_attempt_asks_to_load(world: SocketWorld) -> None:
    await world.stop()
    watcher = Watcher(world.url, world.tokens.admin_token)
    await watcher.open()
    try:
        assert [connected for connected, _reason in watcher.connections] == [False]
        await world.start()
        await until(lambda: watcher.connections[-1][0])
        assert watcher.kinds() == ["resync"]
        delete(world, "after")
        await until(lambda: watcher.numbers() == [1])
    finally:
        await watcher.client.close()


@pytest.mark.expects_log("could not be read")
async def test_a_message_that_cannot_be_read_is_told_and_ends_the_connection(
    world: SocketWorld, watcher: Watcher
) -> None:
    await world.server.emit("message", {"type": "account.deleted"}, namespace="/admin")
    await until(lambda: len(watcher.connections) == 3)
    assert "could not be read" in watcher.connections[1][1]


async def test_an_event_of_a_newer_master_is_counted_and_left_out(world: SocketWorld, watcher: Watcher) -> None:
    payload = {"stream": world.publisher.stream, "seq": 1, "data": {}}
    message = {"type": "moon.changed", "version": "v1", "payload": payload, "timestamp": 0, "request_id": ""}
    await world.server.emit("message", message, namespace="/admin")
    world.publisher._seq = 1
    delete(world, "a")
    await until(lambda: watcher.numbers() == [2])
    assert watcher.connections == [(True, "")]


# ---------------------------------------------------------------- notifications


async def acknowledged(world: SocketWorld, number: int) -> None:
    await until(lambda: [one.cursor for one in world.notifications.clients()] == [number])


async def test_a_notification_is_shown_then_acknowledged(world: SocketWorld, watcher: Watcher) -> None:
    cursors: list[int] = []
    watcher.before_show = lambda: cursors.extend(one.cursor for one in world.notifications.clients())
    first = await world.alert("one")
    await acknowledged(world, first)
    assert watcher.shown == [([first], False)]
    assert cursors == [0]


async def test_what_was_missed_is_shown_at_the_next_connection_and_only_once(
    world: SocketWorld, watcher: Watcher
) -> None:
    await world.drop()
    first, second = await world.alert("one"), await world.alert("two")
    await acknowledged(world, second)
    await world.drop()
    await until(lambda: len(watcher.connections) == 5)
    third = await world.alert("three")
    await acknowledged(world, third)
    assert [one for shown, _ in watcher.shown for one in shown] == [first, second, third]


async def test_what_is_new_is_shown_behind_what_was_missed(
    world: SocketWorld, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed = world.notifications.missed

    async def with_a_new_one(device_id: str) -> tuple[list[Notification], bool]:
        found = await missed(device_id)
        await world.alert("new")
        return found

    monkeypatch.setattr(world.notifications, "missed", with_a_new_one)
    for number in (1, 4):
        await world.drop()
        await world.alert("missed")
        await world.alert("missed too")
        await acknowledged(world, number + 2)
    # Acknowledging one says that all before it were shown: a kill in between must lose nothing.
    assert [one for shown, _ in watcher.shown for one in shown] == list(range(1, 7))


async def test_a_lost_acknowledgement_shows_nothing_twice(
    world: SocketWorld, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge = world.notifications.acknowledge
    tries: list[int] = []

    async def lose(device_id: str, number: int) -> None:
        tries.append(number)
        monkeypatch.setattr(world.notifications, "acknowledge", acknowledge)
        await world.drop()
        await asyncio.sleep(30)

    monkeypatch.setattr(world.notifications, "acknowledge", lose)
    first = await world.alert("one")
    await acknowledged(world, first)
    assert tries == [first]
    assert watcher.shown == [([first], False)]


async def test_many_lost_acknowledgements_are_made_up_for_and_become_no_digest(
    world: SocketWorld, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge = world.notifications.acknowledge

    async def lose(device_id: str, number: int) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(world.notifications, "acknowledge", lose)
    first = await world.alert("one")
    await until(lambda: watcher.shown)
    monkeypatch.setattr(watcher.client._live, "_acknowledge", _nothing)
    numbers = [first, *[await world.alert(f"n{number}") for number in range(24)]]
    monkeypatch.setattr(world.notifications, "acknowledge", acknowledge)
    await world.drop()
    await until(lambda: len(watcher.shown) == 25)
    monkeypatch.undo()
    await world.drop()
    await acknowledged(world, numbers[-1])
    following = await world.alert("the next one")
    await acknowledged(world, following)
    assert [shown for shown, _ in watcher.shown] == [[one] for one in [*numbers, following]]
    assert not any(digest for _, digest in watcher.shown)


async def _nothing() -> None:
    return


@pytest.mark.expects_log("could not be shown")
async def test_what_is_shown_behind_one_that_could_not_be_does_not_lose_it(
    world: SocketWorld, watcher: Watcher
) -> None:
    def fail() -> None:
        watcher.before_show = lambda: None
        raise RuntimeError("no screen")

    watcher.before_show = fail
    first, second = await world.alert("one"), await world.alert("two")
    await until(lambda: watcher.shown == [([second], False)])
    await world.drop()
    await acknowledged(world, second)
    assert watcher.shown == [([second], False), ([first], False)]


@pytest.mark.expects_log("could not be shown")
async def test_what_could_not_be_shown_is_told_again_and_does_not_silence_the_rest(
    world: SocketWorld, watcher: Watcher
) -> None:
    def fail() -> None:
        watcher.before_show = lambda: None
        raise RuntimeError("no screen")

    watcher.before_show = fail
    first = await world.alert("one")
    await until(lambda: watcher.before_show is not fail)
    assert [one.cursor for one in world.notifications.clients()] == [0]
    await world.drop()
    await acknowledged(world, first)
    assert watcher.shown == [([first], False)]


async def test_many_missed_ones_are_one_digest(world: SocketWorld) -> None:
    await world.notifications.register_device("desk", "Desk")
    world.notifications.device_offline("desk")
    for number in range(25):
        last = await world.alert(f"n{number}")
    watcher = Watcher(world.url, world.tokens.admin_token)
    await watcher.open()
    await acknowledged(world, last)
    assert watcher.shown == [([last], True)]
    await watcher.client.close()


# ---------------------------------------------------------------- when nobody answers


async def test_a_client_waits_for_a_master_that_is_not_there_yet(profile: Path) -> None:
    async with socket_world(profile) as world:
        await world.stop()
        watcher = Watcher(world.url, world.tokens.admin_token)
        await watcher.open()
        assert [connected for connected, _ in watcher.connections] == [False]
        await world.start()
        await until(lambda: watcher.connections[-1][0])
        await watcher.client.close()


@pytest.mark.expects_log("refused")
async def test_a_wrong_token_is_told_in_the_masters_words(world: SocketWorld) -> None:
    watcher = Watcher(world.url, "wrong")
    await watcher.open()
    await watcher.client.close()
    assert watcher.connections == [(False, "the token is not valid")]


@pytest.mark.parametrize("url", ["http://127.0.0.1:0", "nonsense", "http://[::1", "ftp://127.0.0.1", ""])
async def test_an_address_without_a_master_is_told_not_raised(url: str) -> None:
    watcher = Watcher(url, "token")
    await watcher.open()
    with pytest.raises(ApiError):
        await watcher.client.health()
    await watcher.client.close()
    assert [connected for connected, _ in watcher.connections] == [False]


@pytest.mark.parametrize("first", ['0{"x":1}', "0", "rubbish", "4", '0{"sid":"a","upgrades":[],"pingInterval":"x"}'])
async def test_a_socket_of_something_else_is_told_not_raised(first: str) -> None:
    async def speak(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(first)
        async for _ in socket:
            pass
        return socket

    app = web.Application()
    app.router.add_get("/socket.io/", speak)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    watcher = Watcher(f"http://127.0.0.1:{runner.addresses[0][1]}", "token")
    await watcher.open()
    await watcher.client.close()
    await runner.cleanup()
    assert [connected for connected, _ in watcher.connections] == [False]


async def test_requests_without_a_master_say_so() -> None:
    client = MasterClient(f"http://127.0.0.1:{free_port()}", "token")
    with pytest.raises(ApiError) as refused:
        await client.status()
    assert (refused.value.status, refused.value.code) == (0, "ERR_UNREACHABLE")
    await client.close()
    await client.close()
    with pytest.raises(ApiError):
        await client.status()


async def test_a_client_is_opened_once(watcher: Watcher) -> None:
    with pytest.raises(RuntimeError):
        await watcher.open()


async def test_a_client_can_be_closed_while_it_connects(world: SocketWorld) -> None:
    watcher = Watcher(world.url, world.tokens.admin_token)
    opening = asyncio.get_running_loop().create_task(watcher.open())
    await asyncio.sleep(0)
    await watcher.client.close()
    await asyncio.wait_for(opening, 60)
