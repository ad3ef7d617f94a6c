"""What the person is told of schedules."""

from collections.abc import Sequence

from master.api.jobs import Job
from master.services.notifications import NotificationService
from master.services.schedule_books import Entry, ScheduleBook
from master.store.engine import Connection
from master.store.notifications import NotificationRecord
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import Text, text


class ScheduleNotices:
    """Makes notifications, to be stored with their cause and then told; each schedule says which it wants."""

    def __init__(self, notifications: NotificationService, book: ScheduleBook) -> None:
        self._notifications = notifications
        self._book = book

    def missed(self, entry: Entry, count: int, *, more: bool) -> list[NotificationRecord]:
        """Moments were missed, and nothing makes up for them."""
        if not count or "did_not_run" not in entry.record.notify:
            return []
        code = "schedule_told_missed_more" if more else "schedule_told_missed"
        return [self._record(text(code, name=entry.record.name, count=count))]

    def not_started(self, entry: Entry, why: Text) -> list[NotificationRecord]:
        """A run was refused; told once until one is started again."""
        if "did_not_start" not in entry.record.notify:
            return []
        title = text("schedule_told_not_started", name=entry.record.name)
        return [self._record(title, why, dedupe=_not_started(entry.record.id))]

    def started(self, conn: Connection, schedule_id: str) -> None:
        """A run was started: the next that is refused is told again."""
        self._notifications.store.forget_dedupe(conn, _not_started(schedule_id))

    def too_long(self, entry: Entry, job: Job) -> list[NotificationRecord]:
        """A run takes longer than it should."""
        title = text("schedule_told_long", name=entry.record.name, seconds=entry.record.long_seconds or 0)
        return [self._record(title, job_id=job.id, dedupe=f"job_long:{job.id}")]

    def ends(self, job: Job, _reason: JobReason) -> bool:
        """Tell whether the end of a job is told: the schedule says so, else failures are."""
        entry = self._book.entries.get(job.schedule_id or "")
        if entry is None:
            return job.state is JobState.FAILED
        wanted = {JobState.FAILED: "failure", JobState.COMPLETED: "success"}.get(job.state)
        return wanted in entry.record.notify

    def store(self, conn: Connection, records: Sequence[NotificationRecord]) -> list[NotificationRecord]:
        """Write them in the transaction of their cause; return what is to be told after it."""
        return self._notifications.store.insert(conn, records)

    def announce(self, records: Sequence[NotificationRecord]) -> None:
        """Tell everybody."""
        self._notifications.announce(records)

    def _record(
        self, title: Text, detail: Text | None = None, *, job_id: str | None = None, dedupe: str = ""
    ) -> NotificationRecord:
        return self._notifications.record("job", text("told_schedule"), title, detail, job_id=job_id, dedupe=dedupe)


def _not_started(schedule_id: str) -> str:
    return f"schedule_not_started:{schedule_id}"
