"""The passphrase of the vault: typed to open it, or changed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from master.api.client import ApiError
from master.api.vaults import VaultInfo, VaultPassphrase, VaultUnlock

SHORTEST = 8


class VaultDialog(BaseDialog):
    """``change``: put the vault under another passphrase; else open it."""

    settled = Signal(object)
    """The :class:`VaultInfo` after it."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, change: bool = False) -> None:
        super().__init__(context, "", parent)
        self._change = change
        title = self.tr("Change the passphrase of the vault") if change else self.tr("Open the vault")
        self.setWindowTitle(title)
        self.heading.setText(title)
        words = self.tr(
            "Credentials are sealed under it. Nobody can bring it back: without it, every account has to be signed in "
            "again."
        )
        label = PlainLabel(words, self)
        label.setWordWrap(True)
        label.setProperty("kind", "muted")
        self.body.addWidget(label)
        self.form = Form(self._fields(), context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_cancel()
        verb = self.tr("Change passphrase") if change else self.tr("Open vault")
        self.save_button = self.add_button(verb, kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.form.focus_first()
        self.fit()

    def _fields(self) -> list[Field]:
        def one(name: str, label: str, help_text: str = "") -> Field:
            return Field(name=name, type="password", label=label, required=True, secret=True, help=help_text)

        if not self._change:
            return [one("passphrase", self.tr("Passphrase"))]
        least = self.tr("At least {count} characters; some words are better than one.").format(count=SHORTEST)
        return [
            one("old", self.tr("Passphrase until now")),
            one("new", self.tr("New passphrase"), least),
            one("again", self.tr("Once more")),
        ]

    def save(self) -> None:
        """Check what was typed, then ask the master."""
        errors = self.form.missing(self.tr("Fill this in."))
        values = {name: str(value) for name, value in self.form.values(secret=True).items()}
        if not errors and self._change:
            if len(values["new"]) < SHORTEST:
                errors["new"] = self.tr("At least {count} characters, please.").format(count=SHORTEST)
            elif values["new"] != values["again"]:
                errors["again"] = self.tr("This is another one.")
        self.form.set_errors(errors)
        if not errors:
            self.start(self._save(values))

    async def _save(self, values: dict[str, str]) -> None:
        bridge = self.context.bridge
        info: VaultInfo
        if self._change:
            body = VaultPassphrase(old=values["old"], new=values["new"])
            info = await bridge.call(bridge.client.change_vault_passphrase(body))
        else:
            info = await bridge.call(bridge.client.unlock_vault(VaultUnlock(passphrase=values["passphrase"])))
        if not self.gone:
            self.settled.emit(info)
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """A wrong passphrase stands at its field."""
        self.place_errors(error, self.form.set_errors)
