"""What is snoozed now, each with a button that ends it."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from master.api.rules import SnoozeRow
from worker.protocol.bases import LATEST_MS

End = Callable[[SnoozeRow, QPushButton], None]
"""Ends a snooze; the button was pressed for it."""


class SnoozeList(QFrame):
    """Hidden while nothing is snoozed."""

    def __init__(self, context: Context, end: End, heading: str, parent: QWidget | None = None) -> None:
        """``heading``: the ``kind`` of its title."""
        super().__init__(parent)
        self._context, self._end, self._heading = context, end, heading
        self.lines = QVBoxLayout(self)
        self.hide()

    def show_rows(self, rows: Iterable[SnoozeRow]) -> None:
        """Show these, what ends first above."""
        while (item := self.lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        shown = sorted(rows, key=lambda row: row.until_at)
        self.setVisible(bool(shown))
        if shown:
            title = PlainLabel(self.tr("Snoozed"), self)
            title.setProperty("kind", self._heading)
            self.lines.addWidget(title)
        for row in shown:
            self.lines.addWidget(self._line(row))

    def words(self, row: SnoozeRow) -> str:
        """Return what is snoozed, and until when."""
        name = self.tr("Everything") if row.scope == "all" else row.name
        if row.until_at >= LATEST_MS:
            return self.tr("{name} until you end it").format(name=name)
        time = self._context.wording.weekday_moment(row.until_at)
        return self.tr("{name} until {time}").format(name=name, time=time)

    def _line(self, row: SnoozeRow) -> QWidget:
        line = QWidget(self)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        label = PlainLabel(self.words(row), line)
        label.setWordWrap(True)
        end = QPushButton(self.tr("End now"), line)
        end.setAutoDefault(False)
        name = self.tr("Everything") if row.scope == "all" else row.name
        end.setAccessibleName(self.tr("End now: {name}").format(name=name))
        end.clicked.connect(partial(self._on_end, row, end))
        layout.addWidget(label, 1)
        layout.addWidget(end)
        return line

    def _on_end(self, row: SnoozeRow, button: QPushButton, _checked: bool = False) -> None:
        self._end(row, button)
