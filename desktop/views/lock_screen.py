"""The lock over the window: one field, and nothing of what is under it."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.announcements import COVERED
from desktop.delegates.labels import PlainLabel
from desktop.dialogs.error_lines import ErrorLine
from desktop.models.app_locks import AppLock, LockError
from desktop.theme import Theme

FIELD: Final = 320
LOCK_SAFE: Final = "lock_safe"
"""Property of dialogs that may be answered while the window is locked: they say nothing of what was found."""
KEYS: Final = frozenset(
    {QEvent.Type.Shortcut, QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease}
)


class LockScreen(QWidget):
    """Covers the window that it is made for, and takes its keys."""

    def __init__(
        self,
        lock: AppLock,
        theme: Theme,
        run: Callable[[Coroutine[Any, Any, None]], object],
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._lock, self._theme, self._run, self._window = lock, theme, run, window
        theme.dress(self)
        self._busy = False
        self._said_wait = False
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Watchkeeper is locked"))
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        self._mark = PlainLabel(self)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole.addWidget(self._mark)
        whole.addSpacing(8)
        self.heading = PlainLabel(self.tr("Watchkeeper is locked"), self)
        self.heading.setProperty("kind", "title")
        self.words = PlainLabel(self.tr("It watches on. Type your passphrase to see what it found."), self)
        self.words.setProperty("kind", "muted")
        for label in (self.heading, self.words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            whole.addWidget(label)
        whole.addSpacing(16)
        whole.addLayout(self._make_row())
        whole.addSpacing(8)
        self.problem = ErrorLine(theme, self)
        self.problem.setFixedWidth(FIELD + 84)
        holder = QHBoxLayout()
        holder.addStretch(1)
        holder.addWidget(self.problem)
        holder.addStretch(1)
        whole.addLayout(holder)
        whole.addStretch(3)
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._on_tick)
        theme.changed.connect(self._draw)
        window.installEventFilter(self)
        self._draw()
        self._place()
        if lock.damaged:
            self._say_damaged()
        self._on_tick()

    def _make_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText(self.tr("Passphrase"))
        self.field.setAccessibleName(self.tr("Passphrase"))
        self.field.setFixedWidth(FIELD)
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.field.returnPressed.connect(self.try_it)
        self.button = QPushButton(self.tr("Unlock"), self)
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(lambda _checked=False: self.try_it())
        row.addStretch(1)
        row.addWidget(self.field)
        row.addWidget(self.button)
        row.addStretch(1)
        return row

    # -- trying

    def try_it(self) -> None:
        """Try what was typed."""
        if self._busy or not self.field.text() or self._lock.wait_seconds():
            return
        self._busy = True
        self._run(self._try(self.field.text()))

    async def _try(self, passphrase: str) -> None:
        try:
            right = await self._lock.unlock(passphrase)
        except LockError as error:
            if error.reason == "damaged":
                self._say_damaged()
            right = False
        else:
            if not right:
                self.problem.say(self.tr("That is not the passphrase."))
        finally:
            self._busy = False
            self.field.clear()
        if not right:
            self._on_tick()
            self.field.setFocus()

    def _say_damaged(self) -> None:
        said = self.tr("The file of the lock is damaged: {detail}. Quit Watchkeeper and delete {path} to open it.")
        self.problem.say(said.format(detail=self._lock.damaged, path=str(self._lock.path)))

    def _on_tick(self) -> None:
        wait = self._lock.wait_seconds()
        free = wait == 0 and not self._lock.damaged
        self.field.setEnabled(free)
        self.button.setEnabled(free)
        if wait:
            said = self.tr("That was wrong a few times. Try again in %n second(s).", "", wait)
            self.problem.say(said)
            self._timer.start()
        else:
            self._timer.stop()
            if self._said_wait:
                self.problem.say("")
                self.field.setFocus()
        self._said_wait = bool(wait)

    # -- covering

    def _draw(self) -> None:
        self._mark.setPixmap(self._theme.sign("lock", "muted", self.devicePixelRatioF()))

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hide what is under it, whatever the style sheet says."""
        QPainter(self).fillRect(event.rect(), self._theme.tokens.color("base"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the window."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


class Cover(QObject):
    """Hides everything of a window but its lock screen, as long as it lives; :meth:`lift` brings all of it back."""

    def __init__(self, app: QApplication, window: QMainWindow, screen: LockScreen) -> None:
        super().__init__(screen)
        self._app, self._window, self._screen = app, window, screen
        self._hidden: list[QWidget] = []
        self._disabled: list[QWidget] = []
        bar = window.menuWidget()
        # macOS shows them above the screen, where no widget of ours covers them.
        self._menus = [one for one in bar.actions() if one.isEnabled()] if bar is not None else []
        for menu in self._menus:
            menu.setEnabled(False)
        self._focus: QWidget | None = window.focusWidget()
        if self._focus is not None:
            self._focus.destroyed.connect(self._on_focus_gone)
        while (popup := app.activePopupWidget()) is not None and popup.close():  # a menu may stand open in a menu
            pass
        for child in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if child is not screen and not child.isWindow() and child.isVisibleTo(window):
                self._hide(child)
                if child.isEnabled():  # what is hidden takes the focus all the same, what is disabled does not
                    child.setEnabled(False)
                    self._disabled.append(child)
        for other in app.topLevelWidgets():
            if self._is_covered(other) and other.isVisible():
                self._hide(other)
        app.installEventFilter(self)

    def lift(self) -> None:
        """Show again what was hidden, dialogs with what was typed into them."""
        self._app.removeEventFilter(self)
        for menu in self._menus:
            menu.setEnabled(True)
        for widget in self._disabled:
            widget.setEnabled(True)
        for widget in self._hidden:
            widget.destroyed.disconnect(self._on_gone)
            widget.setProperty(COVERED, None)
            widget.show()
        self._hidden.clear()
        if self._focus is not None:
            self._focus.destroyed.disconnect(self._on_focus_gone)
            if self._focus.isVisible():  # a link may have led elsewhere meanwhile
                self._focus.setFocus()

    def _on_focus_gone(self) -> None:
        self._focus = None

    def _hide(self, widget: QWidget) -> None:
        widget.setProperty(COVERED, True)
        widget.hide()
        self._hidden.append(widget)
        widget.destroyed.connect(self._on_gone)

    def _on_gone(self, widget: QObject) -> None:
        self._hidden = [one for one in self._hidden if one is not widget]
        self._disabled = [one for one in self._disabled if one is not widget]

    def _is_covered(self, widget: QWidget) -> bool:
        return isinstance(widget, QDialog) and not widget.property(LOCK_SAFE)

    def _is_ours(self, watched: QObject) -> bool:
        widget = watched if isinstance(watched, QWidget) else watched.parent()
        while isinstance(widget, QWidget):
            if widget is self._screen or widget.property(LOCK_SAFE):
                return True
            widget = widget.parentWidget()
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys and shortcuts reach the lock alone; a dialog that opens now waits until it is lifted."""
        kind = event.type()
        if kind == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            if self._is_covered(watched) and watched not in self._hidden:
                QTimer.singleShot(0, watched, lambda: self._hide(watched))
        elif kind in KEYS and (watched.isWidgetType() or kind == QEvent.Type.Shortcut) and not self._is_ours(watched):
            return watched is not self._window or kind != QEvent.Type.ShortcutOverride
        return False
