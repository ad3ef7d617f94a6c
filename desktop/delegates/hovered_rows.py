"""The row under the pointer: a whole row answers it, not the one cell of it that Qt means."""

from PySide6.QtCore import QModelIndex, QRect
from PySide6.QtWidgets import QTableView, QWidget

HOVERED = "hovered_row"


def follow_pointer(table: QTableView) -> None:
    """Mark the row that the pointer enters; :func:`leave_rows` belongs into the table's ``leaveEvent``."""
    table.setMouseTracking(True)
    table.entered.connect(lambda index: _mark(table, index))
    table.verticalScrollBar().valueChanged.connect(lambda _value: leave_rows(table))


def leave_rows(table: QTableView) -> None:
    """The pointer is over no row."""
    _mark(table, QModelIndex())


def is_hovered(table: QWidget | None, row: int) -> bool:
    """Whether the pointer is over this row of the table that is drawn."""
    return table is not None and table.property(HOVERED) == row


def _mark(table: QTableView, index: QModelIndex) -> None:
    before, now = table.property(HOVERED), index.row()
    if before == now or (before is None and now < 0):
        return
    table.setProperty(HOVERED, now)
    for row in (before, now):
        if row is not None and row >= 0:
            area = QRect(0, table.rowViewportPosition(row), table.viewport().width(), table.rowHeight(row))
            table.viewport().update(area)
