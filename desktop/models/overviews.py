"""What the overview says: is everything all right, what needs the person, what comes next, what the start found.

It has no rows of its own: it looks at the other models, at most once a second, and at the master's answer.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.models.account_surveys import AccountSurvey, PlatformCounts, survey
from desktop.models.hub import Models
from desktop.models.need_rows import Need
from desktop.models.needs import NeedList
from desktop.models.rows import natural_key
from desktop.words import Wording
from master.api.overviews import Overview
from master.api.schema import Job, Recovery, Schedule
from worker.protocol.states import AccountState, JobState, WorkerState

MOST_UNREAD = 3
"""Accounts that are named with their unread items."""
NEXT = 5
"""Runs of schedules."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """How all is at one moment."""

    accounts: AccountSurvey
    needs: list[Need]
    sentence: str
    calm: str
    """What stands where nothing needs the person."""


class OverviewModel(QObject):
    """``overview`` is the master's last answer; jobs that were told of since are taken over from :meth:`take_job`."""

    def __init__(self, models: Models, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models, self._wording = models, wording
        self._needs = NeedList(models, wording, self)
        self.overview: Overview | None = None
        self._running: dict[str, Job] = {}

    def take(self, overview: Overview) -> None:
        """Take the master's answer."""
        self.overview = overview
        self._running = {job.id: job for job in overview.running}

    def take_job(self, job: Job) -> None:
        """Take over how a job is now."""
        if job.state is JobState.RUNNING:
            self._running[job.id] = job
        else:
            self._running.pop(job.id, None)

    # -- what there is to see

    def look(self, now: int) -> Picture:
        """Return how all is at ``now`` (UTC ms)."""
        found = survey(self._models.accounts.values(), MOST_UNREAD)
        return Picture(
            accounts=found,
            needs=self._needs.rows(found, self.overview, now),
            sentence=self._sentence(found, now),
            calm=self._calm(found, now),
        )

    def platforms(self, found: AccountSurvey) -> list[PlatformCounts]:
        """Return the platforms in use, those with most accounts first."""
        return sorted(found.platforms.values(), key=lambda row: (-row.total, natural_key(row.platform)))

    def next_runs(self) -> list[Schedule]:
        """Return the schedules that run next, each once."""
        rows = [row for row in self._models.schedules.values() if row.enabled and row.next_at is not None]
        return sorted(rows, key=lambda row: (row.next_at or 0, natural_key(row.name)))[:NEXT]

    def running(self) -> list[Job]:
        """Return the jobs that run, the newest first."""
        return sorted(self._running.values(), key=lambda job: -(job.started_at or job.submitted_at))

    def recovery_words(self, report: Recovery, now: int) -> str:
        """Return one line of what the last start found, at ``now`` (UTC ms)."""
        parts = [self.tr("Started at {time}").format(time=self._wording.clock(report.at, now))]
        if not report.clean:
            parts.append(self.tr("the master before ended without warning"))
        said = [self._wording.say(one.text) for one in report.repairs if one.repaired]
        return " · ".join([*parts, *(said or [self.tr("nothing had to be repaired")])])

    # -- sentences

    def _sentence(self, found: AccountSurvey, now: int) -> str:
        models = self._models
        if models.accounts.load_status.state != "ready" or models.workers.load_status.state != "ready":
            return ""
        if not found.total:
            return self.tr("Nothing is watched yet.")
        parts, running = self._troubles(found), models.workers.running()
        if not running:
            parts.insert(0, self.tr("Nothing is watched: no worker runs"))
        elif not parts:  # what is wrong is worth more than how much is right
            parts.append(self._watched(found, running))
        if paused := found.states[AccountState.PAUSED]:
            parts.append(self.tr("%n paused", "", paused))
        if models.unread:
            parts.append(self.tr("%n unread", "", models.unread))
        if running and found.last_checked_at is not None:
            parts.append(self._last_check(found.last_checked_at, now))
        return " · ".join(parts)

    def _troubles(self, found: AccountSurvey) -> list[str]:
        states = found.states
        parts = [
            words
            for count, words in (
                (len(found.sign_ins), self.tr("%n need(s) sign-in", "", len(found.sign_ins))),
                (states[AccountState.UNREACHABLE], self.tr("%n unreachable", "", states[AccountState.UNREACHABLE])),
                (states[AccountState.STALE], self.tr("%n stale", "", states[AccountState.STALE])),
            )
            if count
        ]
        for row in self._models.workers.ordered():
            if row.status is WorkerState.ERROR:
                parts.append(self.tr("{worker} gave up").format(worker=row.name))
            elif row.status is WorkerState.RUNNING and row.health == "dead":
                parts.append(self.tr("{worker} does not answer").format(worker=row.name))
        if self.overview is not None and self.overview.failed_total:
            parts.append(self.tr("%n job(s) failed", "", self.overview.failed_total))
        return parts

    def _watched(self, found: AccountSurvey, running: int) -> str:
        number = self._wording.number
        by = self.tr("by %n worker(s)", "", running)
        if found.watched == found.total:
            watched = self.tr("All %n account(s) are watched", "", found.total)
        else:
            watched = self.tr("{watched} of {total} accounts are watched").format(
                watched=number(found.watched), total=number(found.total)
            )
        return f"{watched} {by}"

    def _last_check(self, at: int, now: int) -> str:
        if now - at < 1000:
            return self.tr("last check just now")
        return self.tr("last check {age} ago").format(age=self._wording.ago(at, now))

    def _calm(self, found: AccountSurvey, now: int) -> str:
        if found.last_checked_at is None:
            return self.tr("The first check is on its way.")
        if now - found.last_checked_at < 1000:
            return self.tr("Last check just now.")
        return self.tr("Last check {age} ago, at {time}.").format(
            age=self._wording.ago(found.last_checked_at, now), time=self._wording.moment(found.last_checked_at)
        )
