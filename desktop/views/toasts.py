"""Short messages in the lower right corner; errors stay until they are closed."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.delegates.announcements import announce
from desktop.delegates.labels import PlainLabel
from desktop.theme import IconBinding, Theme
from desktop.views.actions import Undo

SHOW_MS = 6000
LONGEST_MS = 12_000
"""Of a message that counts what keeps coming: then it makes room for what lies under it."""
STEP_MS = 500
WIDTH = 360
MARGIN = 20
MOST = 2
"""Harmless messages on the screen at once: more would lie over the page's own buttons."""
MOST_IN_ALL = 4
GATHER_SECONDS = 0.3
"""Items that are told within this time of each other become one message."""


class Toast(QFrame):
    """One message with an optional button."""

    gone = Signal(object)

    def __init__(
        self,
        theme: Theme,
        title: str,
        body: str,
        level: str,
        action: tuple[str, Callable[[], None]] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        self.setProperty("level", level)
        self.setAccessibleName(f"{title} {body}".strip())
        self.title, self.body, self.level = title, body, level
        self.action = action
        self.items: list[str] = []
        """The accounts of the items that it tells of, one for each item."""
        self._leaving = False
        self._labels: list[PlainLabel] = []
        self.setFixedWidth(WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 8, 12)
        words = QVBoxLayout()
        words.setSpacing(4)
        for text, kind in ((title, "strong"), (body, "" if title else "strong")):
            if text:
                label = PlainLabel(text, self)
                label.setProperty("kind", kind)
                label.setWordWrap(True)
                words.addWidget(label)
                self._labels.append(label)
        if action is not None:
            button = QPushButton(action[0], self)
            button.setProperty("kind", "link")
            button.clicked.connect(lambda _checked=False: self._act(action[1]))
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(words, 1)
        close = QToolButton(self)
        close.setAccessibleName(self.tr("Close"))
        IconBinding(theme, close, "close", "muted")
        close.clicked.connect(self.leave)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._left, self._shown = SHOW_MS, 0
        if level != "bad":
            self._timer = QTimer(self)
            self._timer.timeout.connect(self._on_time)
            self._timer.start(STEP_MS)

    def retitle(self, title: str) -> None:
        """Say something else from now on, as long as a fresh message does, though not for ever."""
        self.title = title
        self._labels[0].setText(title)
        self.setAccessibleName(f"{title} {self.body}".strip())
        self._left = min(SHOW_MS, LONGEST_MS - self._shown)

    def _on_time(self) -> None:
        """Only time in which it can be seen counts."""
        if not self.isVisible() or self.window().isMinimized():
            return
        self._left -= STEP_MS
        self._shown += STEP_MS
        if self._left <= 0:
            self.leave()

    def leave(self) -> None:
        """Go away, once."""
        if self._leaving:
            return
        self._leaving = True
        self.gone.emit(self)
        self.hide()
        self.deleteLater()

    def act(self) -> None:
        """Press its button."""
        if self.action is not None:
            self._act(self.action[1])

    def _act(self, action: Callable[[], None]) -> None:
        self.leave()
        action()


class ToastArea(QWidget):
    """Lies over its parent; as high as its messages, so that nothing under it is blocked."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._over = theme, parent
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._toasts: list[Toast] = []
        self._last_item = float("-inf")
        parent.installEventFilter(self)
        self.hide()

    @property
    def toasts(self) -> list[Toast]:
        """Messages on the screen, oldest first."""
        # Never read from the layout: a wrapper of one of its items would outlive it, and end the process.
        return [toast for toast in self._toasts if not toast.isHidden()]

    @property
    def can_undo(self) -> bool:
        """One of the messages offers to take back what it tells of."""
        return any(isinstance(one.action, Undo) for one in self.toasts)

    def undo(self) -> None:
        """Take back what the newest of these tells of."""
        for toast in reversed(self.toasts):
            if isinstance(toast.action, Undo):
                toast.act()
                return

    def add(
        self,
        title: str,
        body: str = "",
        level: str = "info",
        action: tuple[str, Callable[[], None]] | None = None,
        *,
        merge: bool = True,
    ) -> None:
        """Show a message (``info`` or ``bad``). With ``merge`` the same one is not shown twice at once.

        Of too many the oldest leave, what is bad last of all: a harmless message never takes its place.
        """
        shown = self.toasts
        if merge and any((one.title, one.body) == (title, body) for one in shown):
            return
        for old in self._leaving(shown, level):
            old.leave()
        self._put(title, body, level, action)

    def add_item(
        self,
        title: str,
        body: str,
        account_id: str,
        action: tuple[str, Callable[[], None]],
        all_action: tuple[str, Callable[[], None]],
    ) -> None:
        """Tell of a new item; of several at once, or of more than have room, one message tells how many.

        ``action`` is for the item alone, ``all_action`` for the message that counts.
        """
        now = time.monotonic()
        soon, self._last_item = now - self._last_item < GATHER_SECONDS, now
        told = [one for one in self.toasts if one.items]
        harmless = [one for one in self.toasts if one.level != "bad"]
        counting = next((one for one in told if len(one.items) > 1), None)
        if counting is not None:
            counting.items.append(account_id)
            counting.retitle(self._count(counting.items))
            QTimer.singleShot(0, self, self._place)
        elif told and (soon or len(harmless) >= MOST):
            items = [*(one for toast in told for one in toast.items), account_id]
            for old in told:
                old.leave()
            self.add(self._count(items), "", "info", all_action, merge=False)
            self.toasts[-1].items = items
        else:
            self.add(title, body, "info", action, merge=False)
            self.toasts[-1].items = [account_id]

    def _count(self, items: list[str]) -> str:
        many, accounts = len(items), len(set(items))
        return self.tr("{items} in {accounts}", "how many items in how many accounts").format(
            items=self.tr("%n new item(s)", "", many), accounts=self.tr("%n account(s)", "", accounts)
        )

    @staticmethod
    def _leaving(shown: list[Toast], level: str) -> list[Toast]:
        """Return what makes room for one more: the oldest, and what is harmless first."""
        harmless = [one for one in shown if one.level != "bad"]
        bad = [one for one in shown if one.level == "bad"]
        over = max(0, len(shown) - MOST_IN_ALL + 1)
        if level == "bad":
            return [*harmless, *bad][:over]
        return harmless[: max(over, len(harmless) - MOST + 1)]

    def _put(self, title: str, body: str, level: str, action: tuple[str, Callable[[], None]] | None) -> None:
        toast = Toast(self._theme, title, body, level, action, self)
        toast.gone.connect(self._toasts.remove)
        toast.installEventFilter(self)
        self._toasts.append(toast)
        self._layout.addWidget(toast)
        toast.show()
        announce(toast, toast.accessibleName(), urgent=level == "bad")
        self.show()
        self.raise_()
        QTimer.singleShot(0, self, self._place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner; shrink when a message leaves."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Hide) and (
            watched is self.parent() or event.type() is QEvent.Type.Hide
        ):
            self._place()
        return False

    def _place(self) -> None:
        if not self.toasts:
            self.hide()
            return
        toasts, over = self.toasts, self._over
        height = sum(one.heightForWidth(WIDTH) for one in toasts) + 8 * (len(toasts) - 1)
        self.setGeometry(over.width() - WIDTH - MARGIN, over.height() - height - MARGIN, WIDTH, height)
