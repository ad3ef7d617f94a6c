"""A list of rows that may become very long: fixed rows, pages asked for ahead, and it never jumps under the eye."""

from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTableView, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.hovered_rows import follow_pointer, leave_rows
from desktop.models.pages import MOST_ARRIVED, PagedListModel

AHEAD = 60
"""So many rows before the end the next page is asked for."""
GAP = 8


class EntryList(QTableView):
    """Shows a :class:`PagedListModel`. What is chosen stays chosen, and in its place, whatever arrives above it."""

    chosen = Signal(object)
    """The row that the person went to."""
    opened = Signal()
    """Enter, or a double click."""
    paged = Signal(int)
    """Space: on by a page (1), or back (-1)."""
    menu_wanted = Signal(object)
    """The context menu is asked for at this global point."""

    def __init__(
        self, model: PagedListModel[Any], delegate: CellDelegate, height: int, parent: QWidget | None = None
    ) -> None:
        """``height`` of a row in pixels."""
        super().__init__(parent)
        self.entries = model
        self._height = height
        self._chosen: int | None = None
        self._fresh = 0
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.hide()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(height)
        self.pill = QPushButton(self)
        self.pill.setProperty("kind", "pill")
        self.pill.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Home does the same
        self.pill.hide()
        self.pill.clicked.connect(lambda _checked=False: self.scrollToTop())
        model.rowsInserted.connect(self._on_inserted)
        model.rowsRemoved.connect(self._on_removed)
        model.rowsMoved.connect(self._on_moved)
        model.modelReset.connect(self._on_reset)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        follow_pointer(self)

    # -- choosing

    @property
    def row(self) -> Any:
        """The chosen row, None without one."""
        return self.entries.at(self.position)

    @property
    def position(self) -> int:
        """Where the chosen row stands, -1 without one. Qt makes the first row current as soon as it has the focus."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def choose(self, row_id: int) -> bool:
        """Choose a row and bring it into view. False: it is not loaded."""
        position = self.entries.position_of(row_id)
        if position is None:
            return False
        self.setCurrentIndex(self.entries.index(position))
        self.scrollTo(self.entries.index(position))
        return True

    def step(self, by: int) -> bool:
        """Go to the next row or the one before. False: there is none."""
        here = self.position
        there = max(0, here + by) if here >= 0 else 0
        if there == here or not 0 <= there < self.entries.rowCount():
            return False
        self.setCurrentIndex(self.entries.index(there))
        self.scrollTo(self.entries.index(there))
        return True

    def forget(self) -> None:
        """Choose nothing."""
        self._chosen = None
        self.selectionModel().clear()

    def _on_selection(self, selected: QItemSelection) -> None:
        row = self.row if selected.indexes() else None
        if row is None:
            return
        self._chosen = self.entries.id_of(row)
        self.chosen.emit(row)

    # -- staying in place

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        value = self.verticalScrollBar().value()
        above = first * self._height < value if value > 0 else first <= self.position
        if above:  # at the top too, once one row is read: the others must not move away from the hand
            self.updateGeometries()  # the bar's range follows only later
            self.verticalScrollBar().setValue(value + (last - first + 1) * self._height)
            if self.verticalScrollBar().value():  # where everything has room they are seen
                self._set_fresh(self._fresh + last - first + 1)

    def _on_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        value = self.verticalScrollBar().value()
        if value > 0 and (last + 1) * self._height <= value:
            self.verticalScrollBar().setValue(value - (last - first + 1) * self._height)

    def _on_moved(self, _parent: QModelIndex, start: int, _end: int, _there: QModelIndex, place: int) -> None:
        value = self.verticalScrollBar().value()
        if value > 0 and place * self._height < value <= start * self._height:
            self.verticalScrollBar().setValue(value + self._height)
            self._set_fresh(self._fresh + 1)
        if (row := self.row) is not None:
            self._chosen = self.entries.id_of(row)

    def _on_reset(self) -> None:
        self._set_fresh(0)
        chosen, self._chosen = self._chosen, None
        position = self.entries.position_of(chosen) if chosen is not None else None
        if position is not None:
            self.setCurrentIndex(self.entries.index(position))

    def _on_scrolled(self, value: int) -> None:
        if value == 0:
            self._set_fresh(0)
        last = value // self._height + self.viewport().height() // self._height
        if last + AHEAD >= self.entries.rowCount() and self.entries.canFetchMore(QModelIndex()):
            self.entries.fetchMore(QModelIndex())

    @property
    def fresh(self) -> int:
        """Rows that arrived above what is seen."""
        return self._fresh

    def _set_fresh(self, count: int) -> None:
        if count == self._fresh:
            return
        self._fresh = count
        self.pill.setVisible(count > 0)
        self.pill.setText("↑ " + self.tr("%n new", "", count))
        self._place_pill()

    def _place_pill(self) -> None:
        self.pill.adjustSize()
        self.pill.move((self.viewport().width() - self.pill.width()) // 2, GAP)

    @property
    def overgrown(self) -> bool:
        """So much arrived that the list is to begin anew, where that takes nothing away from under the eye."""
        if self.entries.arrived <= MOST_ARRIVED:
            return False
        return not self.isVisible() or self.verticalScrollBar().value() == 0 or self._fresh > MOST_ARRIVED

    # -- Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pill stays in the middle."""
        super().resizeEvent(event)
        self._place_pill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space pages what is read, Enter opens; the rest moves."""
        if event.key() == Qt.Key.Key_Space:
            self.paged.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Home:
            self.step(-self.entries.rowCount())
        elif event.key() == Qt.Key.Key_End and self.entries.rowCount():
            self.step(self.entries.rowCount() - 1 - max(0, self.position))
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No row answers a pointer that is elsewhere."""
        super().leaveEvent(event)
        leave_rows(self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the chosen row."""
        if self.row is not None:
            self.menu_wanted.emit(event.globalPos())
