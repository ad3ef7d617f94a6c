"""A table of low rows that are only read."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.copied_rows import copies
from desktop.theme import ROW_COMPACT, Theme


class PlainTable(QTableView):
    """What is chosen can be copied."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the row; the rest moves."""
        if not copies(self, event):
            super().keyPressEvent(event)


def plain_table(model: QAbstractItemModel, theme: Theme, parent: QWidget | None = None) -> QTableView:
    """Return one: nothing is sorted, one row may be chosen to be copied."""
    table = PlainTable(parent)
    table.setModel(model)
    table.setItemDelegate(CellDelegate(theme, table))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    vertical = table.verticalHeader()
    vertical.hide()
    vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    vertical.setMinimumSectionSize(ROW_COMPACT)
    vertical.setDefaultSectionSize(ROW_COMPACT)
    table.horizontalHeader().setHighlightSections(False)
    return table
