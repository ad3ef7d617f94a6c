"""What stands in for a view that asks the master: grey rows while it loads, why there is nothing, what went wrong."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.views.page import SKELETON_MS, Notice, Skeleton

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
        self._skeleton = QWidget(self)
        around = QVBoxLayout(self._skeleton)
        around.setContentsMargins(16, 16, 16, 16)
        around.addWidget(Skeleton(self._skeleton))
        self.notice = Notice(context, self)
        self._again = self.notice.button
        self._again.clicked.connect(lambda _checked=False: self._step())
        for widget in (self.content, self._blank, self._skeleton, self.notice):
            self._stack.addWidget(widget)
        for widget in (self._skeleton, self.notice):
            widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._grey_timer = QTimer(self)
        self._grey_timer.setSingleShot(True)
        self._grey_timer.setInterval(SKELETON_MS)
        self._grey_timer.timeout.connect(lambda: self._stack.setCurrentWidget(self._skeleton))

    def reload(self) -> None:
        """Load, again or for the first time."""
        raise NotImplementedError

    def loading(self) -> None:
        """Show that it loads: grey rows after a moment."""
        self._stack.setCurrentWidget(self._blank)
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
        return self.notice.words.text() if self._stack.currentWidget() is self.notice else ""

    @property
    def shown_state(self) -> str:
        """``content``, ``loading``, ``empty`` or ``error``."""
        current = self._stack.currentWidget()
        if current is self.content:
            return "content"
        if current is self.notice:
            return "empty" if self.notice.title.isHidden() else "error"
        return "loading"

    def _try_again(self) -> None:
        self.loading()
        self.reload()
