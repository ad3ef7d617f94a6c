"""Tells that a package put a newer version beside the one that runs: it is used from the next start on."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.integration.launches import next_version, replaceable

LOOK_MS: Final = 60_000


class InstalledNews(QObject):
    """Looks once a minute, at one link; nowhere else than in a package that can be replaced while it runs."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told = ""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        if replaceable():
            self._timer.start()

    @property
    def looks(self) -> bool:
        """Whether there is something to look at."""
        return self._timer.isActive()

    def look(self) -> None:
        """Tell once of each version."""
        version = next_version()
        if version and version != self._told:
            self.notice.emit(
                self.tr("Watchkeeper {version} is installed").format(version=version),
                self.tr("This window goes on as it is. Quit and start again to use it."),
                "info",
            )
        self._told = version
