"""A table whose rows stand under the heads of their groups: low rows over the whole width, never chosen."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop.models.grouped_rows import GroupedTableModel
from desktop.theme import ROW, ROW_COMPACT, Theme
from desktop.views.tables import RowTable


class GroupedTable(RowTable):
    """Shows a :class:`GroupedTableModel`; the delegate of the first column draws the heads."""

    def __init__(self, model: GroupedTableModel[Any], theme: Theme, parent: QWidget | None = None) -> None:
        self._grouped = model
        self._heads: list[int] = []
        self._high = ROW
        super().__init__(model, theme, parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._set_heights)
        for changed in (model.modelReset, model.layoutChanged, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._arrange)
        self._arrange()

    def set_compact(self, compact: bool) -> None:
        """28 px rows instead of 40; a head has 28 in either case."""
        super().set_compact(compact)
        self._high = ROW_COMPACT if compact else ROW
        self._set_heights()

    def _arrange(self) -> None:
        """Before anything is drawn a head takes the whole width: no other cell of it is ever asked for."""
        heads = self._grouped.head_positions()
        if self._heads:
            self.clearSpans()
        for position in heads:
            self.setSpan(position, 0, 1, self._grouped.columnCount())
        if heads or self._heads:
            self._timer.start()
        self._heads = heads

    def _set_heights(self) -> None:
        heads, vertical = set(self._heads), self.verticalHeader()
        for position in range(self._grouped.rowCount()):
            wanted = ROW_COMPACT if position in heads else self._high
            if vertical.sectionSize(position) != wanted:
                vertical.resizeSection(position, wanted)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """A head is passed over; where there is none but heads, the row stays."""
        found = super().moveCursor(action, modifiers)
        if self._grouped.head_at(found.row()) is None:
            return found
        current = self.currentIndex()
        step = 1 if action in _DOWN or found.row() == 0 else -1
        position = found.row() + step
        while self._grouped.head_at(position) is not None:
            position += step
        beyond = not 0 <= position < self._grouped.rowCount()
        return current if beyond else self._grouped.index(position, max(0, current.column()))


_DOWN = (
    QAbstractItemView.CursorAction.MoveDown,
    QAbstractItemView.CursorAction.MovePageDown,
    QAbstractItemView.CursorAction.MoveNext,
    QAbstractItemView.CursorAction.MoveHome,
)
