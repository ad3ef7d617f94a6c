"""What the window's frame tells: badges, banner, the master's state at the foot, what a start repaired."""

from PySide6.QtCore import QObject, Signal

from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.dialogs.vault_dialog import VaultDialog
from desktop.models.accounts import now_ms
from desktop.views.banner import Banner
from desktop.views.sidebar import Sidebar
from desktop.views.worker_verbs import AT_REST
from master.api.schema import Recovery
from worker.protocol.bases import LATEST_MS
from worker.protocol.states import AccountState

NETWORK = ""
"""What an account's trouble belongs to that is this machine's own network."""


class WindowSigns(QObject):
    """Keeps sidebar and banner true while the models change."""

    notice = Signal(str, str)
    """Title and body of a short message."""

    def __init__(self, context: Context, sidebar: Sidebar, banner: Banner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._sidebar, self._banner = context, sidebar, banner
        models = context.models
        for signal in (
            models.connection_changed,
            models.status_changed,
            models.settings_changed,
            models.accounts.settled,
        ):
            signal.connect(self._on_connection)
        for signal in (
            models.unread_changed,
            models.status_changed,
            models.accounts.settled,
            models.workers.settled,
            models.alerts.settled,
        ):
            signal.connect(self._on_counts)
        models.recovered.connect(self._on_recovered)
        banner.acted.connect(self._on_unlock)
        self._on_counts()
        self._on_connection()

    def _on_counts(self) -> None:
        models, buttons = self._context.models, self._sidebar.buttons
        buttons["inbox"].set_badge(models.unread, "unread")
        needing = models.accounts.counts()[AccountState.LOGIN_NEEDED]
        buttons["accounts"].set_badge(needing, "bad")
        problems = models.workers.problems()
        buttons["workers"].set_badge(problems or models.workers.total, "bad" if problems else "plain")
        counts = models.status.jobs if models.status is not None else None
        buttons["jobs"].set_badge(counts.pending + counts.running if counts is not None else 0, "plain")
        buttons["alerts"].set_badge(models.alerts.counts()[1], "bad")

    def _on_recovered(self, report: Recovery) -> None:
        """One line after a start that had something to repair, or after an end that nobody asked for."""
        said = [self._context.wording.say(one.text) for one in report.repairs if one.repaired]
        if report.clean:
            if said:
                self.notice.emit(self.tr("Put in order at the start"), " · ".join(said))
            return
        models = self._context.models
        watched = sum(row.state not in AT_REST for row in models.accounts.values()) if models.workers.places()[1] else 0
        if watched:
            said.insert(0, self.tr("%n account(s) are watched again", "", watched))
        self.notice.emit(self.tr("Watchkeeper ended without warning"), " · ".join(said))

    def _on_connection(self) -> None:
        models, wording = self._context.models, self._context.wording
        self._banner.say(*self._trouble())
        locked = models.connected and models.status is not None and models.status.vault == "locked"
        self._banner.offer(self.tr("Unlock…") if locked else "")
        muted = models.settings.muted_until_at if models.settings is not None else None
        foot = [self.tr("Master running") if models.connected else self.tr("No master"), self._context.address]
        if muted is not None and muted > now_ms():
            endless = muted >= LATEST_MS
            until = "" if endless else wording.clock(muted, now_ms())
            foot.append(self.tr("muted") if endless else self.tr("muted until {time}").format(time=until))
        shape, tone = ("dot", "ok") if models.connected else ("triangle", "bad")
        self._sidebar.set_master(shape, tone, "\n".join(part for part in foot if part), muted=len(foot) > 2)

    def _on_unlock(self) -> None:
        """The keyring's own window asks, or ours for the passphrase; that it opened the master tells everybody."""
        status, bridge = self._context.models.status, self._context.bridge
        reason = status.vault_reason if status is not None else None
        if reason is not None and reason.code == "vault_locked_passphrase":
            VaultDialog(self._context, self._banner.window()).open()
        else:
            working(self._context, self._banner, bridge.call(bridge.client.check_vault()))

    def _trouble(self) -> tuple[str, str]:
        """Return the words of the banner, empty for none, and their level."""
        models, wording = self._context.models, self._context.wording
        if not models.connected and models.restart_words:
            return models.restart_words, "warn"
        if not models.connected and models.connection_reason:
            words = self.tr("The master does not answer ({reason}). What you see may be old; trying again…")
            return words.format(reason=models.connection_reason), "bad"
        if models.status is None or models.status.vault == "ok":
            waiting = sum(row.incident == NETWORK for row in models.accounts.values())
            words = self.tr("There is no network. %n account(s) are checked as soon as it is there.", "", waiting)
            return words if waiting else "", "warn"
        words = wording.say(models.status.vault_reason)
        words = words or self.tr("Credentials cannot be stored: there is no keyring.")
        return words, "bad" if any(row.has_credentials for row in models.accounts.values()) else "warn"
