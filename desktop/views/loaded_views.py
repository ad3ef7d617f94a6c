"""The base of the tabs of a page that ask the master when they are seen, and again now and then."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedLayout, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from master.api.client import ApiError


class LoadedView(QWidget):
    """``content`` is laid out by subclasses; what stands in for it says that it loads, is empty or has failed."""

    poll_seconds = 30

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._ticks = 0
        self._stack = QStackedLayout(self)
        self.content = QWidget(self)
        self._stack.addWidget(self.content)
        said = QWidget(self)
        column = QVBoxLayout(said)
        column.setSpacing(12)
        self._notice = PlainLabel(said)
        self._notice.setProperty("kind", "muted")
        self._notice.setWordWrap(True)
        self._notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._again = QPushButton(self.tr("Try again"), said)
        self._again.clicked.connect(lambda _checked=False: self.reload())
        column.addStretch(1)
        column.addWidget(self._notice)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._said = said
        self._stack.addWidget(said)
        self.say(self.tr("Loading…"))

    async def load(self) -> None:
        """Load and show; call :meth:`say` with nothing when there is something to see."""
        raise NotImplementedError

    def reload(self) -> None:
        """Load, again or for the first time."""
        self.context.run(self._load())

    async def _load(self) -> None:
        try:
            await self.load()
        except ApiError as error:
            self.say(self.context.wording.refusal(error), again=True)

    def tick(self) -> None:
        """A second went by while this is seen."""
        self._ticks += 1
        if self._ticks % self.poll_seconds == 0:
            self.reload()

    def say(self, words: str, *, again: bool = False) -> None:
        """Say something in place of the content; ``again`` offers another try. Empty shows the content."""
        self._notice.setText(words)
        self._again.setVisible(again)
        self._stack.setCurrentWidget(self._said if words else self.content)

    @property
    def words(self) -> str:
        """What stands in for the content; empty while that is shown."""
        return self._notice.text()

    def showEvent(self, event: QShowEvent) -> None:
        """Load what was put off, and what may be old."""
        super().showEvent(event)
        self.reload()
