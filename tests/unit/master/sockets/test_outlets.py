"""What goes out to one listener, when it reads slowly."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from master.api.events import Deleted
from master.sockets import outlets
from master.sockets.outlets import MAX_IN_SOCKET, MAX_MERGED, MAX_WAITING, Outlet, Parcel


class Socket:
    """A socket whose peer reads only when told."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.unread = 0
        self.given_up = False
        self.outlet = Outlet(self._send, lambda: self.unread, self._give_up)

    async def _send(self, message: dict[str, Any]) -> None:
        self.sent.append(message["payload"]["id"])
        self.unread += 1

    async def _give_up(self) -> None:
        self.given_up = True

    async def read_until(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.sent) < count:
                self.unread = 0
                await asyncio.sleep(0.001)


def parcel(name: str) -> Parcel:
    return Parcel("account.deleted", Deleted(id=name), "")


@pytest.fixture
async def socket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Socket]:
    monkeypatch.setattr(outlets, "PAUSE_SECONDS", 0.001)
    made = Socket()
    task = asyncio.get_running_loop().create_task(made.outlet.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_everything_goes_out_in_order(socket: Socket) -> None:
    for number in range(3 * MAX_IN_SOCKET):
        socket.outlet.put(parcel(str(number)))
    await socket.read_until(3 * MAX_IN_SOCKET)
    assert socket.sent == [str(number) for number in range(3 * MAX_IN_SOCKET)]
    assert socket.outlet.dropped == 0


async def test_a_peer_that_does_not_read_is_sent_no_more_than_the_socket_takes(socket: Socket) -> None:
    for number in range(2 * MAX_IN_SOCKET):
        socket.outlet.put(parcel(str(number)))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert len(socket.sent) == MAX_IN_SOCKET


async def test_only_the_latest_of_each_waits(socket: Socket) -> None:
    socket.unread = MAX_IN_SOCKET
    for number in range(10):
        for account in ("a", "b"):
            socket.outlet.put_latest(account, parcel(f"{account}{number}"))
    socket.outlet.put(parcel("numbered"))
    await socket.read_until(3)
    assert socket.sent == ["numbered", "a9", "b9"]
    assert socket.outlet.dropped == 18


async def test_the_oldest_is_dropped_when_too_many_wait_merged(socket: Socket) -> None:
    socket.unread = MAX_IN_SOCKET
    for number in range(MAX_MERGED + 2):
        socket.outlet.put_latest(number, parcel(str(number)))
    await socket.read_until(MAX_MERGED)
    assert (socket.sent[0], socket.sent[-1]) == ("2", str(MAX_MERGED + 1))
    assert socket.outlet.dropped == 2


@pytest.mark.expects_log("does not keep up")
async def test_a_listener_that_lets_too_much_wait_is_given_up(socket: Socket) -> None:
    socket.unread = MAX_IN_SOCKET
    for number in range(MAX_WAITING + 1):
        socket.outlet.put(parcel(str(number)))
    async with asyncio.timeout(60):
        while not socket.given_up:
            await asyncio.sleep(0.001)
    assert socket.sent == []
