"""Short messages in the lower right corner, or where they cover no button; errors stay until they are closed."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.delegates.announcements import announce
from desktop.delegates.labels import PlainLabel
from desktop.theme import IconBinding, Theme
from desktop.views.actions import Undo
from desktop.views.free_places import actions_of, free_place, is_free

SHOW_MS = 6000
UNDO_MS = 10_000
"""Of a message that offers to take something back."""
LONGEST_MS = 12_000
"""Of a message that counts what keeps coming: then it makes room for what lies under it."""
STEP_MS = 500
WIDTH, NARROW = 360, 320
SMALL = QSize(1100, 660)
"""Below this width messages are narrow; below this height there are few."""
MARGIN = 20
MOST = 2
"""Harmless messages on the screen at once: more would lie over the page's own buttons."""
MOST_IN_ALL, MOST_IN_SMALL = 4, 2
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
        self._left, self._shown = UNDO_MS if isinstance(action, Undo) else SHOW_MS, 0
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
        """Only time in which it can be seen counts, and in which nobody is about to press its button."""
        if not self.isVisible() or self.window().isMinimized() or self.held:
            return
        self._left -= STEP_MS
        self._shown += STEP_MS
        if self._left <= 0:
            self.leave()

    @property
    def held(self) -> bool:
        """The mouse is over it, or the focus in it."""
        focused = self.window().focusWidget()
        pointed = self.window().isActiveWindow() and self.rect().contains(self.mapFromGlobal(QCursor.pos()))
        return pointed or (focused is not None and self.isAncestorOf(focused))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

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
        self.aside: QWidget | None = None
        """What messages never lie over, at the left: the sidebar."""
        self.pushed: QLayout | None = None
        """What gives way at the bottom where messages would cover a button wherever they lie."""
        parent.installEventFilter(self)
        self._look = QTimer(self)
        self._look.setInterval(STEP_MS)
        self._look.timeout.connect(self._on_look)
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

        One that takes something back is: the same words may tell of another deed.
        Of too many the oldest leave, what is bad last of all: a harmless message never takes its place.
        """
        shown = self.toasts
        merge = merge and not isinstance(action, Undo)
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

    def _leaving(self, shown: list[Toast], level: str) -> list[Toast]:
        """Return what makes room for one more: the oldest, and what is harmless first."""
        harmless = [one for one in shown if one.level != "bad"]
        bad = [one for one in shown if one.level == "bad"]
        small = self._over.isVisible() and self._over.height() < SMALL.height()
        most = MOST_IN_SMALL if small else MOST_IN_ALL
        over = max(0, len(shown) - most + 1)
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
        """Stay in place; shrink when a message leaves. Escape that nothing else wants puts the newest away."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Hide) and (
            watched is self.parent() or event.type() is QEvent.Type.Hide
        ):
            self._place()
        elif watched is self._over and self.toasts and _is_escape(event):
            self.toasts[-1].leave()
            return True
        return False

    def _on_look(self) -> None:
        """What is under the messages may have changed: they make room, unless somebody is about to press one."""
        if any(one.held for one in self.toasts) or is_free(self.geometry(), actions_of(self._over, self)):
            return
        self._place()

    def _place(self) -> None:
        toasts, over = self.toasts, self._over
        if not toasts:
            self._look.stop()
            self.hide()
            self._push(0)
            return
        width = WIDTH if over.width() >= SMALL.width() else NARROW
        height = sum(one.heightForWidth(width) for one in toasts) + 8 * (len(toasts) - 1)
        left = self.aside.geometry().right() + 1 if self.aside is not None else 0
        size = QSize(width, height)
        place = free_place(over, size, left, MARGIN, actions_of(over, self))
        if place is None:
            self._push(height + MARGIN + 4)
            place = QPoint(over.width() - width - MARGIN, over.height() - height - MARGIN)
        self.setGeometry(QRect(place, size))
        self._look.start()

    def _push(self, height: int) -> None:
        if self.pushed is not None:
            margins = self.pushed.contentsMargins()
            margins.setBottom(height)
            self.pushed.setContentsMargins(margins)


def _is_escape(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
        return False
    return event.key() == Qt.Key.Key_Escape
