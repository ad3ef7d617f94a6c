"""Pulses renew the lease, heartbeats mend differences, silence makes a new connection."""

import asyncio

import psutil
import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.virtual_time import run_virtually
from tests.helpers.worker_parts import Parts
from worker.protocol.states import ErrorCode
from worker.protocol.worker_messages import Heartbeat, HeartbeatAcknowledged, Holding, Pulse, WorkerRegistered
from worker.runtime.heartbeat import Heart
from worker.runtime.leases import Lease


def run(tmp_path, body):
    async def all_of_it():
        async with Parts(tmp_path) as parts:
            loop = asyncio.get_running_loop()
            parts.lease = Lease(loop.time)
            parts.mended = []

            async def mend(answer):
                parts.mended.append(answer)

            heart = Heart(
                parts.link,
                parts.lease,
                parts.stats,
                parts.ledger,
                parts.tasks,
                lambda: [Holding(account_id="a1", epoch=1)],
                mend,
            )
            registered = WorkerRegistered(
                generation="g", heartbeat_seconds=10, pulse_seconds=0.5, lease_ms=1500, assignments=[]
            )
            heart.registered(registered, loop.time())
            await body(parts, heart)

    run_virtually(all_of_it())


def test_pulses_renew_the_lease_and_measure_the_round_trip(tmp_path):
    async def body(parts, heart):
        parts.link.slow = 0.2
        parts.tasks.spawn(heart.pulse(), "pulse")
        for _ in range(40):
            await asyncio.sleep(0.25)
            assert parts.lease.holds()
        assert parts.stats.round_trip_ms == 200
        sequences = [pulse.sequence for pulse in parts.master.of(Pulse)]
        assert sequences == list(range(1, len(sequences) + 1))
        assert 18 <= len(sequences) <= 21

    run(tmp_path, body)


def test_a_slow_answer_delays_no_pulse(tmp_path):
    async def body(parts, heart):
        parts.link.slow = 3.0
        parts.tasks.spawn(heart.pulse(), "pulse")
        await asyncio.sleep(10)
        assert len(parts.master.of(Pulse)) >= 13
        assert parts.link.reconnects == []
        assert not parts.lease.holds()

    run(tmp_path, body)


def test_unanswered_pulses_give_the_connection_up(tmp_path):
    async def body(parts, heart):
        parts.master.deaf.add(Pulse)
        parts.tasks.spawn(heart.pulse(), "pulse")
        await asyncio.sleep(5.9)
        assert parts.link.reconnects == []
        await asyncio.sleep(0.5)
        assert len(parts.link.reconnects) == 1

    run(tmp_path, body)


def test_a_refused_pulse_registers_again(tmp_path):
    async def body(parts, heart):
        parts.master.refusals[Pulse] = lambda _: (ErrorCode.INVALID_PAYLOAD, "register first")
        parts.tasks.spawn(heart.pulse(), "pulse")
        await asyncio.sleep(0.1)
        assert "register first" in parts.link.reconnects[0]
        assert not parts.lease.holds()

    run(tmp_path, body)


def test_heartbeats_say_how_it_is_and_mend_what_differs(tmp_path):
    async def body(parts, heart):
        parts.stats.checks, parts.stats.errors = 7, 2
        await heart.beat_once()
        beat = parts.master.of(Heartbeat)[0]
        assert (beat.checks, beat.errors, beat.accounts, beat.backlog) == (7, 2, 1, 0)
        assert beat.rss_bytes > 1_000_000
        assert parts.mended == []
        answer = HeartbeatAcknowledged(assign=[assignment("new")])
        parts.master._reply = lambda _: answer
        await heart.beat_once()
        assert parts.mended == [answer]
        parts.link.cut()
        await heart.beat_once()

    run(tmp_path, body)


def test_a_changed_rhythm_reaches_a_running_worker(tmp_path):
    async def body(parts, heart):
        parts.tasks.spawn(heart.beat(), "beat")
        await asyncio.sleep(25)
        before = len(parts.master.of(Heartbeat))
        parts.master.next_heartbeat_seconds = 2.0
        await asyncio.sleep(30)
        assert before == 3
        assert len(parts.master.of(Heartbeat)) - before >= 10

    run(tmp_path, body)


@pytest.mark.expects_log("cannot be read")
def test_a_worker_that_cannot_measure_itself_tells_that_it_lives(tmp_path, monkeypatch):
    def no_files(_process):
        raise OSError(24, "Too many open files")

    async def body(parts, heart):
        await heart.beat_once()
        known = parts.master.of(Heartbeat)[0].rss_bytes
        with monkeypatch.context() as patched:
            patched.setattr(psutil.Process, "memory_info", no_files)
            await heart.beat_once()
        assert [beat.rss_bytes for beat in parts.master.of(Heartbeat)] == [known, known]

    run(tmp_path, body)


@pytest.mark.expects_log("a heartbeat failed")
def test_a_heartbeat_that_fails_is_not_the_last(tmp_path):
    async def body(parts, heart):
        async def broken(_answer):
            raise ValueError("a fault of ours")

        heart._mend = broken
        parts.master._reply = lambda _: HeartbeatAcknowledged(assign=[assignment("new")])
        parts.tasks.spawn(heart.beat(), "beat")
        await asyncio.sleep(25)
        assert len(parts.master.of(Heartbeat)) == 3

    run(tmp_path, body)
