"""Where the window stands: kept for each set of screens, found again when a screen comes or goes."""

import base64
import logging
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.settings import SettingsHolder

WAIT_MS: Final = 1000
"""After the last move so long, then it is written."""
SETS: Final = 8
"""So many sets of screens are known, the last ones."""
MOVES: Final = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange})

log = logging.getLogger("watchkeeper.desktop")


def screens_now() -> str:
    """Return a name of the screens that are there: each with its size and place."""
    named = []
    for screen in QGuiApplication.screens():
        place = screen.geometry()
        named.append(f"{screen.name()}:{place.width()}x{place.height()}+{place.x()}+{place.y()}")
    return "|".join(sorted(named))


class WindowPlace(QObject):
    """Keeps place, size and state of one window."""

    screens_changed = Signal()
    """Other screens are there than before, and the window was put where it stood with them, if that is known."""

    def __init__(self, window: QWidget, settings: SettingsHolder) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._screens = screens_now()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.keep)
        window.installEventFilter(self)

    def restore(self) -> bool:
        """Put the window where it stood with these screens, or where it stood last. False: nothing is known."""
        values = self._settings.values
        known = values.places.get(self._screens) or values.geometry
        if not known:
            return False
        try:
            return self._window.restoreGeometry(QByteArray(base64.b64decode(known)))
        except ValueError as error:  # a file that somebody has written in: the window opens where it first did
            log.info("the place of the window cannot be read: %s", error)
            return False

    def keep(self) -> None:
        """Write where it is now, unless the screens changed a moment ago: it stands there by nobody's will."""
        self._timer.stop()
        if screens_now() != self._screens:
            return
        place = base64.b64encode(self._window.saveGeometry().data()).decode()
        places = {name: one for name, one in self._settings.values.places.items() if name != self._screens}
        places[self._screens] = place
        self._settings.update(geometry=place, places=dict(list(places.items())[-SETS:]))

    def look(self) -> None:
        """Once a second: see whether a screen came or went."""
        now = screens_now()
        if now == self._screens:
            return
        log.info("the screens are others now")
        self._timer.stop()
        self._screens = now
        if now in self._settings.values.places:
            self.restore()
        self.screens_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What the person does with the window is kept."""
        if watched is self._window and event.type() in MOVES and self._window.isVisible():
            self._timer.start()
        return super().eventFilter(watched, event)
