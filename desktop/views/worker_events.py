"""What happened to one worker: started, ended, restarted, gave up; kept after its end."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.plain_tables import plain_table
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.models.rows import AnyIndex
from desktop.views.worker_tabs import WorkerTab
from desktop.words import CELL_LENGTH, Wording, cut_line, plain_tip
from master.api.schema import WorkerEvent

PAGE = 100
MOST = 1000
"""More rows than this, of a worker that ends again and again, begin anew with the newest page."""
TIME, KIND, TEXT = range(3)


class EventModel(QAbstractTableModel):
    """Events, newest first."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self.rows: list[WorkerEvent] = []
        self._titles = (self.tr("Time"), self.tr("Kind"), self.tr("What happened"))

    def show(self, rows: list[WorkerEvent]) -> None:
        """Show these alone."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def put(self, event: WorkerEvent) -> None:
        """One more happened."""
        if all(one.id != event.id for one in self.rows[:PAGE]):
            self.beginInsertRows(QModelIndex(), 0, 0)
            self.rows.insert(0, event)
            self.endInsertRows()

    def extend(self, rows: list[WorkerEvent]) -> None:
        """Older ones."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows.extend(rows)
            self.endInsertRows()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Events."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Parts of an event."""
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        event = self.rows[index.row()]
        if index.column() == TIME:
            return self._wording.moment(event.at)
        if index.column() == KIND:
            return self._wording.named(event.kind)
        said = self._wording.say(event.text)
        return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else cut_line(said, CELL_LENGTH)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class EventsTab(WorkerTab):
    """Newest on top; older ones come when the list is scrolled to its end."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = EventModel(context.wording, self)
        self._cursor: str | None = None
        self._asking = False
        self.table = plain_table(self.model, context.theme, self.content)
        self.table.setAccessibleName(self.tr("Events of this worker"))
        self.table.setItemDelegateForColumn(TIME, CellDelegate(context.theme, self.table, muted=True))
        self.table.setItemDelegateForColumn(KIND, CellDelegate(context.theme, self.table, muted=True))
        self.table.setColumnWidth(TIME, 184)
        self.table.setColumnWidth(KIND, 110)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(TEXT, header.ResizeMode.Stretch)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        context.models.worker_logged.connect(self._on_logged)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def clear(self) -> None:
        """No events."""
        self._cursor = None
        self.model.show([])

    async def load(self, worker_id: str) -> None:
        """Load the newest."""
        bridge = self.context.bridge
        page = await bridge.call(bridge.client.worker_events(worker_id, limit=PAGE))
        if worker_id == self.worker_id:
            self.model.show(page.rows)
            self._cursor = page.next_cursor
            self.say("" if page.rows else self.tr("Nothing has happened yet."))

    def _on_logged(self, event: WorkerEvent) -> None:
        if event.worker_id == self.worker_id and self._fresh:
            self.model.put(event)
            self.say("")
            if self.model.rowCount() > MOST and (not self.isVisible() or self.table.verticalScrollBar().value() == 0):
                self.reload()

    def _on_scrolled(self, value: int) -> None:
        bar = self.table.verticalScrollBar()
        if self._cursor is not None and not self._asking and 0 < bar.maximum() <= value:
            self._asking = True
            working(self.context, self, self._load_older(self.worker_id, self._cursor))

    async def _load_older(self, worker_id: str, cursor: str) -> None:
        bridge = self.context.bridge
        try:
            page = await bridge.call(bridge.client.worker_events(worker_id, limit=PAGE, cursor=cursor))
        finally:
            self._asking = False
        if worker_id == self.worker_id and cursor == self._cursor:
            self.model.extend(page.rows)
            self._cursor = page.next_cursor
