"""Where settings are kept, with one face for both: those of the window and those of the master."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET
from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.models.hub import Models
from desktop.settings import DesktopSettings, SettingsHolder
from master.api.client import ApiError
from master.api.schema import Settings, SettingsPatch

CONFLICT = 409
ATTEMPTS = 3


class ChangedElsewhere(Exception):
    """Somebody else changed the setting since it was looked at; nothing was saved."""


class NotWritten(Exception):
    """It counts from now on, and is forgotten at the next start: the file cannot be written."""


class SettingStore(QObject):
    """``changed`` tells that any value, or whether they can be changed, is different now."""

    changed = Signal()
    name = ""

    @property
    def ready(self) -> bool:
        """Values are known and can be changed."""
        raise NotImplementedError

    def names(self) -> Iterable[str]:
        """Return the names of all settings that this store has."""
        raise NotImplementedError

    def value(self, name: str) -> Any:
        """Return the value as it is now, as JSON would hold it. Raises ``AttributeError`` for an unknown name."""
        raise NotImplementedError

    def default(self, name: str) -> Any:
        """Return what it is when nobody changes it."""
        raise NotImplementedError

    async def save(self, name: str, value: Any, seen: Any) -> None:
        """Change one setting that was looked at as ``seen``.

        Raises :class:`ChangedElsewhere`, :class:`NotWritten`, and :class:`~master.api.client.ApiError` when it is
        refused.
        """
        raise NotImplementedError


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


class WindowStore(SettingStore):
    """``desktop.json``: it is always there."""

    name = "window"

    def __init__(self, holder: SettingsHolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._holder = holder
        holder.changed.connect(self.changed)

    @property
    def ready(self) -> bool:
        return True

    def names(self) -> Iterable[str]:
        return DesktopSettings.__struct_fields__

    def value(self, name: str) -> Any:
        return _plain(getattr(self._holder.values, name))

    def default(self, name: str) -> Any:
        return _plain(getattr(DesktopSettings(), name))

    async def save(self, name: str, value: Any, seen: Any) -> None:
        self._holder.update(**{name: value})
        if not self._holder.writable:
            raise NotWritten


class MasterStore(SettingStore):
    """``settings.json`` of the master, over its API; known once the window has loaded."""

    name = "master"

    def __init__(self, models: Models, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._bridge = bridge
        self._answered: Settings | None = None
        """What the last answer carried: its event may come a moment later."""
        models.settings_changed.connect(self._on_settings)
        models.connection_changed.connect(self._on_connection)

    @property
    def current(self) -> Settings | None:
        """The newest that is known."""
        known, answered = self._models.settings, self._answered
        return answered if known is not None and answered is not None and answered.version > known.version else known

    @property
    def ready(self) -> bool:
        return self._models.connected and self._models.settings is not None

    def names(self) -> Iterable[str]:
        return Settings.__struct_fields__

    def value(self, name: str) -> Any:
        return _plain(getattr(self.current or Settings(), name))

    def default(self, name: str) -> Any:
        return _plain(getattr(Settings(), name))

    async def save(self, name: str, value: Any, seen: Any) -> None:
        for attempt in range(ATTEMPTS):
            if self.value(name) != seen:
                raise ChangedElsewhere
            version = self.current.version if self.current is not None else UNSET
            body = SettingsPatch(**{name: value}, version=version)
            try:
                self._answered = await self._bridge.call(self._bridge.client.patch_settings(body))
            except ApiError as error:
                if error.status != CONFLICT or attempt + 1 == ATTEMPTS:
                    raise
                # Another one may have been changed: then this one can be saved after all.
                self._answered = await self._bridge.call(self._bridge.client.settings())
            else:
                return

    def _on_settings(self) -> None:
        known = self._models.settings
        if self._answered is not None and known is not None and known.version >= self._answered.version:
            self._answered = None
        self.changed.emit()

    def _on_connection(self) -> None:
        if not self._models.connected:  # another master may answer next, or one with other settings
            self._answered = None
        self.changed.emit()
