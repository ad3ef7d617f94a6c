"""The number on the program's picture in dock and taskbar: how much is unread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance

from desktop.settings import SettingsHolder


class Badge(QObject):
    """Follows the unread count while the settings want it.

    ``set_number`` shows a number, 0 none: Qt's ``QGuiApplication.setBadgeNumber`` knows how each system does so.
    """

    def __init__(
        self,
        settings: SettingsHolder,
        set_number: Callable[[int], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._set_number = settings, set_number
        self._unread: Callable[[], int] = int
        self._shown = 0
        settings.changed.connect(self.refresh)

    def follow(self, changed: SignalInstance, unread: Callable[[], int]) -> None:
        """Show what ``unread`` returns, and again whenever ``changed`` is emitted."""
        self._unread = unread
        changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the number as it is now."""
        self._show(self._unread() if self._settings.values.badge else 0)

    def close(self) -> None:
        """Show none any more, whatever changes."""
        self._settings.changed.disconnect(self.refresh)
        self._unread = int
        self._show(0)

    def _show(self, number: int) -> None:
        if number != self._shown:
            self._shown = number
            self._set_number(number)
