"""What stands in for a view that asks the master: grey rows while it loads, why there is nothing, what went wrong."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.views.page_notices import SKELETON_MS, Notice, Skeleton

Step = tuple[str, Callable[[], object]]
"""A button: its words, and what it does."""


class StandInView(QWidget):
    """``content`` is laid out by subclasses; nothing that stands in for it makes a view higher than its content."""

    icon = "inbox"
    """Of the sentence that says that there is nothing."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._step: Callable[[], object] = self.reload
        self._stack = QStackedLayout(self)
        self.content = QWidget(self)
        self._blank = QWidget(self)
        for widget in (self.content, self._blank):
            self._stack.addWidget(widget)
        self._skeleton: QWidget | None = None
        self._notice: Notice | None = None
        self._grey_timer = QTimer(self)
        self._grey_timer.setSingleShot(True)
        self._grey_timer.setInterval(SKELETON_MS)
        self._grey_timer.timeout.connect(self._show_grey)

    @property
    def notice(self) -> Notice:
        """What says that there is nothing, or what failed: made when it is first wanted."""
        if self._notice is None:
            self._notice = Notice(self.context, self)
            self._notice.button.clicked.connect(lambda _checked=False: self._step())
            self._add(self._notice)
        return self._notice

    def reload(self) -> None:
        """Load, again or for the first time."""
        raise NotImplementedError

    def loading(self) -> None:
        """Show that it loads: grey rows after a moment."""
        self._stack.setCurrentWidget(self._blank)
        if self.isVisible():
            self._grey_timer.start()

    def say(self, words: str, *, step: Step | None = None) -> None:
        """Say why there is nothing, with the next step as a button (else to look again); empty shows the content."""
        self._grey_timer.stop()
        if not words:
            self._stack.setCurrentWidget(self.content)
            return
        title, self._step = step or (self.tr("Look again"), self.reload)
        self.notice.set(self.icon, "muted", "", words, title)
        self._stack.setCurrentWidget(self.notice)

    def fail(self, words: str) -> None:
        """Say what went wrong, with *Try again*."""
        self._grey_timer.stop()
        self._step = self._try_again
        self.notice.set("warning", "warn", self.tr("This could not be loaded"), words, self.tr("Try again"))
        self._stack.setCurrentWidget(self.notice)

    @property
    def words(self) -> str:
        """Why there is nothing, or what went wrong; empty while it loads, and while the content is shown."""
        told = self._notice
        return told.words.text() if told is not None and self._stack.currentWidget() is told else ""

    @property
    def shown_state(self) -> str:
        """``content``, ``loading``, ``empty`` or ``error``."""
        current, told = self._stack.currentWidget(), self._notice
        if current is self.content:
            return "content"
        if told is not None and current is told:
            return "empty" if told.title.isHidden() else "error"
        return "loading"

    def showEvent(self, event: QShowEvent) -> None:
        """What still loads shows grey rows after a moment."""
        super().showEvent(event)
        if self.shown_state == "loading":
            self._grey_timer.start()

    def _add(self, widget: QWidget) -> None:
        widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.addWidget(widget)

    def _show_grey(self) -> None:
        if self._skeleton is None:
            self._skeleton = QWidget(self)
            around = QVBoxLayout(self._skeleton)
            around.setContentsMargins(16, 16, 16, 16)
            around.addWidget(Skeleton(self._skeleton))
            self._add(self._skeleton)
        self._stack.setCurrentWidget(self._skeleton)

    def _try_again(self) -> None:
        self.loading()
        self.reload()
