"""When the window is locked: at the start, by hand, after a time without a key or a move, after a sleep."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop.models.accounts import now_ms
from desktop.models.app_locks import AppLock
from desktop.settings import SettingsHolder
from desktop.theme import Theme

if TYPE_CHECKING:
    from desktop.views.lock_screen import Cover, LockScreen

LOOK_MS: Final = 5_000
ACTIVE: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Locking(QObject):
    """Puts the lock over the window of the moment. Without a passphrase it does nothing and costs nothing."""

    locked_changed = Signal(bool)

    def __init__(
        self,
        app: QApplication,
        lock: AppLock,
        settings: SettingsHolder,
        theme: Theme,
        run: Callable[[Coroutine[Any, Any, None]], object],
        parent: QObject | None = None,
        *,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        super().__init__(parent)
        self._app, self._lock, self._settings, self._theme, self._run = app, lock, settings, theme, run
        self._clock = clock
        self._window: QMainWindow | None = None
        self._watched: QWindow | None = None
        self.screen: LockScreen | None = None
        self._cover: Cover | None = None
        self._active_at = clock()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        lock.locked_changed.connect(self._on_locked)
        lock.changed.connect(self._on_changed)
        settings.changed.connect(self._on_changed)
        self._on_changed()

    def follow(self, window: QMainWindow) -> None:
        """Lock this window from now on: at once if it is locked."""
        self._window = window
        if self._cover is not None:
            self._app.removeEventFilter(self._cover)
        self.screen, self._cover = None, None  # they go with the window before
        if self._lock.locked:
            self._put_on()

    def close(self) -> None:
        """Watch nothing more."""
        self._timer.stop()
        self._watch(None)
        if self._cover is not None:
            self._app.removeEventFilter(self._cover)

    def look(self) -> None:
        """Lock when nothing happened for long enough; a computer that slept for that long counts."""
        minutes, now = self._settings.values.lock_after_minutes, self._clock()
        self._active_at = min(self._active_at, now)  # a clock that was set back makes nobody safe for longer
        if minutes and now - self._active_at >= minutes * 60_000:
            self._lock.lock()

    def _on_changed(self) -> None:
        wanted = self._lock.enabled and self._settings.values.lock_after_minutes > 0
        if wanted and not self._timer.isActive():
            self._active_at = self._clock()
            self._timer.start()
            self._app.focusWindowChanged.connect(self._watch)
            self._watch(self._app.focusWindow())
        elif not wanted and self._timer.isActive():
            self._timer.stop()
            self._app.focusWindowChanged.disconnect(self._watch)
            self._watch(None)

    def _watch(self, window: QWindow | None) -> None:
        """Keys and moves come to a window before they come to a widget: to one place, and not to all."""
        if self._watched is not None and self._watched is not window:
            self._watched.removeEventFilter(self)
            self._watched.destroyed.disconnect(self._on_window_gone)
            self._watched = None
        if window is not None and window is not self._watched:
            self._watched = window
            window.installEventFilter(self)
            window.destroyed.connect(self._on_window_gone)
            self._active_at = self._clock()

    def _on_window_gone(self) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Somebody is there."""
        if event.type() in ACTIVE:
            self._active_at = self._clock()
        return super().eventFilter(watched, event)

    def _on_locked(self, locked: bool) -> None:
        if locked:
            self._put_on()
        else:
            self._take_off()
        self.locked_changed.emit(locked)

    def _put_on(self) -> None:
        if self._window is None or self.screen is not None:
            return
        from desktop.views.lock_screen import Cover, LockScreen  # most starts have no lock

        self.screen = LockScreen(self._lock, self._theme, self._run, self._window)
        self._cover = Cover(self._app, self._window, self.screen)
        self.screen.show()
        self.screen.raise_()
        self.screen.field.setFocus()

    def _take_off(self) -> None:
        screen, cover = self.screen, self._cover
        self.screen, self._cover = None, None
        self._active_at = self._clock()
        if cover is not None:
            cover.lift()
        if screen is not None:
            screen.hide()
            screen.deleteLater()
