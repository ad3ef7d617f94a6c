"""Where settings are kept, with one face for both: those of the window and those of the master."""

from collections.abc import Iterable
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.models.hub import Models
from desktop.settings import DesktopSettings, SettingsHolder
from master.api.schema import Settings, SettingsPatch


class ChangedElsewhere(Exception):
    """Somebody else changed the setting since it was looked at; nothing was saved."""


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

        Raises :class:`ChangedElsewhere`, and :class:`~master.api.client.ApiError` when it is refused.
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


class MasterStore(SettingStore):
    """``settings.json`` of the master, over its API; known once the window has loaded."""

    name = "master"

    def __init__(self, models: Models, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._bridge = bridge
        models.settings_changed.connect(self.changed)
        models.connection_changed.connect(self.changed)

    @property
    def ready(self) -> bool:
        return self._models.connected and self._models.settings is not None

    def names(self) -> Iterable[str]:
        return Settings.__struct_fields__

    def value(self, name: str) -> Any:
        return _plain(getattr(self._models.settings or Settings(), name))

    def default(self, name: str) -> Any:
        return _plain(getattr(Settings(), name))

    async def save(self, name: str, value: Any, seen: Any) -> None:
        known = self._models.settings
        if known is not None and self.value(name) != seen:
            raise ChangedElsewhere
        await self._bridge.call(self._bridge.client.patch_settings(SettingsPatch(**{name: value})))
