"""Keeps the system's table of links as the settings want it."""

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject

from desktop.integration.url_schemes import UrlScheme
from desktop.settings import SettingsHolder

log = logging.getLogger("watchkeeper.desktop")


class LinkRegistration(QObject):
    """``command`` is what links start; it is registered while *open links* is on."""

    def __init__(
        self, settings: SettingsHolder, scheme: UrlScheme, command: Sequence[str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._scheme, self._command = settings, scheme, list(command)
        self._applied: bool | None = None
        settings.changed.connect(self.apply)

    def apply(self) -> None:
        """Make it so; what the system refuses is logged, for nothing else depends on it."""
        wanted = self._settings.values.open_links
        if wanted == self._applied:
            return
        self._applied = wanted
        try:
            if wanted and not self._scheme.registered(self._command):
                self._scheme.register(self._command)
            elif not wanted and self._scheme.registered(self._command):
                self._scheme.unregister()
        except OSError as error:
            log.info("links cannot be led here: %s", error)
