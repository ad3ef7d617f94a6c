"""Push in virtual time: news at once, rare polls behind it, and what happens when the connection is lost."""

import asyncio
import contextlib

import pytest

from tests.helpers.scripted.adapter import Adapter, Script, lines
from tests.helpers.worker_parts import gaps, virtual
from worker.protocol.item_messages import ItemsDetected
from worker.protocol.states import CheckOutcome
from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Poll, text

pytestmark = pytest.mark.expects_log("WARNING worker.runtime.plans .* could not be checked")

TEMPORARY = TemporaryFailure(text("connection_lost", host="h", detail="d"))


@virtual(push=True)
async def test_push_is_followed_at_once(parts):
    script = Script(Poll(), Poll(items=lines("news")))
    parts.watch(script)
    first = (await parts.ends(1))[0]
    assert (first.listening, first.next_check_at) == (True, None)
    await asyncio.sleep(100)
    assert len(script.times) == 1
    began = asyncio.get_running_loop().time()
    script.news.set()
    second = (await parts.ends(2))[1]
    assert script.times[1] - began < 0.01
    assert (second.how, second.found, second.listening) == ("push", 1, True)
    assert parts.master.of(ItemsDetected)[0].how == "push"


@virtual(push=True)
async def test_a_standing_push_connection_is_backed_by_rare_polls(parts):
    script = Script()
    parts.watch(script, interval_seconds=60)
    await parts.ends(3)
    assert all(gap == pytest.approx(600, abs=1) for gap in gaps(script.times)[:2])


@virtual(push=True)
async def test_keep_alives_count_as_success_but_are_told_once_a_minute(parts):
    script = Script()

    async def alive():
        await asyncio.sleep(10)
        return False

    original = Adapter.listen
    Adapter.listen = lambda _self: alive()
    try:
        parts.watch(script)
        await asyncio.sleep(290)
        ended = parts.ended()
        assert [message.how for message in ended[1:]] == ["push"] * (len(ended) - 1)
        assert len(ended) == 1 + 4
        assert len(script.times) == 1
    finally:
        Adapter.listen = original


@virtual(push=True)
async def test_a_lost_push_connection_falls_back_to_polling_and_returns(parts):
    script = Script()
    script.listens.extend([TEMPORARY, TEMPORARY, TEMPORARY])
    parts.watch(script)
    ended = await parts.ends(4)
    waits = gaps(script.times)
    assert waits[0] <= 1.1
    assert [message.listening for message in ended[:2]] == [True, True]
    await asyncio.sleep(200)
    assert script.listening == 1
    assert all(message.outcome is CheckOutcome.OK for message in parts.ended())


@virtual(push=True)
async def test_a_server_that_cries_wolf_is_not_followed_in_a_frenzy(parts):
    script = Script()
    script.listens.extend([True] * 1000)
    parts.watch(script)
    await asyncio.sleep(60)
    assert len(script.times) < 20


@virtual(push=True)
async def test_no_listening_while_checks_fail(parts):
    script = Script(Poll(), TEMPORARY)
    session = parts.watch(script)
    await parts.ends(1)
    session.check_now()
    ended = await parts.ends(2)
    assert (ended[1].listening, script.listening) == (False, 0)
    assert ended[1].next_check_at is not None
    await parts.ends(3)
    await asyncio.sleep(1)
    assert script.listening == 1


@pytest.mark.expects_log("goes on though it was stopped")
def test_a_push_connection_left_behind_tells_nothing(tmp_path, monkeypatch):
    @virtual(push=True)
    async def body(parts):
        released, waits = asyncio.Event(), 0

        async def listen(_self):
            nonlocal waits
            waits += 1
            while not released.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await released.wait()
            return False

        monkeypatch.setattr(Adapter, "listen", listen)
        session = parts.watch(Script())
        await parts.ends(1)
        await asyncio.sleep(70)
        await session.stop()
        released.set()
        await asyncio.sleep(600)
        assert (waits, len(parts.ended())) == (1, 1)

    body(tmp_path)
