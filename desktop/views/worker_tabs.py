"""The base of the tabs that show a worker in detail: loaded when they are seen, never for what is hidden."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedLayout, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from master.api.client import ApiError


class WorkerTab(QWidget):
    """``content`` is laid out by subclasses; what stands in for it says that it loads, is empty or has failed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.worker_id = ""
        self._fresh = False
        self._stack = QStackedLayout(self)
        self.content = QWidget(self)
        self._stack.addWidget(self.content)
        said = QWidget(self)
        column = QVBoxLayout(said)
        self._words = PlainLabel(said)
        self._words.setProperty("kind", "muted")
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._again = QPushButton(self.tr("Try again"), said)
        self._again.clicked.connect(lambda _checked=False: self.reload())
        column.addStretch(1)
        column.addWidget(self._words)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._stack.addWidget(said)
        self._said = said

    # -- for subclasses

    def clear(self) -> None:
        """Show nothing of the worker before."""

    async def load(self, worker_id: str) -> None:
        """Load and show. Drop an answer when :attr:`worker_id` is another one by then."""
        raise NotImplementedError

    def tick(self) -> None:
        """A second went by while this tab is seen."""

    # -- for the panel

    def show_worker(self, worker_id: str) -> None:
        """Show another worker."""
        if worker_id == self.worker_id:
            return
        self.worker_id, self._fresh = worker_id, False
        self.clear()
        self.say(self.tr("Loading…"))
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Load, again or for the first time."""
        if self.worker_id:
            self._fresh = True
            self.context.run(self._load(self.worker_id))

    def say(self, words: str, *, again: bool = False) -> None:
        """Say something in place of the content; ``again`` offers another try. Empty shows the content."""
        self._words.setText(words)
        self._again.setVisible(again)
        self._stack.setCurrentWidget(self._said if words else self.content)

    @property
    def words(self) -> str:
        """What stands in for the content; empty while that is shown."""
        return self._words.text()

    async def _load(self, worker_id: str) -> None:
        try:
            await self.load(worker_id)
        except ApiError as error:
            if worker_id == self.worker_id:
                self.say(self.context.wording.refusal(error), again=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Load what was put off."""
        super().showEvent(event)
        if not self._fresh:
            self.reload()
