"""Alerts as a table: what is wrong now first, then what was."""

from PySide6.QtCore import QObject

from desktop.models.accounts import now_ms
from desktop.models.rows import Column, RowTableModel
from desktop.words import Wording
from master.api.schema import Alert

LEVEL, TITLE, SUBJECT, SINCE, STATE = range(5)
"""Columns."""
OPEN, HISTORY, ALL = "open", "history", "all"
"""What is shown."""
MOST_OVER = 1000
"""So many of those that are over are kept: a window stays open for months."""
WORKER_KINDS = frozenset(
    {
        "worker_crashed",
        "worker_gave_up",
        "worker_silent",
        "heartbeat_lost",
        "worker_cpu",
        "worker_memory",
        "error_rate",
        "backlog",
    }
)
ACCOUNT_KINDS = frozenset({"account_login_needed", "account_unreachable", "account_stale", "account_expiring"})


def is_open(alert: Alert) -> bool:
    """Whether what it tells of goes on."""
    return alert.cleared_at is None


def is_silenced(alert: Alert, now: int) -> bool:
    """Whether nothing is told of it at ``now`` (UTC milliseconds)."""
    return alert.silenced_until_at is not None and alert.silenced_until_at > now


class AlertTableModel(RowTableModel[Alert]):
    """All alerts that were loaded or told. Rows of another ``shown`` are hidden."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        self.wording = wording
        self.shown = OPEN
        super().__init__([], parent)
        self.columns = [
            Column(
                title=self.tr("Level"),
                text=lambda row: wording.alert_face(row).word,
                sort=lambda row: (not is_open(row), row.level != "bad", -row.raised_at),
            ),
            Column(title=self.tr("What"), text=lambda row: wording.say(row.title)),
            Column(title=self.tr("About"), text=self.subject, sort=lambda row: self.subject(row).casefold()),
            Column(
                title=self.tr("Since"),
                text=lambda row: wording.clock(row.raised_at, now_ms()),
                sort=lambda row: -row.raised_at,
            ),
            Column(title=self.tr("State"), text=self.state_words),
        ]

    def key_of(self, row: Alert) -> str:
        """The alert's id."""
        return str(row.id)

    def search_text(self, row: Alert) -> str:
        """What it says and whom it is about."""
        return "\n".join((self.wording.say(row.title), self.subject(row), self.wording.say(row.detail))).casefold()

    def subject(self, row: Alert) -> str:
        """Return the name of what it is about."""
        return row.subject_name or row.subject or self.tr("This computer")

    def state_words(self, row: Alert) -> str:
        """Return in words whether it goes on, was seen, is silenced."""
        now = now_ms()
        if row.cleared_at is not None:
            return self.tr("over after {span}").format(span=self.wording.span((row.cleared_at - row.raised_at) / 1000))
        if is_silenced(row, now):
            return self.tr("silenced until {time}").format(time=self.wording.clock(row.silenced_until_at or 0, now))
        return self.tr("acknowledged") if row.acknowledged_at is not None else self.tr("open")

    def show(self, shown: str) -> None:
        """Show ``open``, ``history`` or ``all``."""
        if shown != self.shown:
            self.shown = shown
            self._moved = True
            self.settle()

    def counts(self) -> tuple[int, int]:
        """Return how many are open, and how many of these nobody has acknowledged."""
        going = [row for row in self.values() if is_open(row)]
        return len(going), sum(row.acknowledged_at is None for row in going)

    def settle(self) -> None:
        """Forget the oldest that are over, beyond so many; then as every table."""
        if self.total > MOST_OVER:
            over = [row for row in self.values() if not is_open(row)]
            over.sort(key=lambda row: row.cleared_at or 0)
            for row in over[:-MOST_OVER]:
                self.remove(self.key_of(row))
        super().settle()

    def tool_tip(self, row: Alert, column: int) -> str:
        """The whole moment, the whole sentence."""
        if column == SINCE:
            return self.wording.moment(row.raised_at)
        if column == STATE and row.cleared_at is not None:
            return self.wording.moment(row.cleared_at)
        if column != TITLE:
            return ""
        return "\n".join(part for part in map(self.wording.say, (row.title, row.detail)) if part)

    def _fits(self, row: Alert) -> bool:
        wanted = self.shown == ALL or (self.shown == OPEN) is is_open(row)
        return wanted and super()._fits(row)

    def _wanted_order(self) -> list[str]:
        return [key for key in super()._wanted_order() if self._fits(self._rows[key])]
