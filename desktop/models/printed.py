"""The last lines that one worker printed, as a small table."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from desktop.models.rows import AnyIndex, ObjectRole
from desktop.words import CELL_LENGTH, Wording, cut_line, plain_tip
from worker.protocol.log_messages import LogRecord

TIME, LEVEL, STREAM, MESSAGE = range(4)
"""Columns."""


class PrintedModel(QAbstractTableModel):
    """Lines oldest first; a new answer of the master replaces them when it differs."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self._rows: list[LogRecord] = []
        self._titles = (self.tr("Time"), self.tr("Level"), self.tr("From"), self.tr("Message"))

    def show(self, rows: list[LogRecord]) -> bool:
        """Show these lines; return whether any is new. What only grew keeps its place in the view."""
        if rows == self._rows:
            return False
        old = len(self._rows)
        if old and rows[:old] == self._rows:
            self.beginInsertRows(QModelIndex(), old, len(rows) - 1)
            self._rows = list(rows)
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
        return True

    def record_at(self, row: int) -> LogRecord | None:
        """Return a line."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Lines."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The line's parts."""
        record = self.record_at(index.row())
        if record is None:
            return None
        if role == ObjectRole:
            return record
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            column = index.column()
            if column == TIME:
                return self._wording.moment(record.at)
            if column == LEVEL:
                return self._wording.level(record.level)
            shown = record.logger if column == STREAM else record.message
            return cut_line(shown, CELL_LENGTH).replace("\n", " ⏎ ")
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == MESSAGE:
            return plain_tip("\n".join(part for part in (record.message, record.traceback) if part))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None
