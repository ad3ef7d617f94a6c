"""Security: the lock of the window, where credentials are kept, who may ask the master, and what was done."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.passphrase_dialogs import PassphraseDialog
from desktop.views.security_tables import AuditTable, ClientTable, TokenTable
from desktop.views.settings_bases import Group, of_window
from desktop.views.settings_forms import SettingsSection
from desktop.views.vault_panel import VaultPanel
from desktop.words import Face


class SecuritySettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [
            Group(
                title="",
                settings=[
                    of_window(
                        Field(
                            name="lock_after_minutes",
                            type="number",
                            label=self.tr("Lock after"),
                            help=self.tr("Without a key or a move in the window. 0: never by itself."),
                            suffix=self.tr("minutes"),
                            minimum=0,
                            maximum=1440,
                            whole=True,
                            required=True,
                        )
                    )
                ],
            )
        ]


class SecuritySection(SettingsSection):
    """Each part asks for what it shows when the section comes forward."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, [])
        self.set_title(self.tr("Security"), self.tr("Who may look into this window, and who may ask the master."))
        self._add_lock()
        self._add_vault()
        self.tokens = TokenTable(context, self.inside)
        self.clients = ClientTable(context, self.inside)
        self.audit = AuditTable(context, self.inside)
        for table, title, words in (
            (
                self.tokens,
                self.tr("Tokens"),
                self.tr("For scripts and other programs that ask this master. They survive a restart."),
            ),
            (
                self.clients,
                self.tr("Connected clients"),
                self.tr("Windows and programs that are told of what is new."),
            ),
            (
                self.audit,
                self.tr("Record"),
                self.tr("What was done with credentials, tokens, sign-ins, exports and settings, and by whom."),
            ),
        ):
            self.add_heading(title, words)
            self.body.addWidget(table)
        self.finish()
        if context.lock is not None:
            self.first_focus = self.set_button

    # -- the lock

    def _add_lock(self) -> None:
        lock = self.context.lock
        if lock is None:
            return
        self.add_heading(
            self.tr("Lock of the window"),
            self.tr("Keeps out who sits down at this computer. The watch goes on; messages say nothing meanwhile."),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        self.lock_pill = StatePill(self.context.theme, self.inside)
        self.set_button = QPushButton(self.inside)
        self.remove_button = QPushButton(self.tr("Remove passphrase…"), self.inside)
        self.lock_button = QPushButton(self.tr("Lock now"), self.inside)
        self.set_button.clicked.connect(lambda _checked=False: self.set_passphrase())
        self.remove_button.clicked.connect(lambda _checked=False: self.remove_passphrase())
        self.lock_button.clicked.connect(lambda _checked=False: lock.lock())
        row.addWidget(self.lock_pill)
        for button in (self.set_button, self.remove_button, self.lock_button):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.add_group(SecuritySettings().groups()[0])
        lock.changed.connect(self._show_lock)
        self._show_lock()

    def _show_lock(self) -> None:
        lock = self.context.lock
        if lock is None:
            return
        on = lock.enabled
        face = Face("dot", self.tr("On"), "ok") if on else Face("ring", self.tr("Off"), "idle")
        self.lock_pill.set_face(face)
        self.set_button.setText(self.tr("Change passphrase…") if on else self.tr("Set a passphrase…"))
        self.remove_button.setVisible(on)
        self.lock_button.setVisible(on)

    def set_passphrase(self) -> None:
        """Set or change it."""
        if self.context.lock is not None:
            PassphraseDialog(self.context, self.context.lock, self.window()).open()

    def remove_passphrase(self) -> None:
        """Take it away."""
        if self.context.lock is not None:
            PassphraseDialog(self.context, self.context.lock, self.window(), remove=True).open()

    # -- the vault

    def _add_vault(self) -> None:
        self.add_heading(
            self.tr("Credentials"), self.tr("Encrypted with a key of this profile before they are kept anywhere.")
        )
        self.vault = VaultPanel(self.context, self.inside)
        self.body.addWidget(self.vault)

    # -- Section

    def shown(self) -> None:
        self.vault.reload()
        for table in (self.tokens, self.clients, self.audit):
            table.reload()

    def tick(self) -> None:
        self.audit.tick()
