"""What the tray tells and switches: the state of everything, pauses, mute, checks, start at login."""

import time
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.integration.account_batches import batch_accounts
from desktop.integration.autostart import Autostart, launch_command
from desktop.integration.pauses import Pauses
from desktop.integration.tray import Tray
from desktop.integration.tray_menu import UNMUTE
from desktop.integration.tray_pictures import ROWS, TrayEntry, TrayPicture
from desktop.integration.tray_states import TrayStates
from desktop.models.hub import Models, Run
from desktop.models.rows import natural_key
from desktop.models.unread_items import UnreadItems
from desktop.settings import SettingsHolder
from desktop.words import Wording
from master.api.schema import Account, BatchResult, Item, SettingsPatch
from worker.protocol.bases import LATEST_MS
from worker.protocol.states import AccountState

MUTE_SECONDS = {"15min": 900, "1h": 3600}
MORNING = clock_time(8, 0)
LONGEST_MS = 7 * 86_400_000
"""A mute that ends later than this is looked at again before its end."""


def mute_end(name: str, now: datetime) -> int | None:
    """Return when a mute ends that begins ``now`` (local), in UTC milliseconds; None: it is over.

    ``name`` is one of ``15min 1h tomorrow always off``.
    """
    if name == UNMUTE:
        return None
    if name == "always":
        return LATEST_MS
    if name == "tomorrow":
        end = datetime.combine(now.date() + timedelta(days=1), MORNING).astimezone()
    else:
        end = now + timedelta(seconds=MUTE_SECONDS[name])
    return int(end.timestamp() * 1000)


class TrayControls(QObject):
    """Stands between the tray's icon and the models. ``autostart`` None: a start at login has nobody to ask.

    ``work`` runs what a person asked for, and the window shows that it does; ``run`` what is only loaded.
    """

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
        work: Run,
        *,
        autostart: Autostart | None,
        profile: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tray, self._bridge, self._models, self._wording = tray, bridge, models, wording
        self._work, self._autostart, self._profile = work, autostart, profile
        self._pauses = Pauses(bridge, models.accounts.values, settings)
        self._states = TrayStates(self)
        self._unread = UnreadItems(bridge, run, ROWS, self)
        self._closed = self._locked = False
        self._mute_over = QTimer(self)
        self._mute_over.setSingleShot(True)
        self._mute_over.timeout.connect(self.refresh)
        self._slots = (
            (tray.menu.mute_requested, self._on_mute_requested),
            (tray.menu.pause_all_requested, self._on_pause_all_requested),
            (tray.menu.check_requested, self._on_check_requested),
            (tray.menu.autostart_requested, self._on_autostart_requested),
            (tray.menu_opening, self._on_menu_opening),
        )
        for asked, slot in self._slots:
            asked.connect(slot)
        for signal in (
            models.unread_changed,
            models.status_changed,
            models.connection_changed,
            models.settings_changed,
            models.accounts.settled,
            models.workers.settled,
            models.telling.quiet_changed,
            self._unread.changed,
        ):
            signal.connect(self.refresh)
        self._on_menu_opening()

    def close(self) -> None:
        """Hear nothing more; what still settles finds no icon."""
        if self._closed:
            return
        self._closed = True
        self._mute_over.stop()
        self._unread.close()
        for asked, slot in self._slots:
            asked.disconnect(slot)

    def set_locked(self, locked: bool) -> None:
        """Tell nothing of what was found while the window is locked."""
        self._locked = locked
        self.refresh()

    def refresh(self) -> None:
        """Show the state as it is now, in the language that is spoken now."""
        if not self._closed:
            self._tray.show_picture(self._picture())

    # -- telling

    def _picture(self) -> TrayPicture:
        models, now = self._models, int(time.time() * 1000)
        counts = models.accounts.counts()
        total = counts.total()
        level, sentence = self._states.tell(models.connected, counts, models.workers.values())
        muted_until = (models.settings.muted_until_at or 0) if models.settings is not None else 0
        if now < muted_until < now + LONGEST_MS:
            self._mute_over.start(muted_until - now + 1)
        quiet = models.telling.quiet
        needing = self._needing() if counts[AccountState.LOGIN_NEEDED] else []
        return TrayPicture(
            level=level,
            sentence=sentence,
            unread=models.unread,
            items=tuple(TrayEntry(key=str(item.id), words=self._words_of(item)) for item in self._unread.rows),
            accounts=tuple(TrayEntry(key=row.id, words=row.name) for row in needing[:ROWS]),
            accounts_more=max(0, len(needing) - ROWS),
            all_paused=bool(total) and counts[AccountState.PAUSED] == total,
            watched=total,
            muted=muted_until > now,
            muted_until=self._moment(muted_until, now) if now < muted_until < LATEST_MS else "",
            quiet=quiet is not None and quiet.active,
            quiet_until=self._moment(quiet.until_at, now) if quiet is not None and quiet.until_at else "",
            connected=models.connected,
            locked=self._locked,
        )

    def _needing(self) -> list[Account]:
        rows = (row for row in self._models.accounts.values() if row.state is AccountState.LOGIN_NEEDED)
        return sorted(rows, key=lambda row: natural_key(row.name))

    def _words_of(self, item: Item) -> str:
        told = item.title or item.text[:80] or self._wording.kind(item.kind)
        return f"{self._models.account_name(item.account_id)}: {told}"

    def _moment(self, at: int, now: int) -> str:
        """Return the time of day; with the day where it is not today's."""
        then, today = (datetime.fromtimestamp(one / 1000).astimezone().date() for one in (at, now))
        return self._wording.clock(at, now) if then == today else self._wording.weekday_moment(at)

    def _on_menu_opening(self) -> None:
        if self._autostart is not None and not self._closed:
            self._tray.menu.offer_autostart(self._autostart.enabled())
        self.refresh()

    # -- switching

    def _on_mute_requested(self, name: str) -> None:
        until = mute_end(name, datetime.now().astimezone())
        self._work(self._bridge.call(self._bridge.client.patch_settings(SettingsPatch(muted_until_at=until))))

    def _on_pause_all_requested(self, pause: bool) -> None:
        self._work(self._pause_all(pause))

    async def _pause_all(self, pause: bool) -> None:
        failed = await (self._pauses.pause_all() if pause else self._pauses.resume_all())
        count = len(failed)
        self._complain(
            self.tr("%n account(s) could not be paused", "", count)
            if pause
            else self.tr("%n account(s) could not be resumed", "", count),
            failed,
        )

    def _on_check_requested(self) -> None:
        self._work(self._check_all())

    async def _check_all(self) -> None:
        ids = [row.id for row in self._models.accounts.values() if row.state is not AccountState.PAUSED]
        failed = await batch_accounts(self._bridge, "check", ids)
        self._complain(self.tr("%n account(s) could not be checked", "", len(failed)), failed)

    def _complain(self, title: str, failed: list[BatchResult]) -> None:
        if failed:
            self.notice.emit(title, self._wording.failures(failed, self._models.account_name), "bad")

    def _on_autostart_requested(self, wanted: bool) -> None:
        assert self._autostart is not None
        try:
            if wanted:
                self._autostart.enable(launch_command(self._profile))
            else:
                self._autostart.disable()
        except OSError as error:
            self.notice.emit(self.tr("The start at login could not be changed"), error.strerror or str(error), "bad")
        self._on_menu_opening()
