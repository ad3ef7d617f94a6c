"""The sign-ins that are under way, and those of the last minutes: go on with one, or give it up."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.list_dialog import ListDialog
from desktop.dialogs.login_dialog import LoginDialog
from desktop.models.accounts import now_ms
from desktop.models.tables import Row
from master.api.events import Event
from master.api.logins import OPEN_LOGINS, LoginSession


class LoginsDialog(ListDialog):
    """Newest first; five can run at once."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        titles = (
            QCoreApplication.translate("LoginsDialog", "Account"),
            QCoreApplication.translate("LoginsDialog", "Way"),
            QCoreApplication.translate("LoginsDialog", "How it stands"),
        )
        title = QCoreApplication.translate("LoginsDialog", "Sign-ins")
        super().__init__(context, title, titles, frozenset(), parent)
        self.table.setColumnWidth(1, 120)
        self.table.setColumnWidth(2, 190)
        self.continue_button = self.add_command(self.tr("Go on…"), self.open_chosen)
        self.cancel_button = self.add_command(self.tr("Give up"), self.cancel, kind="danger")
        context.bridge.event_arrived.connect(self._on_event)
        self.finish()

    async def load(self) -> None:
        """Ask for the sign-ins."""
        bridge = self.context.bridge
        rows: list[LoginSession] = await bridge.call(bridge.client.login_sessions())
        if not self.gone:
            self.show_rows([self._row(row) for row in rows], self.tr("Nobody is signing in now."))

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
            button.setEnabled(row is not None and row.state in OPEN_LOGINS)

    def on_free(self) -> None:
        """The same once a request is over."""
        super().on_free()
        self.on_chosen()

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
            await self.load()

    def done(self, result: int) -> None:
        """Hear no more."""
        if not self.gone:
            self.context.bridge.event_arrived.disconnect(self._on_event)
        super().done(result)
