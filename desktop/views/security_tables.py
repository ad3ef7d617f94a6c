"""Tokens of outside programs, devices that are told, and what was done with what needs to be kept safe."""

from typing import Final, get_args

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.dialogs.token_dialog import TokenDialog
from desktop.models.accounts import now_ms
from desktop.models.tables import Row
from desktop.views.loaded_tables import LoadedTable
from master.api.logins import AuditAction, AuditEntry
from master.api.system import Client, Token

PAGE: Final = 50
LIVE_SECONDS: Final = 3


class TokenTable(LoadedTable):
    """Named tokens: made, shown once, ended."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        titles = (self.tr("Name"), self.tr("May"), self.tr("Made"), self.tr("Last used"))
        super().__init__(context, self.tr("Tokens"), titles, (0, 120, 130, 130), parent=parent)
        self.new_button = self.add_command(self.tr("New token…"), self.new_token)
        self.revoke_button = self.add_command(self.tr("Revoke…"), self.revoke, needs_row=True)
        self.finish()

    def empty_words(self) -> str:
        return self.tr("No outside program has a token.")

    async def load(self) -> list[Row]:
        bridge, wording = self.context.bridge, self.context.wording
        tokens: list[Token] = await bridge.call(bridge.client.tokens())
        now = now_ms()
        return [
            Row(
                (
                    token.name,
                    self._scope_words(token),
                    wording.clock(token.created_at, now),
                    wording.clock(token.last_used_at, now) if token.last_used_at else self.tr("never"),
                ),
                token,
                wording.moment(token.last_used_at) if token.last_used_at else "",
            )
            for token in tokens
        ]

    def _scope_words(self, token: Token) -> str:
        if token.scope == "worker":
            row = self.context.models.workers.get(token.worker_id or "")
            return self.tr("join as {worker}").format(worker=row.name if row is not None else token.worker_id)
        return self.tr("do everything") if token.scope == "admin" else self.tr("read")

    def new_token(self) -> None:
        """Ask for name and scope, then show it once."""
        dialog = TokenDialog(self.context, self.window())
        dialog.made.connect(self.reload)
        dialog.open()

    def revoke(self) -> None:
        """Ask, then end the chosen one."""
        token: Token | None = self.chosen()
        if token is None:
            return
        ConfirmDialog(
            self.context,
            self.tr("Revoke {name}?").format(name=token.name),
            self.tr("Programs that use it are refused from now on. This cannot be undone."),
            self.tr("Revoke token"),
            lambda: self._revoke(token.id),
            self.window(),
        ).open()

    async def _revoke(self, token_id: str) -> None:
        await self.context.bridge.call(self.context.bridge.client.revoke_token(token_id))
        if self._alive:
            self.reload()


class ClientTable(LoadedTable):
    """Windows and programs that are told of what is new."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        titles = (self.tr("Name"), self.tr("State"), self.tr("Last seen"))
        super().__init__(context, self.tr("Connected clients"), titles, (0, 140, 160), parent=parent)
        self.finish()

    def empty_words(self) -> str:
        return self.tr("No client was ever connected.")

    async def load(self) -> list[Row]:
        bridge, wording = self.context.bridge, self.context.wording
        clients: list[Client] = await bridge.call(bridge.client.clients())
        now = now_ms()
        return [
            Row(
                (
                    client.name or client.device_id,
                    self.tr("● connected") if client.online else self.tr("◌ away"),
                    self.tr("now") if client.online else wording.clock(client.last_seen_at, now),
                ),
                client,
                client.device_id,
            )
            for client in sorted(clients, key=lambda one: (not one.online, -one.last_seen_at))
        ]


class AuditTable(LoadedTable):
    """The record, newest first; new entries come by themselves while it is shown."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        titles = (self.tr("When"), self.tr("What"), self.tr("About"), self.tr("By"))
        super().__init__(context, self.tr("Record"), titles, (104, 0, 130, 124), most=10, parent=parent)
        self.filter = QComboBox(self)
        self.filter.setAccessibleName(self.tr("Kind of entry"))
        self.filter.addItem(self.tr("Everything"), "")
        words = self._action_words()
        for action in get_args(AuditAction):
            self.filter.addItem(words.get(action, action), action)
        row = QHBoxLayout()
        row.addWidget(self.filter)
        row.addStretch(1)
        self._column.insertLayout(0, row)
        self._cursor: str | None = None
        self._older: list[Row] = []
        self._ticks = 0
        self.more_button = self.add_command(self.tr("Show older"), self.show_older)
        self.more_button.hide()
        self.finish()
        self.filter.currentIndexChanged.connect(self._on_filter)

    def _action_words(self) -> dict[str, str]:
        return {
            "credential_granted": self.tr("Credentials given to a worker"),
            "credential_stored": self.tr("Credentials stored"),
            "credential_refused": self.tr("Credentials refused"),
            "credential_erased": self.tr("Credentials erased"),
            "login_started": self.tr("Sign-ins begun"),
            "login_succeeded": self.tr("Sign-ins that succeeded"),
            "login_failed": self.tr("Sign-ins that failed"),
            "logged_out": self.tr("Signed out"),
            "token_created": self.tr("Tokens made"),
            "token_revoked": self.tr("Tokens ended"),
            "settings_changed": self.tr("Settings changed"),
            "exported": self.tr("Exports"),
            "imported": self.tr("Imports"),
            "backup_made": self.tr("Backups made"),
            "restored": self.tr("Backups restored"),
        }

    def empty_words(self) -> str:
        if self.filter.currentData():
            return self.tr("Nothing of this kind is on record.")
        return self.tr("Nothing is on record yet.")

    async def load(self) -> list[Row]:
        rows, cursor = await self._page(None)
        if not self._older:
            self._cursor = cursor
        self.more_button.setVisible(self._cursor is not None)
        known = {row.subject.id for row in rows}
        return rows + [row for row in self._older if row.subject.id not in known]

    async def _page(self, cursor: str | None) -> tuple[list[Row], str | None]:
        bridge = self.context.bridge
        action = self.filter.currentData() or None
        page = await bridge.call(bridge.client.audit(limit=PAGE, cursor=cursor, action=action))
        return [self._row(entry) for entry in page.rows], page.next_cursor

    def _row(self, entry: AuditEntry) -> Row:
        wording = self.context.wording
        said = wording.say(entry.text)
        said = said[:1].upper() + said[1:]
        about = entry.subject_name or (self.context.models.account_name(entry.account_id) if entry.account_id else "")
        by = {"admin": self.tr("this computer"), "master": self.tr("the master")}.get(entry.actor, entry.actor)
        by = by.removeprefix("token:")
        at = wording.clock(entry.at, now_ms())
        return Row((at, said, about, by), entry, f"{wording.moment(entry.at)} · {said} · {about} · {entry.actor}")

    def show_older(self) -> None:
        """Load the page before."""
        working(self.context, self.more_button, self._load_older())

    async def _load_older(self) -> None:
        if self._cursor is None:
            return
        rows, self._cursor = await self._page(self._cursor)
        if self._alive:
            self._older = self.rows.rows + rows
            self.show_rows(self._older)
            self.more_button.setVisible(self._cursor is not None)

    def _on_filter(self) -> None:
        self._older, self._cursor = [], None
        self.reload()

    def tick(self) -> None:
        """Ask for what is new, every few seconds."""
        self._ticks += 1
        if self._ticks % LIVE_SECONDS == 0:
            self.reload()
