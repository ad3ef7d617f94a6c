"""One more worker when places are short, and one fewer after a quiet time. Off unless the settings say otherwise."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from master.api.schema import Worker, WorkerCommand, WorkerConfigCreate
from master.errors import ServiceError
from master.services.settings import SettingsService
from worker.protocol.states import WorkerState
from worker.protocol.texts import text

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 5.0
SHORT_SECONDS: Final = 10.0
"""Places must be short for so long: a restart of a worker is none."""
PREFIX: Final = "extra-"
"""Of the ids of workers that were added here; no other is ever taken away."""
DESCRIPTION: Final = "Added because places were short; goes when it is not needed any more."
FULL: Final = "unassigned_full"
RESERVE: Final = 0.25
"""Share of their places that the others must have left when an extra worker goes."""


class Scaler:
    """Looks at what is short and what is idle. It adds or takes away one worker at a time."""

    def __init__(
        self,
        *,
        accounts: "AccountService",
        workers: "WorkerService",
        settings: SettingsService,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._workers = workers
        self._settings = settings
        self._clock = clock
        self._short_since: float | None = None
        self._idle_since: dict[str, float] = {}

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.look()
            except Exception:
                # The supervisor's guard: a full disk now must not be the end of scaling.
                logger.exception("the number of workers could not be looked at")

    async def look(self) -> None:
        """Look once. A worker that cannot be added or stopped now is tried again the next time."""
        if not self._settings.current.scale_out:
            self._short_since = None
            self._idle_since.clear()
            return
        rows = [row for row in self._workers.rows() if row.deployment_type == "local" and row.enabled]
        try:
            if self._is_short(rows):
                self._idle_since.clear()
                await self._add(rows)
            else:
                await self._take_away(rows)
        except ServiceError as error:
            logger.warning("the number of workers could not be changed: %s", error.text.message)

    # ------------------------------------------------------------ more

    def _is_short(self, rows: list[Worker]) -> bool:
        waiting = any(
            row.worker_id is None and row.assignment_reason is not None and row.assignment_reason.code == FULL
            for row in self._accounts.rows().values()
        )
        return waiting or any(row.over_capacity and self._can_give(row) for row in rows)

    def _can_give(self, worker: Worker) -> bool:
        """Whether another worker would help: what is pinned to this one stays, however many there are."""
        held = [row for row in self._accounts.rows().values() if row.worker_id == worker.worker_id]
        return any(row.pinned_to != worker.worker_id for row in held)

    async def _add(self, rows: list[Worker]) -> None:
        now = self._clock()
        if self._short_since is None:
            self._short_since = now
        settled = all(row.status in (WorkerState.RUNNING, WorkerState.ERROR, WorkerState.STOPPED) for row in rows)
        if now - self._short_since < SHORT_SECONDS or not settled:
            return
        if len(rows) >= self._settings.current.scale_max_workers:
            return
        if any(row.worker_id.startswith(PREFIX) and row.status is WorkerState.ERROR for row in rows):
            # What was added cannot run here: another one could not either.
            return
        self._short_since = None
        worker_id = next(name for number in range(1, 1000) if not self._workers.exists(name := f"{PREFIX}{number}"))
        places = max((row.max_accounts for row in rows), default=500)
        await self._workers.create(
            WorkerConfigCreate(worker_id=worker_id, name=worker_id, description=DESCRIPTION, max_accounts=places)
        )
        logger.info("places are short: %s is added", worker_id)
        self._workers.note(worker_id, "system", text("worker_scaled_out"))
        await self._workers.start(worker_id)

    # ------------------------------------------------------------ fewer

    async def _take_away(self, rows: list[Worker]) -> None:
        self._short_since = None
        now, patience = self._clock(), self._settings.current.scale_idle_minutes * 60
        idle = [row.worker_id for row in rows if row.worker_id.startswith(PREFIX) and self._is_spare(row, rows)]
        self._idle_since = {name: self._idle_since.get(name, now) for name in idle}
        longest = min(self._idle_since, key=lambda name: self._idle_since[name], default=None)
        if longest is None or now - self._idle_since[longest] < patience:
            return
        del self._idle_since[longest]
        logger.info("%s is not needed any more and is taken away", longest)
        self._workers.note(longest, "system", text("worker_scaled_in"))
        await self._workers.stop(longest, WorkerCommand())
        await self._workers.delete(longest)

    def _is_spare(self, extra: Worker, rows: list[Worker]) -> bool:
        """Whether the others that run have places for what it has, and some left."""
        others = [row for row in rows if row.worker_id != extra.worker_id and row.online]
        places = sum(row.max_accounts for row in others)
        held = sum(row.assigned_accounts for row in others) + extra.assigned_accounts
        return bool(others) and held <= places * (1 - RESERVE)
