"""What every page and dialog is given through its constructor."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from desktop.bridge import Bridge
from desktop.integration.autostart import Autostart
from desktop.models.app_locks import AppLock
from desktop.models.hub import Models, Run
from desktop.settings import SettingsHolder
from desktop.theme import Theme
from desktop.words import Wording
from master.api.client import ApiError


@dataclass(frozen=True, kw_only=True)
class Context:
    """The parts that a window is made with; ``run`` starts a task on the GUI's loop and shows its errors."""

    bridge: Bridge
    models: Models
    wording: Wording
    theme: Theme
    settings: SettingsHolder
    run: Run
    autostart: Autostart | None = None
    """The system's switch of the start at login; None where that is not offered."""
    profile: Path | None = None
    """The folder of settings and data on this machine."""
    pages: tuple[tuple[str, str], ...] = ()
    """Name and title of each page of the window, in its order."""

    lock: AppLock | None = None
    """The lock of the window; None where there is none (a window of a test)."""

    @property
    def address(self) -> str:
        """Host and port at which the master is reached now: one that was started again may listen elsewhere."""
        return urlsplit(self.bridge.client.url).netloc

    def field_errors(self, error: ApiError) -> dict[str, str]:
        """Return what is wrong by the last part of the field's name (``settings.port`` → ``port``), in words."""
        found = dict(error.fields or {}) | {name: self.wording.say(text) for name, text in (error.texts or {}).items()}
        return {name.rsplit(".", 1)[-1]: message for name, message in found.items()}
