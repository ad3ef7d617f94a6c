"""A small table that is shown whole: rows of texts, each with an object."""

from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from desktop.models.rows import AnyIndex, ObjectRole
from desktop.words import CELL_LENGTH, cut_line, plain_tip


class Row(NamedTuple):
    """The texts of a row, what it stands for, and its tooltip."""

    texts: tuple[str, ...]
    subject: Any = None
    tip: str = ""


class SmallTableModel(QAbstractTableModel):
    """``right``: columns of figures. New rows replace the old ones when they differ."""

    def __init__(self, titles: tuple[str, ...], right: frozenset[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles, self._right = titles, right
        self.rows: list[Row] = []

    def show(self, rows: list[Row]) -> None:
        """Show these."""
        if rows == self.rows:
            return
        if len(rows) == len(self.rows):  # the chosen row stays chosen
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._titles) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The row's parts."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ObjectRole:
            return row.subject
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cut_line(row.texts[index.column()], CELL_LENGTH)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.tip) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
