"""The table of all pages: fixed rows, one card, a selection that survives sorting and reloading."""

from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.copied_rows import copies
from desktop.delegates.headers import TableHeader
from desktop.delegates.hovered_rows import follow_pointer, leave_rows
from desktop.models.rows import RowTableModel
from desktop.theme import ROW, ROW_COMPACT, Theme


def make_card(inside: QWidget, parent: QWidget | None = None) -> QFrame:
    """Return a card with a 1 px line around ``inside``."""
    card = QFrame(parent)
    card.setProperty("kind", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(0, 0, 0, 0)  # the line of what has the focus lies upon the card's own
    layout.addWidget(inside)
    return card


class RowTable(QTableView):
    """Shows a :class:`RowTableModel`; speaks of rows by their keys."""

    chosen_changed = Signal()
    menu_wanted = Signal(object)
    """The context menu is asked for at this global point."""
    opened = Signal(str)
    """Enter or a double click on the row with this key."""

    delete_wanted = Signal()
    """The Delete key, while rows are chosen."""

    def __init__(self, model: RowTableModel[Any], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self.theme = theme
        self._kept: list[str] = []
        self._kept_current: str | None = None
        self.setModel(model)
        self.setItemDelegate(CellDelegate(theme, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = TableHeader(theme, self)
        self.setHorizontalHeader(header)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(56)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        follow_pointer(self)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """28 px rows instead of 40."""
        self.verticalHeader().setDefaultSectionSize(ROW_COMPACT if compact else ROW)

    def set_widths(self, widths: list[int], stretch: int) -> None:
        """Set the columns' widths in pixels; column ``stretch`` takes the rest."""
        header = self.horizontalHeader()
        for column, width in enumerate(widths):
            if column == stretch:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(column, width)

    @property
    def chosen(self) -> list[str]:
        """Keys of the selected rows, in the order shown."""
        positions = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [key for position in positions if (key := self.rows.key_at(position)) is not None]

    @property
    def current(self) -> str | None:
        """Key of the current row."""
        index = self.currentIndex()
        return self.rows.key_at(index.row()) if index.isValid() else None

    def choose(self, key: str) -> bool:
        """Select one row, no other, and bring it into view. False when it is not shown."""
        position = self.rows.position_of(key)
        if position is None:
            return False
        # Keys that are held do not mean this choice: Ctrl+Enter may have led here.
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setCurrentIndex(self.rows.index(position, 0))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.scrollTo(self.rows.index(position, 0))
        return True

    def _keep(self) -> None:
        self._kept, self._kept_current = self.chosen, self.current

    def _restore(self) -> None:
        selection = QItemSelection()
        for key in self._kept:
            position = self.rows.position_of(key)
            if position is not None:
                selection.select(self.rows.index(position, 0), self.rows.index(position, self.rows.columnCount() - 1))
        model = self.selectionModel()
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        position = self.rows.position_of(self._kept_current) if self._kept_current else None
        if position is not None:
            model.setCurrentIndex(self.rows.index(position, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.chosen_changed.emit()

    def _on_selection_changed(self) -> None:
        self.chosen_changed.emit()

    def _on_double_clicked(self) -> None:
        if (key := self.current) is not None:
            self.opened.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete asks to delete, Ctrl+C copies the rows; the menu key is the context menu."""
        if copies(self, event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (key := self.current) is not None:
            self.opened.emit(key)
            return
        if event.key() == Qt.Key.Key_Delete and self.chosen:
            self.delete_wanted.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A chosen row that was seen stays seen: its details may take the room that it stands in."""
        index = self.currentIndex()
        seen = 0 <= self.visualRect(index).top() < event.oldSize().height() if index.isValid() else False
        super().resizeEvent(event)
        if seen and self.selectionModel().isSelected(index):
            self.scrollTo(index)

    def leaveEvent(self, event: QEvent) -> None:
        """No row answers a pointer that is elsewhere."""
        super().leaveEvent(event)
        leave_rows(self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the chosen rows."""
        if self.chosen:
            self.menu_wanted.emit(event.globalPos())
