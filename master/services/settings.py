"""Settings of the master: written before they count, then announced."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import UNSET

from master.api.system import Settings, SettingsPatch
from master.errors import Conflict, Invalid, Unavailable
from master.services.events import Publisher
from master.settings import SETTINGS_FILE, save_settings
from worker.protocol.bases import EARLIEST_MS, LATEST_MS
from worker.protocol.manifest import Manifest
from worker.protocol.texts import text


class SettingsService:
    """Holds the settings. Everybody reads ``current`` when needed and keeps no copy."""

    def __init__(self, *, profile: Path, publisher: Publisher, settings: Settings) -> None:
        self._profile = profile
        self._publisher = publisher
        self._current = settings
        self._lock = asyncio.Lock()
        self._on_change: list[Callable[[Settings, Settings], None]] = []

    def watch(self, callback: Callable[[Settings, Settings], None]) -> None:
        """Call ``callback`` with the settings before and after each change, once they count."""
        self._on_change.append(callback)

    @property
    def current(self) -> Settings:
        """Return the settings as they are now."""
        return self._current

    def commands_of(self, manifest: Manifest) -> list[str] | None:
        """Return the programs that a platform may execute; None: any, and for one that executes none."""
        return self._current.job_commands if manifest.capabilities.executes else None

    async def patch(self, body: SettingsPatch) -> Settings:
        """Change what ``body`` names.

        Raises :class:`Invalid` by field, :class:`Conflict` for an old version, :class:`Unavailable` when not writable.
        """
        changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
        version = changes.pop("version", None)
        until = changes.get("muted_until_at")
        if until is not None and not EARLIEST_MS <= until <= LATEST_MS:
            raise Invalid(
                fields={"muted_until_at": text("field_range", minimum=EARLIEST_MS, maximum=LATEST_MS)},
            )
        async with self._lock:
            if version not in (None, self._current.version):
                raise Conflict(text("version_stale"))
            new = msgspec.structs.replace(self._current, **changes)
            if changes.get("update_address"):
                _check_update_address(new.update_address)
            if new.offline_after_seconds <= new.heartbeat_seconds:
                minimum = new.heartbeat_seconds
                raise Invalid(fields={"offline_after_seconds": text("field_above", minimum=minimum)})
            if new == self._current:
                return new
            new = msgspec.structs.replace(new, version=new.version + 1)
            try:
                await asyncio.to_thread(save_settings, self._profile, new)
            except OSError as error:
                path = str(self._profile / SETTINGS_FILE)
                reason = text("start_profile_not_writable", path=path, detail=error.strerror or str(error))
                raise Unavailable(reason, code="ERR_PROFILE") from error
            before, self._current = self._current, new
        for callback in self._on_change:
            callback(before, new)
        self._publisher.publish("settings.changed", new)
        return new


def _check_update_address(address: str) -> None:
    from master.services.update_files import UpdateError, check_address

    try:
        check_address(address)
    except UpdateError as error:
        raise Invalid(fields={"update_address": error.text}) from error
