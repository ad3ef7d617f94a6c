"""What stands above the cards and the assignments of the Workers page: tabs, and what is done with several."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QTabBar, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.views.worker_actions import able_to
from master.api.schema import Worker

BATCH = ("start", "stop", "restart", "kill")
CARDS, ASSIGNMENTS = range(2)


class WorkersHead(QWidget):
    """Buttons show where there is something that they fit."""

    batch_wanted = Signal(str)
    move_wanted = Signal()
    deleted_wanted = Signal(str)
    """Log and events of the deleted worker with this id."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Workers or assignments"))
        self.tabs.addTab(self.tr("Workers"))
        self.tabs.addTab(self.tr("Assignments"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.tabs)
        row.addStretch(1)
        self.move_button = QPushButton(self.tr("Move…"), self)
        self.move_button.clicked.connect(lambda _checked=False: self.move_wanted.emit())
        self.move_button.ensurePolished()
        policy = self.move_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # it keeps the row as high as it is with buttons: nothing below moves
        self.move_button.setSizePolicy(policy)
        row.addWidget(self.move_button)
        self._words = PlainLabel(self)
        self._words.setProperty("kind", "muted")
        row.addWidget(self._words)
        self.batch_buttons: dict[str, QPushButton] = {}
        titles = (self.tr("Start"), self.tr("Stop"), self.tr("Restart"), self.tr("Kill"))
        for name, title in zip(BATCH, titles, strict=True):
            button = QPushButton(title, self)
            if name == "kill":
                button.setProperty("kind", "danger")
            button.clicked.connect(lambda _checked=False, name=name: self.batch_wanted.emit(name))
            self.batch_buttons[name] = button
            row.addWidget(button)
        self.deleted_button = QPushButton(self.tr("Deleted workers…"), self)
        self.deleted_button.setProperty("kind", "link")
        self.deleted_button.setToolTip(self.tr("Logs and events of workers that were deleted"))
        self.deleted_button.clicked.connect(self._open_deleted)
        row.addWidget(self.deleted_button)

    def show_for(self, chosen: list[Worker], *, movable: bool) -> None:
        """Offer what fits the chosen workers; on the other tab, to move accounts if there are ``movable`` ones."""
        cards = self.tabs.currentIndex() == CARDS
        several = cards and len(chosen) > 1
        self._words.setVisible(several)
        self._words.setText(self.tr("%n chosen", "", len(chosen)))
        for name, button in self.batch_buttons.items():
            button.setVisible(several)
            button.setEnabled(any(able_to(row, name) for row in chosen))
        self.deleted_button.setVisible(cards and not several and bool(self._context.models.deleted_workers()))
        self.move_button.setVisible(not cards)
        self.move_button.setEnabled(movable)

    def _open_deleted(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for worker_id in self._context.models.deleted_workers():
            menu.addAction(worker_id.replace("&", "&&"), partial(self.deleted_wanted.emit, worker_id))
        menu.popup(self.deleted_button.mapToGlobal(self.deleted_button.rect().bottomLeft()))
