"""Signs of life: the pulse that renews the lease, and the heartbeat that says how the worker is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.worker_messages import (
    Heartbeat,
    HeartbeatAcknowledged,
    Holding,
    Pulse,
    PulseAcknowledged,
    WorkerRegistered,
)
from worker.runtime.leases import Lease
from worker.runtime.ledger import Ledger
from worker.runtime.link import LinkDownError, Master
from worker.runtime.stats import Stats
from worker.runtime.tasks import Tasks

logger = logging.getLogger(__name__)

PULSE_TIMEOUT: Final = 5.0
MISSED: Final = 3
"""Unanswered pulses in a row after which the connection is given up."""
SHORTEST_SECONDS: Final = 0.05


class Reconnecting(Master, Protocol):
    """A link that can be told to give its connection up."""

    def reconnect(self, why: str) -> None:
        """Connect anew."""


class Heart:
    """Beats while the worker runs, on the loop that does the work: a blocked loop is seen."""

    def __init__(
        self,
        link: Reconnecting,
        lease: Lease,
        stats: Stats,
        ledger: Ledger,
        tasks: Tasks,
        holding: Callable[[], list[Holding]],
        mend: Callable[[HeartbeatAcknowledged], Awaitable[None]],
    ) -> None:
        self._link = link
        self._lease = lease
        self._stats = stats
        self._ledger = ledger
        self._tasks = tasks
        self._holding = holding
        self._mend = mend
        self._pulse_seconds = 0.5
        self._heartbeat_seconds = 10.0
        self._sequence = 0
        self._missed = 0
        self._process: Any = None
        self._cpu_percent = 0.0
        self._rss_bytes = 0

    def registered(self, answer: WorkerRegistered, sent_at: float) -> None:
        """Take over how often to beat; the registration, sent at ``sent_at``, counts as a pulse."""
        self._pulse_seconds = max(answer.pulse_seconds, SHORTEST_SECONDS)
        self._heartbeat_seconds = max(answer.heartbeat_seconds, SHORTEST_SECONDS)
        self._missed = 0
        self._lease.renew(sent_at, answer.lease_ms)

    async def pulse(self) -> None:
        """Pulse for ever. Pulses do not wait for each other: a slow answer delays none."""
        while True:
            await self._link.up()
            self._sequence += 1
            self._tasks.spawn(self._pulse_once(self._sequence), "pulse")
            await asyncio.sleep(self._pulse_seconds)

    async def beat(self) -> None:
        """Send heartbeats for ever."""
        while True:
            await self._link.up()
            try:
                await self.beat_once()
            except Exception:
                # The guard of the beat: one that fails must not be the last.
                logger.exception("a heartbeat failed")
            await asyncio.sleep(self._heartbeat_seconds)

    async def beat_once(self) -> None:
        """Send one heartbeat and mend what the answer says differs."""
        try:
            answer = await self._link.request(self._heartbeat(), HeartbeatAcknowledged)
            if answer.heartbeat_seconds is not None:
                self._heartbeat_seconds = max(answer.heartbeat_seconds, SHORTEST_SECONDS)
            if answer.assign or answer.revoke:
                await self._mend(answer)
        except (LinkDownError, ProtocolError) as error:
            logger.info("a heartbeat was not heard, or its answer not taken: %s", error)

    async def _pulse_once(self, sequence: int) -> None:
        sent_at = self._lease.now()
        try:
            answer = await self._link.request(Pulse(sequence=sequence), PulseAcknowledged, PULSE_TIMEOUT)
        except LinkDownError:
            if self._link.connected:
                self._missed += 1
                if self._missed >= MISSED:
                    self._missed = 0
                    self._link.reconnect(f"{MISSED} pulses were not answered")
            return
        except ProtocolError as error:
            # It hears us, yet does not know us, or gave to others what we have: only a new registration helps.
            self._lease.end()
            self._link.reconnect(f"a pulse was refused: {error.message}")
            return
        self._missed = 0
        self._stats.round_trip_ms = round((self._lease.now() - sent_at) * 1000, 3)
        self._lease.renew(sent_at, answer.lease_ms)

    def _measure(self) -> None:
        """Note the processor's share since the last time, and the memory; what cannot be read stays as it was."""
        import psutil  # 10 ms that the registration need not wait for

        try:
            if self._process is None:
                self._process = psutil.Process()
            self._cpu_percent = self._process.cpu_percent(None)
            self._rss_bytes = self._process.memory_info().rss
        except (psutil.Error, OSError) as error:
            # No file may be opened any more, say: that the worker lives is to be told all the same.
            logger.warning("processor and memory cannot be read: %s", error)

    def _heartbeat(self) -> Heartbeat:
        self._measure()
        holding, stats = self._holding(), self._stats
        return Heartbeat(
            at=now_ms(),
            cpu_percent=self._cpu_percent,
            rss_bytes=self._rss_bytes,
            accounts=len(holding),
            active_checks=stats.active,
            errors=stats.errors,
            checks=stats.checks,
            items=stats.items,
            backlog=self._ledger.total_backlog(),
            round_trip_ms=stats.round_trip_ms,
            holding=holding,
        )
