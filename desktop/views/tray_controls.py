"""What the tray switches and tells: pauses, mute, start at login, the state of everything."""

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.integration.autostart import Autostart, launch_command
from desktop.integration.pauses import Pauses
from desktop.integration.tray import Tray
from desktop.integration.tray_states import TrayStates
from desktop.models.hub import Models, Run
from desktop.settings import SettingsHolder
from desktop.words import Wording
from master.api.schema import SettingsPatch
from worker.protocol.states import AccountState


class TrayControls(QObject):
    """Stands between the tray's icon and the models. ``autostart`` None: a start at login has nobody to ask."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message for the window."""

    def __init__(
        self,
        tray: Tray,
        bridge: Bridge,
        models: Models,
        settings: SettingsHolder,
        wording: Wording,
        run: Run,
        *,
        autostart: Autostart | None,
        profile: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tray, self._bridge, self._models, self._wording = tray, bridge, models, wording
        self._run, self._autostart, self._profile = run, autostart, profile
        self._pauses = Pauses(bridge, models.accounts.values, settings)
        self._states = TrayStates(self)
        self._closed = False
        tray.mute_requested.connect(self._on_mute_requested)
        tray.pause_all_requested.connect(self._on_pause_all_requested)
        tray.menu_opening.connect(self._on_menu_opening)
        tray.autostart_requested.connect(self._on_autostart_requested)
        self._on_menu_opening()
        for signal in (
            models.unread_changed,
            models.status_changed,
            models.connection_changed,
            models.settings_changed,
            models.accounts.settled,
            models.workers.settled,
        ):
            signal.connect(self.refresh)

    def close(self) -> None:
        """Hear nothing more; what still settles finds no icon."""
        self._closed = True
        self._tray.disconnect(self)

    def refresh(self) -> None:
        """Show the state as it is now, in the language that is spoken now."""
        if self._closed:
            return
        counts = self._models.accounts.counts()
        total = counts.total()
        level, sentence = self._states.tell(self._models.connected, counts, self._models.workers.values())
        settings, now = self._models.settings, int(time.time() * 1000)
        until = (settings.muted_until_at or 0) if settings is not None else 0
        muted_until = self._wording.clock(until, now) if until > now else ""
        self._tray.update_state(level, self._models.unread, sentence)
        self._tray.update_switches(
            all_paused=bool(total) and counts[AccountState.PAUSED] == total, muted_until=muted_until
        )

    def _on_mute_requested(self, seconds: int) -> None:
        until = int(time.time() * 1000) + seconds * 1000 if seconds else None
        self._run(self._bridge.call(self._bridge.client.patch_settings(SettingsPatch(muted_until_at=until))))

    def _on_pause_all_requested(self, pause: bool) -> None:
        self._run(self._pause_all(pause))

    async def _pause_all(self, pause: bool) -> None:
        failed = await (self._pauses.pause_all() if pause else self._pauses.resume_all())
        if failed:
            count = len(failed)
            title = (
                self.tr("%n account(s) could not be paused", "", count)
                if pause
                else self.tr("%n account(s) could not be resumed", "", count)
            )
            self.notice.emit(title, self._wording.failures(failed, self._models.account_name), "bad")

    def _on_menu_opening(self) -> None:
        if self._autostart is not None and not self._closed:
            self._tray.offer_autostart(self._autostart.enabled())

    def _on_autostart_requested(self, wanted: bool) -> None:
        assert self._autostart is not None
        try:
            if wanted:
                self._autostart.enable(launch_command(self._profile))
            else:
                self._autostart.disable()
        except OSError as error:
            self.notice.emit(self.tr("The start at login could not be changed"), str(error), "bad")
        self._on_menu_opening()
