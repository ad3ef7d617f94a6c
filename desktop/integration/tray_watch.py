"""Trays come and go: a panel is restarted, an extension switched off. Qt tells nobody, so it is asked now and then."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

EVERY_MS = 2000


class TrayWatch(QObject):
    """Looks whether there is a tray; ``available`` answers within a few milliseconds."""

    appeared = Signal()
    vanished = Signal()

    def __init__(self, available: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._available = available
        self._there = available()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def there(self) -> bool:
        """There was a tray at the last look."""
        return self._there

    def look(self) -> None:
        """Look now."""
        there = self._available()
        if there != self._there:
            self._there = there
            (self.appeared if there else self.vanished).emit()

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()
