"""The link against a real Socket.IO server."""

import asyncio
import contextlib

import pytest

from tests.helpers.deadlines import until
from tests.helpers.fake_master import fake_master
from worker.protocol.account_messages import CheckAccount, RevokeAccount
from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError, encode
from worker.protocol.log_messages import LogsWritten
from worker.protocol.states import ErrorCode
from worker.protocol.worker_messages import Pulse, PulseAcknowledged, RegisterWorker, WorkerRegistered
from worker.runtime.link import Link, LinkDownError, RefusedError, retry_delay
from worker.runtime.requests import request_id
from worker.version import PROTOCOL

REGISTER = RegisterWorker(worker_id="w1", host="h", pid=1, version="1", protocol=PROTOCOL, platforms=[])
LOST = "the connection to the master was lost|cannot be reached"


@contextlib.asynccontextmanager
async def linked(master, token="right"):
    async def register():
        await link.request(REGISTER, WorkerRegistered)

    ups = []
    link = Link(master.url, lambda: token, register, lambda: ups.append(1), first_delay=0.05)
    link.ups = ups
    running = asyncio.ensure_future(link.run())
    link.running = running
    try:
        yield link
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.fixture
async def master():
    async with fake_master() as it:
        yield it


async def test_registers_and_asks(master):
    async with linked(master) as link:
        assert not link.connected
        with pytest.raises(LinkDownError):
            await link.request(Pulse(sequence=1), PulseAcknowledged)
        await asyncio.wait_for(link.up(), 60)
        answer = await link.request(Pulse(sequence=1), PulseAcknowledged)
        assert answer.lease_ms == 1500
        assert link.ups == [1]


async def test_an_answer_that_does_not_come_is_a_link_that_is_down(master):
    master.deaf.add(Pulse)
    async with linked(master) as link:
        await asyncio.wait_for(link.up(), 60)
        with pytest.raises(LinkDownError, match="no answer within"):
            await link.request(Pulse(sequence=1), PulseAcknowledged, 0.05)


async def test_a_refusal_keeps_its_code(master):
    master.refusals[Pulse] = lambda _: (ErrorCode.STALE_EPOCH, "no")
    async with linked(master) as link:
        await asyncio.wait_for(link.up(), 60)
        with pytest.raises(ProtocolError) as caught:
            await link.request(Pulse(sequence=1), PulseAcknowledged)
        assert caught.value.code is ErrorCode.STALE_EPOCH


async def test_an_answer_that_cannot_be_read_is_no_refusal(master):
    master._reply = lambda message: Done() if isinstance(message, Pulse) else type(master)._reply(master, message)
    async with linked(master) as link:
        await asyncio.wait_for(link.up(), 60)
        with pytest.raises(LinkDownError, match="cannot be read"):
            await link.request(Pulse(sequence=1), PulseAcknowledged)


@pytest.mark.expects_log(LOST)
async def test_who_waits_learns_at_once_that_the_connection_is_gone(master):
    master.deaf.add(Pulse)
    async with linked(master) as link:
        await asyncio.wait_for(link.up(), 60)
        asking = asyncio.ensure_future(link.request(Pulse(sequence=1), PulseAcknowledged, 60))
        await asyncio.sleep(0.05)
        await master.drop()
        with pytest.raises(LinkDownError):
            await asyncio.wait_for(asking, 60)
        await until(lambda: len(master.registrations) == 2)
        await asyncio.wait_for(link.up(), 60)
        assert link.ups == [1, 1]


@pytest.mark.expects_log(LOST)
async def test_connects_again_for_ever(master):
    async with linked(master) as link:
        await asyncio.wait_for(link.up(), 60)
        for count in (2, 3):
            await master.stop()
            await until(lambda: not link.connected)
            await master.start()
            await until(lambda count=count: len(master.registrations) == count)


@pytest.mark.expects_log("connecting again", LOST)
async def test_can_be_told_to_connect_again(master):
    async with linked(master) as link:
        await asyncio.wait_for(link.up(), 60)
        link.reconnect("a test")
        assert not link.connected
        await until(lambda: len(master.registrations) == 2)


async def test_a_refused_token_is_final(master):
    async with linked(master, "wrong") as link:
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asyncio.shield(link.running), 60)
        assert caught.value.code is ErrorCode.AUTH_FAILED
        assert "token" in str(caught.value)


async def test_a_refused_protocol_is_final(master):
    master.refusals[RegisterWorker] = lambda _: (ErrorCode.UNSUPPORTED_VERSION, "too old")
    async with linked(master) as link:
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asyncio.shield(link.running), 60)
        assert caught.value.code is ErrorCode.UNSUPPORTED_VERSION


