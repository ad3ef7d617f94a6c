"""The Logs page: follows, pauses, filters; a million lines stay smooth."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.cells import CellDelegate
from desktop.delegates.copied_rows import copies
from desktop.delegates.logs import LevelDelegate
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.models import logs as columns
from desktop.theme import IconBinding
from desktop.views.actions import Action
from desktop.views.page import Page
from desktop.views.tables import make_card
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel

ROW = 24
SAY_MS = 500


class LogTable(QTableView):
    """Fixed rows over the lazy model."""

    resized = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(context.models.logs)
        self.setItemDelegate(CellDelegate(context.theme, self))
        self.setItemDelegateForColumn(columns.TIME, CellDelegate(context.theme, self, muted=True))
        self.setItemDelegateForColumn(columns.LEVEL, LevelDelegate(context.theme, context.wording, self))
        self.setItemDelegateForColumn(columns.SOURCE, CellDelegate(context.theme, self, muted=True))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(ROW)
        vertical.setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in ((columns.TIME, 120), (columns.LEVEL, 110), (columns.SOURCE, 110)):
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(columns.MESSAGE, QHeaderView.ResizeMode.Stretch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the line; the rest moves."""
        if not copies(self, event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines leave the view when it gets lower."""
        super().resizeEvent(event)
        self.resized.emit()


class LogsPage(Page):
    """Lines above, the chosen line in full below."""

    name = "logs"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Logs"))
        self.model = context.models.logs
        self._asking = False
        self.add_search(self.tr("Search the log"))
        self.level = QComboBox(self)
        self.level.setAccessibleName(self.tr("Level"))
        self.level.setAccessibleDescription(self.level.accessibleName())  # where the name is what is chosen
        self.level.addItem(self.tr("All levels"), "")
        for level in (LogLevel.INFO, LogLevel.WARNING, LogLevel.ERROR):
            self.level.addItem(self.tr("{level} and above").format(level=context.wording.level(level)), str(level))
        self.source = QComboBox(self)
        self.source.setAccessibleName(self.tr("Source"))
        self.source.setAccessibleDescription(self.source.accessibleName())  # where the name is what is chosen
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.source.addItem(self.tr("All sources"), "")
        self.add_to_head(self.level)
        self.add_to_head(self.source)
        self.pause_button = self.add_action(self.tr("Pause"))
        self.pause_button.setCheckable(True)
        IconBinding(context.theme, self.pause_button, "pause")
        self.follow_button = self.add_action(self.tr("Follow"), tip=self.tr("Stay at the newest line"))
        self.follow_button.setCheckable(True)
        self.follow_button.setChecked(True)
        IconBinding(context.theme, self.follow_button, "follow")
        self.table = LogTable(context, self)
        self.table.setAccessibleName(self.tr("Lines of the log"))
        self.first_focus = self.table
        self.detail = self._make_detail()
        splitter = QSplitter(Qt.Orientation.Vertical, self.content)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.table)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([500, 110])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(make_card(splitter, self.content))
        self._say_timer = QTimer(self)
        self._say_timer.setSingleShot(True)
        self._say_timer.setInterval(SAY_MS)
        self._say_timer.timeout.connect(self.refresh)
        self._connect()
        self.watch(self.model.load_status, context.models.lines.reload)
        self._on_sources()
        self.refresh()

    def _make_detail(self) -> QPlainTextEdit:
        detail = QPlainTextEdit(self)
        detail.setProperty("kind", "reading")
        detail.setReadOnly(True)
        detail.setFrameShape(QFrame.Shape.NoFrame)
        detail.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        detail.setAccessibleName(self.tr("The whole line"))
        detail.document().setDocumentMargin(8)
        detail.hide()
        return detail

    def _connect(self) -> None:
        self.level.currentIndexChanged.connect(lambda _row: self._filter())
        self.source.currentIndexChanged.connect(lambda _row: self._filter())
        self.pause_button.toggled.connect(self._on_pause)
        self.follow_button.toggled.connect(self._on_follow)
        self.model.rowsInserted.connect(self._on_inserted)
        self.model.modelReset.connect(self._on_reset)
        self.model.sources_changed.connect(self._on_sources)
        self.model.filtered.connect(self.refresh)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.resized.connect(self._on_resized)
        bar = self.table.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.actionTriggered.connect(lambda _action: self._on_person_scrolled())

    # -- what the page says

    def is_empty(self) -> bool:
        """No line at all."""
        return self.model.total == 0

    def empty_notice(self) -> tuple[str, str, str, str]:
        """Lines come by themselves."""
        words = self.tr("Lines of the master and the workers appear here.")
        return "logs", self.tr("No line yet"), words, self.tr("Look again")

    def on_empty_clicked(self) -> None:
        """Load them anew."""
        self.renew()

    def refresh(self) -> None:
        """Count lines."""
        number = self.context.wording.number
        shown, total = self.model.rowCount(), self.model.total
        if self.model.load_status.state == "ready":
            parts = [
                self.tr("%n line(s)", "", total)
                if shown == total
                else self.tr("{shown} of {total} lines").format(shown=number(shown), total=number(total))
            ]
            if self.model.filtering:
                parts.append(self.tr("searching…"))
            if self.model.paused:
                parts.append(self.tr("paused, %n waiting", "", self.model.waiting))
            elif self.follow_button.isChecked():
                parts.append(self.tr("following"))
            self.set_sentence(" · ".join(parts))
        super().refresh()

    def tick(self) -> None:
        """Count what waits."""
        if self.model.paused:
            self.refresh()

    def show_source(self, source: str) -> None:
        """Show only the lines of one source."""
        position = self.source.findData(source)
        if position < 0:
            self.source.addItem(source, source)
            position = self.source.count() - 1
        self.source.setCurrentIndex(position)

    def actions_here(self) -> list[Action]:
        """What the buttons do."""
        pause = self.tr("Go on with the log") if self.model.paused else self.tr("Pause the log")
        return [
            Action(name="logs.pause", title=pause, act=self.pause_button.toggle),
            Action(
                name="logs.follow", title=self.tr("Follow the log"), act=lambda: self.follow_button.setChecked(True)
            ),
        ]

    def on_search(self, text: str) -> None:
        """Filter by text."""
        self._filter()

    def _filter(self) -> None:
        needle = self.search.text() if self.search is not None else ""
        self.model.set_filter(level=self.level.currentData(), source=self.source.currentData(), needle=needle)
        self.refresh()

    def _on_sources(self) -> None:
        known = {self.source.itemData(row) for row in range(self.source.count())}
        for source in self.model.sources:
            if source not in known:
                self.source.addItem(source, source)

    # -- following

    def _on_pause(self, on: bool) -> None:
        self.model.pause(on)
        self.refresh()

    def _on_follow(self, on: bool) -> None:
        if on:
            self.table.scrollToBottom()
        self.refresh()

    def _on_inserted(self, _parent: object, first: int, last: int) -> None:
        if first == 0 and last + 1 < self.model.rowCount() and not self.follow_button.isChecked():
            bar = self.table.verticalScrollBar()
            bar.setValue(bar.value() + last - first + 1)
        elif self.follow_button.isChecked():
            self.table.scrollToBottom()
        if not self._say_timer.isActive():
            self._say_timer.start()

    def _on_resized(self) -> None:
        if self.follow_button.isChecked():
            self.table.scrollToBottom()

    def _on_reset(self) -> None:
        self._show(None)
        if self.follow_button.isChecked():
            self.table.scrollToBottom()
        self.refresh()

    def _on_person_scrolled(self) -> None:
        QTimer.singleShot(0, self, self._after_scrolling)

    def _after_scrolling(self) -> None:
        bar = self.table.verticalScrollBar()
        self.follow_button.setChecked(bar.value() >= bar.maximum())

    def _on_scrolled(self, value: int) -> None:
        if value == 0 and not self.follow_button.isChecked() and not self._asking and not self.model.exhausted:
            self._asking = True
            working(self.context, self, self._load_older())

    async def _load_older(self) -> None:
        try:
            await self.context.models.lines.load_older()
        finally:
            self._asking = False

    # -- the chosen line

    def _on_selection(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        self._show(self.model.record_at(chosen[0].row()) if chosen else None)

    def _show(self, record: LogRecord | None) -> None:
        self.detail.setVisible(record is not None)
        if record is None:
            return
        head = [self.context.wording.moment(record.at), record.source, record.logger]
        if record.account_id:
            head.append(self.context.models.account_name(record.account_id))
        if record.request_id:
            head.append(record.request_id)
        body = "\n".join(part for part in (record.message, record.traceback) if part)
        self.detail.setPlainText(f"{' · '.join(head)}\n{body}")
