"""Jobs as a table: the pages of a filter that were asked for, patched from events; older ones come by scrolling."""

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QObject, Signal

from desktop.models.accounts import Badge, now_ms
from desktop.models.job_words import JobWords, has_ended
from desktop.models.rows import AnyIndex, Column, RowTableModel
from desktop.theme import GREY
from desktop.words import Wording
from master.api.schema import Job
from worker.protocol.manifest import Manifest
from worker.protocol.states import JobState

STATE, NAME, RUNNER, WORKER, SUBMITTED, DURATION, RESULT = range(7)
"""Columns."""
ORDER = (JobState.RUNNING, JobState.PENDING, JobState.FAILED, JobState.CANCELLED, JobState.COMPLETED)
"""States as they are sorted."""


class JobTableModel(RowTableModel[Job]):
    """The jobs of ``wanted_state`` whose name or runner contains ``query``; rows that do not fit are hidden."""

    more_wanted = Signal()
    """The end was reached, and there is another page."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        self.wording = wording
        self.words = words = JobWords(wording)
        self.wanted_state: JobState | None = None
        self.query = ""
        self.next_cursor: str | None = None
        self._asked = False
        self._hidden: dict[str, Job] = {}
        """Jobs that a person deleted, as long as that can be undone."""
        self._titles: dict[str, str] = {}
        self._badges: dict[str, Badge] = {}
        super().__init__([], parent)
        self.columns = [
            Column(
                title=self.tr("State"), text=lambda row: words.face(row).word, sort=lambda row: ORDER.index(row.state)
            ),
            Column(title=self.tr("Job"), text=lambda row: row.name),
            Column(title=self.tr("Runner"), text=lambda row: self.runner_title(row.runner)),
            Column(title=self.tr("Worker"), text=lambda row: row.worker_id or "–"),
            Column(
                title=self.tr("Submitted"),
                text=lambda row: wording.clock(row.submitted_at, now_ms()),
                sort=lambda row: row.submitted_at,
                right=True,
            ),
            Column(
                title=self.tr("Duration"),
                text=lambda row: words.duration(row, now_ms()),
                sort=lambda row: words.milliseconds(row, now_ms()) or 0,
                right=True,
            ),
            Column(title=self.tr("Result"), text=words.result),
        ]

    def learn(self, manifests: Iterable[Manifest]) -> None:
        """Take in the titles of the runners."""
        for one in manifests:
            self._titles[one.id] = self.wording.pick(one.title)
            self._badges[one.id] = Badge(one.icon, one.color, self._titles[one.id])
        self.touch()

    def runner_title(self, runner: str) -> str:
        """Return the title of a runner; its id while none is known."""
        return self._titles.get(runner, runner)

    def runner_badge(self, runner: str) -> Badge:
        """Return the square of a runner; grey while it is not known."""
        return self._badges.get(runner) or Badge(runner[:1].upper() or "?", GREY, runner)

    def badge(self, job: Job) -> Badge:
        """Return the square of its runner."""
        return self.runner_badge(job.runner)

    def key_of(self, row: Job) -> str:
        """The job's id."""
        return row.id

    def search_text(self, row: Job) -> str:
        """What the master looks in too."""
        return f"{row.name}\n{row.runner}".casefold()

    # -- deleted, as far as a person sees

    def is_hidden(self, job_id: str) -> bool:
        """A person deleted it a moment ago."""
        return job_id in self._hidden

    def hidden(self, job_id: str) -> Job | None:
        """Return a job that a person deleted a moment ago, as it is now."""
        return self._hidden.get(job_id)

    def hide(self, job: Job) -> None:
        """Show it no more, whatever the master tells of it."""
        self._hidden[job.id] = job
        self.remove(job.id)
        self.settle()

    def show_again(self, ids: Iterable[str]) -> None:
        """Show them as they are now."""
        for job_id in ids:
            if (job := self._hidden.pop(job_id, None)) is not None:
                self.upsert(job)
        self.settle()

    def forget(self, job_id: str) -> None:
        """It is deleted."""
        self._hidden.pop(job_id, None)

    def upsert(self, row: Job) -> None:
        """Add a job or replace the one with its id; of a hidden one only remember how it is."""
        if row.id in self._hidden:
            self._hidden[row.id] = row
        else:
            super().upsert(row)

    def replace_all(self, rows: Iterable[Job]) -> None:
        """Show these rows and no other."""
        super().replace_all(row for row in rows if row.id not in self._hidden)

    # -- pages

    @property
    def narrowed(self) -> bool:
        """Only some jobs are asked for."""
        return bool(self.query) or self.wanted_state is not None

    def narrow(self, state: JobState | None, query: str) -> None:
        """Show only these from now on; their first page comes by :meth:`replace_page`."""
        self.wanted_state, self.query = state, query.strip()
        self.next_cursor = None
        self._asked = True

    def replace_page(self, rows: list[Job], next_cursor: str | None) -> None:
        """Show the first page of what is asked for."""
        self.next_cursor, self._asked = next_cursor, False
        self.replace_all(rows)

    def append_page(self, rows: list[Job], next_cursor: str | None) -> None:
        """Add an older page. What an event told before stays: it is newer."""
        self.next_cursor, self._asked = next_cursor, False
        fresh = [row for row in rows if row.id not in self._rows and row.id not in self._hidden]
        self._rows.update((row.id, row) for row in fresh)
        shown = [row.id for row in fresh if self._fits(row)]
        if shown:  # never a reset: the table would jump to its top
            self.beginInsertRows(QModelIndex(), len(self._order), len(self._order) + len(shown) - 1)
            self._order.extend(shown)
            self._index()
            self.endInsertRows()
            wanted = self._wanted_order()
            if wanted != self._order:
                self._reorder(wanted)
        self.settled.emit()

    def page_failed(self) -> None:
        """The next page did not come; it may be asked for again."""
        self._asked = False

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """There is another page, and it was not asked for yet."""
        return not parent.isValid() and self.next_cursor is not None and not self._asked

    def fetchMore(self, parent: AnyIndex) -> None:
        """Ask for it."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

    # -- what is shown

    def running(self) -> list[Job]:
        """Return those of the loaded ones that run."""
        return [row for row in self.values() if row.state is JobState.RUNNING]

    def tool_tip(self, row: Job, column: int) -> str:
        """The whole moment, the whole sentence."""
        if column == SUBMITTED:
            return self.wording.moment(row.submitted_at)
        if column == RESULT:
            return self.words.ended(row) or self.words.result(row)
        if column == NAME:
            return row.name
        if column == DURATION and row.started_at is not None:
            end = f" – {self.wording.moment(row.ended_at)}" if has_ended(row) else ""
            return self.wording.moment(row.started_at) + end
        return ""

    def _fits(self, row: Job) -> bool:
        wanted = self.wanted_state is None or row.state is self.wanted_state
        return wanted and self.query.casefold() in self.search_text(row)

    def _wanted_order(self) -> list[str]:
        return [key for key in super()._wanted_order() if self._fits(self._rows[key])]
