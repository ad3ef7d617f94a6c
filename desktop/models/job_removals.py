"""Jobs that a person deleted: hidden at once, deleted a while later, so that it can be undone until then."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.models.jobs import JobTableModel
from master.api.accounts import UNDO_SECONDS
from master.api.client import ApiError
from master.api.schema import Job

GONE: Final = 404
END_SECONDS: Final = 2.0
"""Longest that the end of the window waits for what is still to be deleted."""

Run = Callable[[Coroutine[Any, Any, Any]], object]


class JobRemovals(QObject):
    """What a job printed cannot be made again: so nothing is asked of the master before the time to undo is over."""

    hidden = Signal(str)
    """The job with this id is seen no more."""

    def __init__(self, bridge: Bridge, run: Run, jobs: JobTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._run, self._jobs = bridge, run, jobs
        self._timers: dict[QTimer, list[str]] = {}

    def remove(self, jobs: Iterable[Job]) -> list[str]:
        """Hide these, and delete them later; return their ids."""
        return self._hide(jobs, UNDO_SECONDS * 1000)

    def _hide(self, jobs: Iterable[Job], milliseconds: int) -> list[str]:
        ids = []
        for job in jobs:
            self._jobs.hide(job)
            self.hidden.emit(job.id)
            ids.append(job.id)
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(lambda: self._over(timer))
        self._timers[timer] = ids
        timer.start()
        return ids

    def take_over(self, before: "JobRemovals") -> list[list[str]]:
        """Hide here what waits there, each for what is left of its time; return the ids, as they were deleted.

        Nothing waits there any more: whoever speaks another language goes on where this one was left.
        """
        taken = []
        for timer in list(before._timers):
            left = max(timer.remainingTime(), 0)
            jobs = [job for one in before._drop(timer) if (job := before._jobs.hidden(one)) is not None]
            if jobs:
                taken.append(self._hide(jobs, left))
        return taken

    def give_back(self, ids: Iterable[str]) -> list[str]:
        """Show them again; return those for which it is too late."""
        wanted = list(ids)
        for timer, waiting in list(self._timers.items()):
            self._jobs.show_again([one for one in waiting if one in wanted])
            waiting[:] = [one for one in waiting if one not in wanted]
            if not waiting:
                self._drop(timer)
        return [one for one in wanted if self._jobs.get(one) is None]

    def close(self) -> None:
        """The window goes: delete now what is to be deleted."""
        for timer in list(self._timers):
            self._over(timer)

    async def finish(self) -> None:
        """Delete now what is to be deleted; what cannot be in so short a time is there again at the next start."""
        ids = [one for timer in list(self._timers) for one in self._drop(timer)]
        with contextlib.suppress(ApiError, TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                for job_id in ids:
                    await self._delete_one(job_id)

    def _drop(self, timer: QTimer) -> list[str]:
        timer.stop()
        timer.deleteLater()
        return self._timers.pop(timer)

    def _over(self, timer: QTimer) -> None:
        if ids := self._drop(timer):
            self._run(self._delete(ids))

    async def _delete(self, ids: list[str]) -> None:
        """What is refused is shown again, with why."""
        for position, job_id in enumerate(ids):
            try:
                await self._delete_one(job_id)
            except ApiError:
                self._jobs.show_again(ids[position:])
                raise
            self._jobs.forget(job_id)

    async def _delete_one(self, job_id: str) -> None:
        """Somebody else may have deleted it."""
        try:
            await self._bridge.call(self._bridge.client.delete_job(job_id))
        except ApiError as error:
            if error.status != GONE:
                raise
