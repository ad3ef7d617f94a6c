"""Connections of workers: who is let in, who replaces whom, what goes out, over the world of the namespace's test."""

import asyncio

import pytest
import socketio

from master.context import request_id
from master.errors import Unavailable
from master.services.worker_joins import Refusal
from master.sockets import worker_namespace
from tests.helpers.deadlines import until
from tests.unit.master.sockets.test_worker_namespace import World, code
from worker.protocol.account_messages import CheckAccount
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError, read_answer, refuse
from worker.protocol.departures import WorkerLeft
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text
from worker.protocol.worker_messages import Pulse


@pytest.fixture
def world() -> World:
    return World()


async def test_sending_returns_the_answer(world: World) -> None:
    await world.register()
    token = request_id.set("from-the-desktop")
    try:
        assert await world.namespace.send("w1", CheckAccount(account_id="a", epoch=7), 1) == Done()
    finally:
        request_id.reset(token)
    ((sid, envelope),) = world.namespace.emitted
    assert (sid, envelope["type"], envelope["request_id"]) == ("s1", "master:account:check", "from-the-desktop")


async def test_sending_to_nobody_into_silence_or_to_one_that_refuses(world: World) -> None:
    message = CheckAccount(account_id="a", epoch=7)
    with pytest.raises(Unavailable):
        await world.namespace.send("w1", message, 1)
    await world.register()
    world.namespace.reply = lambda envelope: None
    with pytest.raises(Unavailable) as caught:
        await world.namespace.send("w1", message, 0.01)
    assert caught.value.text.code == "worker_silent"
    world.namespace.reply = lambda envelope: refuse(ErrorCode.ACCOUNT_NOT_FOUND, "not here")
    with pytest.raises(ProtocolError) as refused:
        await world.namespace.send("w1", message, 1)
    assert refused.value.code is ErrorCode.ACCOUNT_NOT_FOUND


async def test_who_waits_learns_at_once_that_the_connection_ended(world: World) -> None:
    await world.register()
    world.namespace.reply = lambda envelope: None
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(_unavailable(world, CheckAccount(account_id="a", epoch=7)))
        await asyncio.sleep(0.01)
        await world.namespace.on_disconnect("s1", "transport close")
    assert waiting.result() == "worker_not_connected"
    assert [name for name, _ in world.calls] == ["registered", "away", "jobs away", "sign-ins away", "disconnected"]


async def test_a_newer_connection_replaces_the_older_and_the_old_ones_end_changes_nothing(world: World) -> None:
    await world.register("s1")
    await world.register("s2")
    assert world.namespace.dropped == ["s1"]
    assert "disconnected" not in [name for name, _ in world.calls]
    await world.namespace.send("w1", CheckAccount(account_id="a", epoch=7), 1)
    assert world.namespace.emitted[-1][0] == "s2"


async def _unavailable(world: World, message: Message) -> str:
    with pytest.raises(Unavailable) as caught:
        await world.namespace.send("w1", message, 30)
    return caught.value.text.code


async def test_a_connection_that_ends_while_it_registers_counts_for_nothing():
    world = World()
    services, gate, given = world.namespace._services, asyncio.Event(), []

    async def register(worker_id, message):
        await gate.wait()
        return []

    services.assignments.register = register
    services.jobs.registered = lambda worker_id, runners: given.append(worker_id) or []
    registering = asyncio.ensure_future(world.register("s1", "t1", "w1"))
    await asyncio.sleep(0)
    while "w1" not in world.namespace._present:
        await asyncio.sleep(0)
    await world.namespace.on_disconnect("s1", "killed")
    gate.set()
    refused = await registering
    assert (refused["success"], refused["error"]["code"]) == (False, ErrorCode.WORKER_OFFLINE)
    assert not given


@pytest.mark.expects_log(r"refused")
async def test_whom_nobody_wants_now_is_told_so_at_the_door(world: World) -> None:
    world.closed = Refusal(ErrorCode.WORKER_DISABLED, text("worker_refused_off", worker="w1"))
    with pytest.raises(socketio.exceptions.ConnectionRefusedError) as caught:
        await world.connect()
    told = caught.value.error_args
    assert told["data"]["code"] == "ERR_WORKER_DISABLED"
    assert told["message"] == "w1 is switched off at the master"


@pytest.mark.expects_log(r"refused")
async def test_a_second_process_is_refused_and_the_first_goes_on(world: World) -> None:
    await world.register("s1")
    used = text("worker_refused_used", worker="w1", host="h", pid=1)
    world.refusal = Refusal(ErrorCode.WORKER_IN_USE, used)
    refused = await world.register("s2")
    assert code(refused) == "ERR_WORKER_IN_USE"
    assert "from h, process 1" in refused["error"]["message"]
    assert world.namespace.dropped == []
    await world.namespace.send("w1", CheckAccount(account_id="a", epoch=7), 1)
    assert world.namespace.emitted[-1][0] == "s1"


async def test_a_worker_that_is_parted_with_is_disconnected_whichever_connection_it_has_by_then(world: World) -> None:
    await world.register("s1")
    await world.register("s2")
    world.cuts[0]()
    await until(lambda: world.namespace.dropped == ["s1", "s2"])
    world.cuts[0]()
    await world.namespace.close()
    assert world.namespace.dropped == ["s1", "s2"]


@pytest.mark.expects_log(r"refused")
async def test_what_a_worker_says_while_it_is_being_cut_off_renews_nothing(world: World) -> None:
    await world.register("s1")
    world.cuts[0]()
    assert code(await world.say(Pulse(sequence=1))) == "ERR_WORKER_OFFLINE"
    await world.namespace.close()
    assert not any(name == "pulsed" for name, _ in world.calls)


async def test_goodbye_is_passed_on(world: World) -> None:
    await world.register()
    assert read_answer(await world.say(WorkerLeft()), Done) == Done()
    assert world.calls[-1] == ("left", ("w1",))


async def test_whose_token_was_revoked_goes_at_once_and_nobody_else(world: World) -> None:
    world.foreign = {"w1"}
    world.tokens["other"] = "w1"
    await world.register("s1")
    await world.connect("s3", "other")
    await world.register("s2", "t2", "w2")
    del world.tokens["t2"]
    (tell,) = world.revoked
    tell()
    assert world.namespace.dropped == []
    del world.tokens["other"]
    tell()
    await until(lambda: world.namespace.dropped == ["s3"])
    assert ("revoked", ("w1",)) not in world.calls
    del world.tokens["t1"]
    tell()
    await until(lambda: world.namespace.dropped == ["s3", "s1"])
    assert ("revoked", ("w1",)) in world.calls


async def test_a_worker_that_outlived_its_master_registers_once_the_next_is_ready(world: World) -> None:
    world.foreign = {"w1"}
    world.opened.clear()
    async with asyncio.TaskGroup() as group:
        registering = group.create_task(world.register())
        await world.register("s2", "t2", "w2")
        assert not registering.done()
        world.opened.set()
    assert registering.result()["success"] is True


@pytest.mark.expects_log(r"refused")
async def test_one_that_waits_too_long_asks_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_namespace, "OPEN_SECONDS", 0.01)
    world.foreign = {"w1"}
    world.opened.clear()
    assert code(await world.register()) == "ERR_WORKER_OFFLINE"
