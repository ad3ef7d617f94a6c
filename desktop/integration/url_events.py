"""Links that macOS hands to the running program as events: there is no second start to hear of them."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class UrlEvents(QObject):
    """Hears them from its making on. Only where they come: a filter sees every event of the program."""

    link_opened = Signal(str)
    """A link, good or bad."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take links; files are not ours."""
        if isinstance(event, QFileOpenEvent) and event.url().scheme():
            link = event.url().toString()
            if event.url().isLocalFile():
                return False
            self.link_opened.emit(link)
            return True
        return super().eventFilter(watched, event)
