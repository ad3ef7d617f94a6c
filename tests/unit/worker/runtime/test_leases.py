"""The lease counts from sending what was acknowledged."""

import asyncio

from worker.protocol.clocks import elapsed_seconds
from worker.runtime.leases import Lease


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_it_counts_from_the_sending():
    clock = Clock()
    lease = Lease(clock)
    assert not lease.holds()
    lease.renew(99.0, 1500)
    assert lease.holds()
    clock.now = 100.49
    assert lease.holds()
    clock.now = 100.5
    assert not lease.holds()


def test_an_old_acknowledgement_shortens_nothing():
    clock = Clock()
    lease = Lease(clock)
    lease.renew(100.0, 1500)
    lease.renew(90.0, 1500)
    clock.now = 101.4
    assert lease.holds()


async def test_who_waits_goes_on_when_it_holds_again():
    clock = Clock()
    lease = Lease(clock)
    waiting = asyncio.ensure_future(lease.held())
    await asyncio.sleep(0)
    lease.renew(50.0, 1500)
    await asyncio.sleep(0)
    assert not waiting.done()
    lease.renew(100.0, 1500)
    await asyncio.wait_for(waiting, 60)


def test_the_clock_runs():
    assert elapsed_seconds() <= elapsed_seconds()
