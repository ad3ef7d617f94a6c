"""The sign-ins that are under way, and those of the last minutes: go on with one, or give it up."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.list_panels import ListPanel
from desktop.dialogs.login_dialog import LoginDialog
from desktop.models.accounts import now_ms
from desktop.models.tables import Row
from master.api.events import Event
from master.api.logins import OPEN_LOGINS, LoginSession


class LoginsPanel(ListPanel):
    """Newest first; five can run at once. It asks for nothing before it was first shown."""

    counted = Signal(int)
    """How many are under way."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        translate = QCoreApplication.translate
        titles = (
            translate("LoginsPanel", "Account"),
            translate("LoginsPanel", "Way"),
            translate("LoginsPanel", "How it stands"),
        )
        super().__init__(context, translate("LoginsPanel", "Sign-ins"), titles, frozenset(), parent)
        self.table.setColumnWidth(1, 160)
        self.table.setColumnWidth(2, 320)
        self.fill_place()
        self.continue_button = self.add_command(self.tr("Go on…"), self.open_chosen)
        self.cancel_button = self.add_command(self.tr("Give up"), self.cancel, kind="danger")
        self._asked = False
        context.bridge.event_arrived.connect(self._on_event)
        self.on_chosen()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask when somebody looks."""
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            self.reload()

    async def load(self) -> None:
        """Ask for the sign-ins."""
        bridge = self.context.bridge
        rows: list[LoginSession] = await bridge.call(bridge.client.login_sessions())
        if not self.gone:
            self.show_rows([self._row(row) for row in rows], self.tr("Nobody is signing in now."))
            self.counted.emit(sum(row.state in OPEN_LOGINS for row in rows))

    def _row(self, row: LoginSession) -> Row:
        wording, models = self.context.wording, self.context.models
        manifest = models.manifest(row.platform)
        way = manifest.login(row.method) if manifest is not None else None
        name = row.name or (models.account_name(row.account_id) if row.account_id is not None else "")
        name = name or (wording.pick(manifest.title) if manifest is not None else row.platform)
        step = wording.say(row.error) or wording.say(row.step)
        seconds = max(0, (row.expires_at - now_ms()) // 1000)
        left = self.tr("{span} left").format(span=wording.span(seconds)) if row.state in OPEN_LOGINS else ""
        tip = "\n".join(part for part in (step, left) if part)
        return Row((name, wording.pick(way.title) if way is not None else row.method, step), row, tip)

    def on_chosen(self) -> None:
        """What is over is only shown."""
        super().on_chosen()
        row: LoginSession | None = self.chosen()
        for button in (self.continue_button, self.cancel_button):
            button.setEnabled(button.isEnabled() and row is not None and row.state in OPEN_LOGINS)

    def open_chosen(self) -> None:
        """Show the chosen one where it stands."""
        row: LoginSession | None = self.chosen()
        manifest = self.context.models.manifest(row.platform) if row is not None else None
        if row is None or manifest is None or row.state not in OPEN_LOGINS:
            return
        account = self.context.models.accounts.get(row.account_id) if row.account_id is not None else None
        dialog = LoginDialog(self.context, manifest, self, account=account)
        dialog.resume(row)
        dialog.finished.connect(lambda _result: self.reload())
        dialog.open()

    def cancel(self) -> None:
        """Give the chosen one up."""
        row: LoginSession | None = self.chosen()
        if row is not None:
            bridge = self.context.bridge
            self.act(bridge.call(bridge.client.cancel_login(row.id)))

    def _on_event(self, event: Event) -> None:
        if event.type.startswith("login.") and not self.gone:
            self.context.run(self._follow())

    async def _follow(self) -> None:
        if not self.gone:
            self._asked = True
            await self.load()
