"""What the processes of one worker printed: also when it is stopped, and after it was deleted."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QTableView, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.logs import LevelDelegate
from desktop.delegates.plain_tables import plain_table
from desktop.dialogs.context import Context
from desktop.models.printed import LEVEL, MESSAGE, STREAM, TIME, PrintedModel
from desktop.theme import IconBinding
from desktop.views.page_notices import Notice
from desktop.views.search_fields import SearchField
from desktop.views.worker_tabs import WorkerTab
from worker.protocol.states import LogLevel

LINES = 500
POLL_SECONDS = 2
SEARCH_MS = 200


class LogTab(WorkerTab):
    """The last lines, filtered by the master; while it follows, it asks again every two seconds."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = PrintedModel(context.wording, self)
        self._ticks = 0
        self._asking = False
        self.search = SearchField(self.tr("Search these lines"), self)
        self.level = QComboBox(self)
        self.level.setAccessibleName(self.tr("Level"))
        self.level.setAccessibleDescription(self.level.accessibleName())  # where the name is what is chosen
        self.level.addItem(self.tr("All levels"), None)
        for level in (LogLevel.INFO, LogLevel.WARNING, LogLevel.ERROR):
            self.level.addItem(self.tr("{level} and above").format(level=context.wording.level(level)), str(level))
        self.stream = QComboBox(self)
        self.stream.setAccessibleName(self.tr("Stream"))
        self.stream.setAccessibleDescription(self.stream.accessibleName())  # where the name is what is chosen
        for title, stream in ((self.tr("Both streams"), None), ("stdout", "stdout"), ("stderr", "stderr")):
            self.stream.addItem(title, stream)
        self.follow = QPushButton(self.tr("Follow"), self)
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        IconBinding(context.theme, self.follow, "follow")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 4)
        bar.setSpacing(8)
        bar.addWidget(self.search)
        bar.addStretch(1)
        for widget in (self.level, self.stream, self.follow):
            bar.addWidget(widget)
        self.table = self._table()
        self.nothing = self._make_nothing()
        self.none = self.nothing.words
        whole = QVBoxLayout(self.content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(bar)
        whole.addWidget(self.table, 1)
        whole.addWidget(self.nothing, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.given_up.connect(self.search.clear)
        self.level.currentIndexChanged.connect(lambda _row: self.reload())
        self.stream.currentIndexChanged.connect(lambda _row: self.reload())
        self.follow.toggled.connect(self._on_follow)
        scroll = self.table.verticalScrollBar()
        scroll.actionTriggered.connect(lambda _action: QTimer.singleShot(0, self, self._after_scrolling))

    def _make_nothing(self) -> Notice:
        nothing = Notice(self.context, self.content)
        nothing.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        nothing.button.clicked.connect(lambda _checked=False: self._on_none_clicked())
        nothing.hide()
        return nothing

    def _table(self) -> QTableView:
        theme = self.context.theme
        table = plain_table(self.model, theme, self.content)
        table.setAccessibleName(self.tr("Lines of this worker"))
        muted = CellDelegate(theme, table, muted=True)
        table.setItemDelegateForColumn(TIME, muted)
        table.setItemDelegateForColumn(STREAM, muted)
        table.setItemDelegateForColumn(LEVEL, LevelDelegate(theme, self.context.wording, table))
        for column, width in ((TIME, 184), (LEVEL, 100), (STREAM, 150)):
            table.setColumnWidth(column, width)
        table.horizontalHeader().setSectionResizeMode(MESSAGE, table.horizontalHeader().ResizeMode.Stretch)
        return table

    def clear(self) -> None:
        """No lines."""
        self.model.show([])
        self._say_none(False)

    async def load(self, worker_id: str) -> None:
        """Ask for the last lines that fit."""
        self._asking = True
        bridge = self.context.bridge
        wanted = (self.stream.currentData(), self.level.currentData(), self.search.text().strip())
        try:
            rows = await bridge.call(
                bridge.client.worker_logs(worker_id, tail=LINES, stream=wanted[0], level=wanted[1], q=wanted[2] or None)
            )
        finally:
            self._asking = False
        now = (self.stream.currentData(), self.level.currentData(), self.search.text().strip())
        if worker_id != self.worker_id or now != wanted:
            return
        self.say("")
        self._say_none(not rows)
        if self.model.show(rows) and self.follow.isChecked():
            self.table.scrollToBottom()

    @property
    def narrowed(self) -> bool:
        """Not all lines are asked for."""
        return bool(self.search.text().strip() or self.level.currentIndex() or self.stream.currentIndex())

    def _say_none(self, none: bool) -> None:
        if none and self.narrowed:
            self.nothing.set("search", "muted", "", self.tr("No line fits."), self.tr("Show all lines"))
        elif none:
            self.nothing.set("logs", "muted", "", self.tr("Nothing has been printed yet."), self.tr("Look again"))
        self.nothing.setVisible(none)
        self.table.setVisible(not none)

    def _on_none_clicked(self) -> None:
        for box in (self.level, self.stream):
            box.blockSignals(True)
            box.setCurrentIndex(0)
            box.blockSignals(False)
        self.search.clear()
        self.reload()

    def tick(self) -> None:
        """Ask again."""
        self._ticks += 1
        if self.follow.isChecked() and not self._asking and self._ticks % POLL_SECONDS == 0:
            self.reload()

    def _on_follow(self, on: bool) -> None:
        if on:
            self.table.scrollToBottom()
            self.reload()

    def _after_scrolling(self) -> None:
        bar = self.table.verticalScrollBar()
        if bar.maximum() > 0:
            self.follow.setChecked(bar.value() >= bar.maximum())
