"""Schedules as a table."""

from PySide6.QtCore import QObject

from desktop.models.accounts import now_ms
from desktop.models.job_words import JobWords
from desktop.models.rows import Column, RowTableModel
from desktop.words import Face, Wording
from master.api.schema import Schedule

NAME, WHEN, NEXT, LAST, STATE, ENABLED = range(6)
"""Columns."""
NEVER = 2**62


class ScheduleTableModel(RowTableModel[Schedule]):
    """All schedules."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        self.wording = wording
        self.words = JobWords(wording)
        super().__init__([], parent)
        self._none = Face("ring", self.tr("Not yet run"), "idle")
        self._faces = {
            True: Face("dot", self.tr("On"), "ok"),
            False: Face("bars", self.tr("Off"), "idle"),
        }
        self.columns = [
            Column(title=self.tr("Schedule"), text=lambda row: row.name),
            Column(title=self.tr("When"), text=self.when),
            Column(
                title=self.tr("Next run"),
                text=lambda row: self.next_words(row, now_ms()),
                sort=lambda row: row.next_at or NEVER,
                right=True,
            ),
            Column(
                title=self.tr("Last run"),
                text=lambda row: wording.clock(row.last_at, now_ms()) if row.last_at is not None else "–",
                sort=lambda row: row.last_at or 0,
                right=True,
            ),
            Column(
                title=self.tr("Result"),
                text=lambda row: self.last_face(row).word,
                sort=lambda row: self.last_face(row).word if row.last_state is not None else "",
            ),
            Column(title=self.tr("Active"), text=lambda row: self.face(row).word, sort=lambda row: not row.enabled),
        ]

    def key_of(self, row: Schedule) -> str:
        """The schedule's id."""
        return row.id

    def search_text(self, row: Schedule) -> str:
        """Its name, its words, its expression."""
        return f"{row.name}\n{self.when(row)}\n{row.cron}\n{row.job.runner}".casefold()

    def when(self, row: Schedule) -> str:
        """Return its expression in words; the expression itself where there are none."""
        return self.wording.pick(row.text) or row.cron

    def next_words(self, row: Schedule, now: int) -> str:
        """Return when it runs next: ``in 4 min``, or the time, or the day."""
        if not row.enabled or row.next_at is None:
            return "–"
        seconds = (row.next_at - now) / 1000
        if seconds < 1:
            return self.tr("now")
        if seconds < 3600:
            return self.tr("in {span}").format(span=self.wording.span(seconds))
        return self.wording.clock(row.next_at, now)

    def face(self, row: Schedule) -> Face:
        """Return how its switch shows."""
        return self._faces[row.enabled]

    def last_face(self, row: Schedule) -> Face:
        """Return how its last run ended."""
        return self._none if row.last_state is None else self.words.state(row.last_state)

    def active(self) -> list[Schedule]:
        """Return those that are switched on."""
        return [row for row in self.values() if row.enabled]

    def tool_tip(self, row: Schedule, column: int) -> str:
        """The expression, the whole moments."""
        if column == WHEN:
            return f"{self.when(row)}\n{row.cron} · {row.time_zone}"
        if column == NEXT:
            return self.wording.moment(row.next_at) if row.enabled else ""
        if column == LAST:
            return self.wording.moment(row.last_at) if row.last_at is not None else ""
        return row.name if column == NAME else ""
