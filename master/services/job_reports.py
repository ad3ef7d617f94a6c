"""What becomes of runs, as their workers tell it: each report may come late, twice, or after a later one."""

import logging
from collections.abc import Callable
from typing import Any, Final

from master.api.jobs import Job
from master.services.job_books import Change, Entry, JobBook
from master.services.job_dispatches import JobDispatcher
from master.services.job_rows import FORCED, end_words, exit_code_of, words_of
from master.services.notifications import NotificationService
from master.store.notifications import NotificationRecord
from master.supervision.job_transitions import JobEvent, event_of, next_state
from worker.protocol.codec import now_ms
from worker.protocol.job_messages import JobEnded, JobReported, JobStarted
from worker.protocol.states import JobReason, JobState, ReservationState
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

LONGEST_DELAY: Final = 3600.0

Notifies = Callable[[Job, JobReason], bool]


def failures_only(job: Job, _reason: JobReason) -> bool:
    """Of jobs that were submitted by hand the failed ones are told."""
    return job.state is JobState.FAILED


class JobReports:
    """Takes reports. Whatever it does not need is acknowledged all the same: it is never told again."""

    def __init__(
        self,
        *,
        book: JobBook,
        dispatcher: JobDispatcher,
        notifications: NotificationService,
        lost: Callable[[], None],
    ) -> None:
        """``lost()`` is called for every job of which nothing was left."""
        self._book = book
        self._dispatcher = dispatcher
        self._notifications = notifications
        self._lost = lost
        self.notifies: Notifies = failures_only
        """Whether the person is told of an end; the schedules decide of theirs."""

    async def reported(self, worker_id: str, message: JobReported) -> None:
        """Note what a worker says of a run."""
        entry = self._book.entries.get(message.job_id)
        if entry is None:
            return  # it ended, or is deleted
        async with entry.lock:
            if not self._counts(entry, message):
                logger.info("%s reports run %d of job %s, which is over", worker_id, message.run, message.job_id)
                return
            entry.noted = True
            if message.ended is not None:
                await self._ended(entry, message.started, message.ended)
            elif message.started is not None:
                await self._started(entry, message.started)
            elif message.never_began:
                await self._never_began(entry)
        self._dispatcher.kick()

    def _counts(self, entry: Entry, message: JobReported) -> bool:
        return entry.record.id in self._book.entries and entry.given and message.run == entry.record.attempts

    async def _started(self, entry: Entry, started: JobStarted) -> None:
        if entry.record.state is not JobState.PENDING:
            return
        job = {
            "state": next_state(entry.record.state, JobEvent.STARTED),
            "started_at": started.at,
            "pid": started.pid,
            "error": None,
            "exit_code": None,
            "result": None,
        }
        await self._book.write(entry, Change(job=job, held=_allocated(started.at)))
        entry.begun += 1

    async def _never_began(self, entry: Entry) -> None:
        """Nothing was started and never will be: it waits again, or ends if that is what somebody wants."""
        if entry.record.state is JobState.RUNNING:
            # It did begin, and the folder that would tell is gone.
            ended = JobEnded(at=now_ms(), started_at=entry.record.started_at, reason=JobReason.LOST)
            await self._ended(entry, None, ended)
        elif entry.record.cancelling:
            await self.cancelled(entry)
        else:
            job = {"state": next_state(entry.record.state, JobEvent.RETURNED), "worker_id": None}
            await self._book.write(entry, Change(job=job, held=_released(now_ms())))
            entry.formerly.clear()
            self._dispatcher.enqueue(entry)

    async def cancelled(self, entry: Entry) -> None:
        """End a job of which nothing runs nor will, as somebody asked for it. Its lock is held."""
        reason = JobReason(entry.record.cancelling.removesuffix(FORCED) or JobReason.CANCELLED)
        now = now_ms()
        job = {
            "state": next_state(entry.record.state, JobEvent.CANCELLED),
            "reason": reason,
            "error": end_words(reason),
            "ended_at": now,
            "not_before_at": None,
        }
        await self._book.write(entry, Change(job=job, held=_released(now) if entry.given else {}))

    # ------------------------------------------------------------ ends

    async def _ended(self, entry: Entry, started: JobStarted | None, ended: JobEnded) -> None:
        record = entry.record
        reason = self._reason(entry, ended.reason)
        state, changes = record.state, self._outcome(ended)
        started_at = started.at if started is not None else ended.started_at
        if state is JobState.PENDING and (started_at is not None or reason is JobReason.OK):
            state = next_state(state, JobEvent.STARTED)
            changes["started_at"] = started_at if started_at is not None else ended.at
            changes["pid"] = started.pid if started is not None else record.pid
        held, begun = _released(ended.at), entry.begun
        if record.state is JobState.PENDING:
            begun += 1
            held["allocated_at"] = started_at if started_at is not None else ended.at
        changes["error"] = words_of(ended, reason)
        delay = self._delay(entry, reason, begun)
        if delay is None:
            changes |= {"state": next_state(state, event_of(reason)), "reason": reason, "ended_at": ended.at}
            told = self._told(entry, changes)
            await self._book.write(entry, Change(job=changes, held=held, told=told))
        else:
            await self._retried(entry, state, changes, held, delay)
        entry.begun = begun
        if reason is JobReason.LOST:
            self._lost()

    async def _retried(
        self, entry: Entry, state: JobState, changes: dict[str, Any], held: dict[str, Any], delay: float
    ) -> None:
        """It waits for its next run, and shows why."""
        changes |= {
            "state": next_state(state, JobEvent.RETRIED),
            "not_before_at": now_ms() + round(delay * 1000),
            "started_at": None,
            "pid": None,
            "worker_id": None,
        }
        await self._book.write(entry, Change(job=changes, held=held))
        entry.formerly.clear()
        self._dispatcher.enqueue(entry)
        self._book.publish(entry)

    def _reason(self, entry: Entry, reason: JobReason) -> JobReason:
        """Return why it ended: one that made place for another says so, not that somebody cancelled it."""
        asked = entry.record.cancelling.removesuffix(FORCED)
        by_hand = reason in (JobReason.CANCELLED, JobReason.KILLED)
        return JobReason.REPLACED if by_hand and asked == JobReason.REPLACED else reason

    def _outcome(self, ended: JobEnded) -> dict[str, Any]:
        return {
            "exit_code": exit_code_of(ended),
            "peak_memory_bytes": ended.peak_memory_bytes,
            "stdout_bytes": ended.stdout_bytes,
            "stderr_bytes": ended.stderr_bytes,
            "left_bytes": ended.left_bytes,
            "stragglers": ended.stragglers,
            "result": ended.result,
        }

    def _delay(self, entry: Entry, reason: JobReason, begun: int) -> float | None:
        """Return the seconds until its next run, None when there is to be none. What was cancelled stays so."""
        retry = entry.record.template.retry
        if retry is None or entry.record.cancelling or event_of(reason) is not JobEvent.FAILED:
            return None
        if reason not in retry.reasons or begun >= retry.attempts:
            return None
        return min(retry.delay_seconds * 2.0 ** min(max(begun - 1, 0), 20), LONGEST_DELAY)

    def _told(self, entry: Entry, changes: dict[str, Any]) -> NotificationRecord | None:
        """Return what the person is told of an end, to be stored with it."""
        if changes["state"] is JobState.CANCELLED:
            return None
        job = self._book.row_after(entry, changes)
        reason: JobReason = changes["reason"]
        if not self.notifies(job, reason):
            return None
        failed = job.state is JobState.FAILED
        state, why = self._notifications.fate(text("told_job"))
        return NotificationRecord(
            kind="job",
            job_id=job.id,
            title=text("notify_job_failed" if failed else "notify_job_completed", name=job.name),
            text=job.error.message if job.error is not None else "",
            detail=job.error,
            state=state,
            reason=why,
            created_at=now_ms(),
        )


def _allocated(at: int) -> dict[str, Any]:
    return {"state": ReservationState.ALLOCATED, "allocated_at": at}


def _released(at: int) -> dict[str, Any]:
    return {"state": ReservationState.RELEASED, "released_at": at}