@pytest.mark.expects_log("the registration was refused")
async def test_a_registration_that_fails_otherwise_is_tried_again(master):
    master.refusals[RegisterWorker] = lambda _: (ErrorCode.INTERNAL, "busy") if not refused else None
    refused = []
    async with linked(master) as link:
        await asyncio.sleep(0.3)
        assert not link.connected
        refused.append(1)
        await asyncio.wait_for(link.up(), 60)


@pytest.mark.expects_log("cannot be reached")
async def test_nobody_there_is_no_reason_to_give_up(master):
    await master.stop()
    async with linked(master) as link:
        await asyncio.sleep(0.3)
        assert not link.running.done()
        await master.start()
        await asyncio.wait_for(link.up(), 60)


@pytest.mark.expects_log("was refused", "could not be handled")
async def test_every_command_is_answered_whatever_happens(master):
    seen = []

    async def check(command):
        seen.append((command, request_id.get()))
        return Done()

    async def broken(_command):
        raise ZeroDivisionError

    async with linked(master) as link:
        link.handle(CheckAccount, check)
        link.handle(RevokeAccount, broken)
        await asyncio.wait_for(link.up(), 60)
        command = CheckAccount(account_id="a", epoch=1)
        assert await master.send(command) == Done()
        assert seen == [(command, "from-master")]
        broken_answer = await master.send_raw(encode(RevokeAccount(account_id="a", epoch=1)))
        assert broken_answer["error"]["code"] == ErrorCode.INTERNAL
        assert (await master.send_raw("nonsense"))["error"]["code"] == ErrorCode.INVALID_PAYLOAD
        assert (await master.send_raw(encode(Pulse(sequence=1))))["error"]["code"] == ErrorCode.INVALID_PAYLOAD


class Proxy:
    """Hands bytes on, until it freezes: then connections stand and nothing moves."""

    def __init__(self, port):
        self._port = port
        self._moving = asyncio.Event()
        self._moving.set()
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._on_client, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_error):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def freeze(self):
        """Freeze what is connected; new connections work."""
        self._moving.clear()
        self._moving = asyncio.Event()
        self._moving.set()

    async def _on_client(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        moving = self._moving
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            await asyncio.gather(self._pump(reader, other_writer, moving), self._pump(other_reader, writer, moving))
        except asyncio.CancelledError:
            return  # the end of the test
        finally:
            other_writer.close()
            writer.close()

    async def _pump(self, reader, writer, moving):
        while data := await reader.read(65536):
            await moving.wait()
            writer.write(data)
        writer.close()


@pytest.mark.expects_log("connecting again", LOST)
async def test_a_frozen_connection_is_left_by_force(master, monkeypatch):
    monkeypatch.setattr("worker.runtime.transports.CLOSE_SECONDS", 0.1)
    async with Proxy(master.port) as proxy:
        real, master.port = master.port, int(proxy.url.rsplit(":", 1)[1])
        async with linked(master) as link:
            master.port = real
            await asyncio.wait_for(link.up(), 60)
            proxy.freeze()
            with pytest.raises(LinkDownError):
                await link.request(Pulse(sequence=1), PulseAcknowledged, 0.1)
            link.reconnect("it is frozen")
            await until(lambda: len(master.registrations) == 2)
            await asyncio.wait_for(link.up(), 60)
            assert (await link.request(Pulse(sequence=2), PulseAcknowledged)).lease_ms == 1500


async def test_large_messages_pass_and_larger_ones_do_not_leave(master):
    from worker.protocol.log_messages import LogRecord
    from worker.protocol.states import LogLevel

    def batch(size):
        record = LogRecord(at=1, level=LogLevel.INFO, source="w", logger="l", message="x" * size)
        return LogsWritten(records=[record])

    async with linked(master) as link:
        await asyncio.wait_for(link.up(), 60)
        assert await link.request(batch(1_000_000), Done) == Done()
        with pytest.raises(ProtocolError) as caught:
            await link.request(batch(1_100_000), Done)
        assert caught.value.code is ErrorCode.TOO_LARGE


@pytest.mark.parametrize(("outage", "patience"), [(1.0, 1.0), (5.0, 3.0), (20.0, 10.0), (3600.0, 10.0)])
def test_a_master_that_is_back_is_found_in_time(outage, patience):
    for _ in range(500):
        at, failures = 0.0, 0
        while at < outage:
            at += retry_delay(failures, at)
            failures += 1
        assert at - outage <= patience


def test_attempts_are_not_closer_than_they_must_be():
    assert all(retry_delay(failures, 3600.0) >= 5.0 for failures in range(6, 60))
