"""Settings of the window: one typed object in ``desktop.json`` of the profile. An unknown key is an error."""

import contextlib
import logging
import os
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from PySide6.QtCore import QObject, Signal

FILE = "desktop.json"
log = logging.getLogger("watchkeeper.desktop")


class SettingsError(Exception):
    """The file ``path`` cannot be read, is damaged or has an unknown key; ``detail`` names it."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class Arrangement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a person left one splitter, table or bar of tabs."""

    sizes: tuple[int, ...] = ()
    widths: dict[int, int] = {}
    """Of the columns that were pulled, by their numbers."""
    sort: int | None = None
    descending: bool = False
    tab: int = 0


class DesktopSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person chose for the window."""

    language: Literal["system", "en", "zh_CN"] = "system"
    color_scheme: Literal["system", "light", "dark"] = "system"
    compact_rows: bool = False
    close_to_tray: bool = True
    """Closing hides the window where a tray exists."""
    close_explained: bool = False
    """The person was told once where the window went."""
    group_accounts: bool = True
    """The accounts stand under their groups."""
    geometry: str = ""
    """Place and size of the window as Qt saves them, in base64."""
    places: dict[str, str] = {}
    """The same for each set of screens that was there."""
    arrangements: dict[str, Arrangement] = {}
    """What was pulled, sorted and opened in the pages."""
    inbox_order: Literal["newest", "unread_first", "oldest"] = "newest"
    inbox_folded: tuple[str, ...] = ()
    """Ids of the groups whose accounts are not shown in the inbox."""
    welcomed: bool = False
    """The first minutes are over: there was an account, or the person went on."""
    page: str = "overview"
    """The page that was open last."""
    settings_section: str = "general"
    """The section of the settings that was open last."""
    start_page: str = "last"
    """The page that a start shows: its name, or ``last`` for the one that was open."""
    start_minimized: bool = False
    """A start shows the icon in the tray alone, where there is a tray."""
    notification_sound: bool = True
    """Notifications may be heard."""
    badge: bool = True
    """Dock and taskbar show how much is unread."""
    open_links: bool = True
    """Links that begin with ``watchkeeper:`` are this program's, in the system's own table."""
    palette_recent: tuple[str, ...] = ()
    """Keys of what was chosen in the command palette, the latest first."""
    jobs_seen_at: int = 0
    """When the Jobs page was left last (UTC ms): failures before it are no news on the overview."""
    lock_after_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 10
    """A window that has a passphrase locks itself after so long without a key or a move; 0: never by itself."""
    update_asked: bool = False
    """The person was asked once whether newer versions may be looked for."""
    update_told: str = ""
    """The newer version that was told of last."""
    paused_together: tuple[str, ...] = ()
    """Ids of the accounts that *Pause all* paused: *Resume all* resumes these."""


def load(profile: Path) -> DesktopSettings:
    """Read the settings of ``profile``; no file means the defaults. Raises :class:`SettingsError`."""
    path = profile / FILE
    try:
        document = path.read_bytes()
    except FileNotFoundError:
        return DesktopSettings()
    except OSError as error:
        raise SettingsError(path, error.strerror or str(error)) from error
    try:
        return msgspec.json.decode(document, type=DesktopSettings)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path, str(error)) from error


def save(profile: Path, values: DesktopSettings) -> None:
    """Write the settings: a whole new file, or the old one stays."""
    path = profile / FILE
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(values)))
        os.replace(fresh, path)  # noqa: PTH105 (atomic on every platform)
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()


class SettingsHolder(QObject):
    """The settings in use. ``profile`` None keeps them in memory (a throw-away window)."""

    changed = Signal()

    def __init__(self, profile: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._profile = profile
        self._writable = True
        self.values = DesktopSettings() if profile is None else load(profile)

    @property
    def writable(self) -> bool:
        """They were written the last time that they were changed; else they hold for this window alone."""
        return self._writable

    def update(self, **changes: Any) -> None:
        """Change some values and write them. A name or value that the next start would not read raises ``TypeError``.

        Where they cannot be written (a full disk) they hold for this window; the log says so once.
        """
        values = msgspec.structs.replace(self.values, **changes)
        try:
            msgspec.convert(msgspec.to_builtins(values), type=DesktopSettings)
        except msgspec.ValidationError as error:
            raise TypeError(f"settings of the window: {error}") from error
        if values == self.values:
            return
        self.values = values
        if self._profile is not None:
            self._keep(self._profile, values)
        self.changed.emit()

    def _keep(self, profile: Path, values: DesktopSettings) -> None:
        try:
            save(profile, values)
        except OSError as error:
            if self._writable:
                log.warning("settings of the window cannot be kept: %s", error)
            self._writable = False
        else:
            self._writable = True
