"""Between the moment a check is due and its first request the lease may end: then nobody is asked anything."""

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from tests.helpers.scripted.adapter import Script, lines
from tests.helpers.worker_parts import virtual
from worker.protocol.states import CheckOutcome
from worker.runtime.gates import Gate, LeaseEndedError
from worker.sdk.places import REQUESTS_A_HOST, here
from worker.sdk.platform import Context, Poll

FAR = 10.0**7
"""Long past the lease that the parts of a worker begin with."""


class Requests:
    """A platform that asks one host, once or more a check, as adapters do: with a place, when it has one."""

    def __init__(self, count: int = 1, after_each: Callable[[], None] = lambda: None) -> None:
        self.sent = 0
        self.context: Context | None = None
        self._count = count
        self._after_each = after_each

    async def __call__(self, _cursor):
        assert self.context is not None
        for _ in range(self._count):
            async with here().request("host", self.context):
                self.sent += 1
            self._after_each()
        return Poll(items=lines("one"))

    def watch(self, parts, **fields):
        """Start a session that asks."""
        script = Script(self, self)
        session = parts.watch(script, **fields)
        ready = session._watch._ready

        def remember():
            adapter = ready()
            self.context = adapter.context
            return adapter

        session._watch._ready = remember
        return script


async def full_house(context):
    """Take all places of the host; returns what gives them back."""
    stack = contextlib.AsyncExitStack()
    for _ in range(REQUESTS_A_HOST):
        await stack.enter_async_context(here().request("host", context))
    return stack


class Anybody:
    """Somebody whose requests go out."""

    def about_to_ask(self):
        """They do."""


@virtual()
async def test_a_check_whose_place_comes_after_the_lease_asks_nobody(parts):
    others = await full_house(Anybody())
    requests = Requests()
    script = requests.watch(parts)
    await asyncio.sleep(1)
    assert len(script.times) == 1
    parts.now = FAR
    await others.aclose()
    await asyncio.sleep(600)
    assert (requests.sent, parts.ended(), len(script.times)) == (0, [], 1)
    parts.lease.renew(parts.now, 10**9)
    ended = await parts.ends(1)
    assert (requests.sent, ended[0].found, ended[0].outcome) == (1, 1, CheckOutcome.OK)


@virtual()
async def test_a_check_that_has_asked_may_ask_on_past_the_lease(parts):
    def lease_ends():
        parts.now = FAR

    requests = Requests(count=3, after_each=lease_ends)
    requests.watch(parts)
    assert (await parts.ends(1))[0].outcome is CheckOutcome.OK
    assert requests.sent == 3


@virtual()
async def test_a_disk_that_answers_after_the_lease_begins_nothing(parts):
    begin, slow = parts.ledger.begin, asyncio.Event()

    async def begins_late(assignment):
        await slow.wait()
        return await begin(assignment)

    parts.ledger.begin = begins_late
    script = Script(Poll(items=lines("one")))
    parts.watch(script)
    await asyncio.sleep(1)
    parts.now = FAR
    slow.set()
    await asyncio.sleep(600)
    assert (script.times, parts.ended()) == ([], [])
    parts.lease.renew(parts.now, 10**9)
    assert (await parts.ends(1))[0].found == 1


@virtual()
async def test_past_the_lease_no_further_page_is_asked_for_and_none_is_lost(parts):
    async def first(_cursor):
        parts.now = FAR
        return Poll(items=lines("1"), cursor="p1", more=True)

    script = Script(first, Poll(items=lines("2"), cursor="p2"))
    parts.watch(script)
    await asyncio.sleep(600)
    assert script.cursors == [None]
    parts.lease.renew(parts.now, 10**9)
    await parts.ends(2)
    assert script.cursors[:2] == [None, "p1"]
    assert [key for *_, key, _ in parts.master.delivered] == ["1", "2"]


def test_outside_of_a_check_no_lease_is_needed():
    gate = Gate(lambda: False)
    gate.ask()
    with gate, pytest.raises(LeaseEndedError):
        gate.ask()
    gate.ask()


def test_what_has_begun_is_not_held_up():
    holds = [True]
    gate = Gate(lambda: holds[0])
    with gate:
        gate.look()
        gate.ask()
        holds[0] = False
        gate.ask()
        gate.look()
    with gate, pytest.raises(LeaseEndedError):
        gate.look()
