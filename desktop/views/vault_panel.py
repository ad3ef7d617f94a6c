"""Where credentials are kept, whether that is open, and what can be done about it."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.progress import working
from desktop.dialogs.vault_dialog import VaultDialog
from desktop.words import Face
from master.api.client import ApiError
from master.api.vaults import VaultInfo


class VaultPanel(QWidget):
    """Asks the master when it is told to; what opens elsewhere is seen by the status."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._alive = [True]
        self.destroyed.connect(self._alive.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.pill = StatePill(context.theme, self)
        self.words = PlainLabel(self)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        row.addWidget(self.pill)
        row.addWidget(self.words, 1)
        column.addLayout(row)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.open_button = QPushButton(self.tr("Open the vault…"), self)
        self.change_button = QPushButton(self.tr("Change its passphrase…"), self)
        self.again_button = QPushButton(self.tr("Ask the keyring again"), self)
        self.open_button.clicked.connect(lambda _checked=False: self.open_dialog(change=False))
        self.change_button.clicked.connect(lambda _checked=False: self.open_dialog(change=True))
        self.again_button.clicked.connect(lambda _checked=False: self.ask())
        for button in (self.open_button, self.change_button, self.again_button):
            button.hide()
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self.problem = ErrorLine(context.theme, self)
        column.addWidget(self.problem)
        self._show_unknown()
        context.models.status_changed.connect(self.reload)

    def _show_unknown(self) -> None:
        self.pill.set_face(Face("ring", self.tr("Unknown"), "idle"))
        self.words.setText(self.tr("The master was not asked yet."))

    def reload(self) -> None:
        """Look how it is, without a question of the keyring; only while it is looked at."""
        if self.isVisible():
            self.context.run(self._load(ask=False))

    def showEvent(self, event: QShowEvent) -> None:
        """What was not looked at was not asked for."""
        super().showEvent(event)
        self.reload()

    def ask(self) -> None:
        """Ask the keyring; a locked one may show its own question."""
        self.again_button.setEnabled(False)
        working(self.context, self, self._load(ask=True))

    async def _load(self, *, ask: bool) -> None:
        client = self.context.bridge.client
        try:
            info = await self.context.bridge.call(client.check_vault() if ask else client.vault())
        except ApiError as error:
            if self._alive:
                self.problem.say(self.context.wording.refusal(error), self.ask if ask else self.reload)
        else:
            if self._alive:
                self.show_info(info)
        finally:
            if self._alive:
                self.again_button.setEnabled(True)

    def show_info(self, info: VaultInfo) -> None:
        """Say how it is, and offer what can be done."""
        self.problem.say("")
        faces = {
            "ok": Face("dot", self.tr("OK"), "ok"),
            "locked": Face("triangle", self.tr("Locked"), "warn"),
            "unavailable": Face("cross", self.tr("Not usable"), "bad"),
        }
        self.pill.set_face(faces[info.state])
        said = {
            "keyring": self.tr("Kept by {name}.").format(name=info.name or self.tr("the keyring of the system")),
            "passphrase": self.tr("Kept in a file of the profile, under a passphrase of yours."),
            "memory": self.tr("Held in memory alone; gone when the master ends."),
        }[info.kind]
        self.words.setText(self.context.wording.say(info.reason) if info.reason is not None else said)
        by_passphrase = info.kind == "passphrase"
        self.open_button.setVisible(by_passphrase and info.state == "locked")
        self.change_button.setVisible(by_passphrase and info.state == "ok")
        self.again_button.setVisible(not by_passphrase and info.state != "ok")

    def open_dialog(self, *, change: bool) -> None:
        """Ask for the passphrase."""
        dialog = VaultDialog(self.context, self.window(), change=change)
        dialog.settled.connect(self.show_info)
        dialog.open()
