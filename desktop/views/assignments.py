"""Who holds what, since when and why; rows are moved by a dialog, or dragged onto a worker at the right."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QHeaderView, QListView, QVBoxLayout, QWidget

from desktop.delegates.cells import LEFT, PADDING, AnyIndex, CellDelegate
from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import SHAPE, draw_shape
from desktop.dialogs.context import Context
from desktop.models import assignments as columns
from desktop.models.accounts import now_ms
from desktop.models.assignments import dragged
from desktop.models.workers import WorkerTableModel
from desktop.theme import ROW_HEAD, SMALL, Theme
from desktop.views.tables import RowTable, make_card
from desktop.words import Face
from master.api.schema import Worker

WORKERS_WIDTH = 210
TARGET = 44
DRAG_HEIGHT = 28
DRAG_SPOT = QPoint(-14, -12)
"""The pointer is left of what is dragged, and above it."""


class TargetDelegate(CellDelegate):
    """Shape, name and places of a worker, in two lines."""

    def __init__(
        self, theme: Theme, face_of: Callable[[Worker], Face], places_of: Callable[[Worker], str], parent: QWidget
    ) -> None:
        super().__init__(theme, parent)
        self._face_of, self._places_of = face_of, places_of

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw it."""
        worker: Worker = self.row(index)
        face = self._face_of(worker)
        box = QRect(rect.left() + PADDING, rect.top() + 10, SHAPE, SHAPE)
        draw_shape(painter, box.toRectF(), face.shape, self.theme.tokens.color(face.level))
        left = rect.left() + PADDING + SHAPE + 8
        width = rect.right() - PADDING - left
        self.draw_text(painter, QRect(left, rect.top() + 5, width, 18), worker.name, "text", LEFT)
        words = f"{face.word} · {self._places_of(worker)}"
        self.draw_text(painter, QRect(left, rect.top() + 23, width, 16), words, "muted", LEFT, size=SMALL)

    def sizeHint(self, option: object, index: AnyIndex) -> QSize:
        """Two lines."""
        return QSize(WORKERS_WIDTH, TARGET)


class WorkerTargets(QListView):
    """All workers as places to drop accounts on."""

    dropped = Signal(str, list)
    """A worker's id, and the ids of the accounts."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: WorkerTableModel = context.models.workers
        model: QAbstractItemModel = self._model
        self.setModel(model)
        self.setModelColumn(0)
        self.setAccessibleName(self.tr("Workers to drop accounts on"))
        self.setItemDelegate(
            TargetDelegate(
                context.theme,
                lambda row: context.wording.worker_face(row, now_ms()),
                lambda row: self.tr("{taken} of {places}").format(
                    taken=context.wording.number(row.assigned_accounts),
                    places=context.wording.number(row.max_accounts),
                ),
                self,
            )
        )
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _under(self, event: QDropEvent) -> QModelIndex:
        if not dragged(event.mimeData()):
            return QModelIndex()
        return self.indexAt(event.position().toPoint())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accounts may come."""
        if dragged(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show which worker would take them."""
        index = self._under(event)
        if index.isValid():
            self.setCurrentIndex(index)
            event.acceptProposedAction()
        else:
            self.clearSelection()
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """None would."""
        self.clearSelection()

    def dropEvent(self, event: QDropEvent) -> None:
        """They are dropped."""
        index = self._under(event)
        worker_id = self._model.key_at(index.row()) if index.isValid() else None
        self.clearSelection()
        if worker_id is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self.dropped.emit(worker_id, dragged(event.mimeData()))


class AssignmentTable(RowTable):
    """What is dragged shows as a few words below the pointer, so that it covers no worker's name."""

    def make_drag(self) -> QDrag:
        """Return the drag of the chosen rows."""
        drag = QDrag(self)
        drag.setMimeData(self.rows.mimeData(self.selectionModel().selectedRows()))
        drag.setPixmap(self._picture(self.tr("%n account(s)", "", len(self.chosen))))
        drag.setHotSpot(DRAG_SPOT)
        return drag

    def _picture(self, words: str) -> QPixmap:
        size = QSize(self.fontMetrics().horizontalAdvance(words) + 2 * PADDING, DRAG_HEIGHT)
        ratio = self.devicePixelRatioF()
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        tokens = self.theme.tokens
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        painter.setPen(tokens.color("accent"))
        painter.setBrush(tokens.color("accent_surface"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 6, 6)
        painter.drawText(QRect(0, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
        return picture

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Drag the chosen rows."""
        if self.chosen:
            self.make_drag().exec(supported)


class AssignmentsView(QWidget):
    """The table, and the workers beside it."""

    account_wanted = Signal(str)
    move_wanted = Signal()
    dropped = Signal(str, list)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = AssignmentTable(context.models.assignments, context.theme, self)
        self.table.setAccessibleName(self.tr("Assignments"))
        self.table.setItemDelegateForColumn(columns.WHY, CellDelegate(context.theme, self.table, muted=True))
        self.table.set_widths([200, 120, 88, 240], columns.WHY)
        self.table.horizontalHeader().setSectionResizeMode(columns.ACCOUNT, QHeaderView.ResizeMode.Stretch)
        self.table.setDragEnabled(True)
        self.table.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.table.opened.connect(self.account_wanted)
        self.targets = WorkerTargets(context, self)
        self.targets.dropped.connect(self.dropped)
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        hint = PlainLabel(self.tr("Drag accounts onto a worker"), side)
        hint.setProperty("kind", "small")
        hint.setWordWrap(True)
        hint.setContentsMargins(16, 0, 8, 0)
        hint.setMinimumHeight(ROW_HEAD - 2)  # the line below it goes on from that below the table's head
        rule = QFrame(side)
        rule.setProperty("kind", "rule")
        column.addWidget(hint)
        column.addWidget(rule)
        column.addWidget(self.targets, 1)
        card = make_card(side, self)
        card.setFixedWidth(WORKERS_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(make_card(self.table, self), 1)
        layout.addWidget(card)
