"""Store a credential for jobs: named values that no answer of the master ever shows again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field, from_manifest
from desktop.dialogs.form import Form
from master.api.client import ApiError
from master.api.schema import Credential, CredentialCreate
from worker.protocol.manifest import Manifest

CONFLICT = 409


class CredentialDialog(BaseDialog):
    """The secret fields of a runner's manifest; where it has none, lines of name and value."""

    stored = Signal(object)
    """The :class:`Credential` that was stored."""

    def __init__(self, context: Context, manifest: Manifest | None = None, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("Add credential"), parent)
        words = PlainLabel(
            self.tr("It is encrypted and kept in the keyring of this computer. Its values are never shown again."), self
        )
        words.setWordWrap(True)
        words.setProperty("kind", "muted")
        self.body.addWidget(words)
        self._secrets = [field for field in manifest.fields if field.secret] if manifest is not None else []
        fields = [Field(name="name", type="text", label=self.tr("Name"), required=True)]
        if self._secrets:
            fields += [from_manifest(field, context.wording.pick) for field in self._secrets]
        else:
            fields.append(
                Field(
                    name="values",
                    type="map",
                    label=self.tr("Values"),
                    required=True,
                    placeholder="TOKEN: …",
                    help=self.tr("One a line: Name: value"),
                )
            )
        self.form = Form(fields, context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Store credential"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.form.focus_first()
        self.fit()

    def save(self) -> None:
        """Store it."""
        errors = self.form.missing(self.tr("Fill this in.")) | self.form.wrong_values(self.context.wording)
        self.form.set_errors(errors)
        if not errors:
            self.start(self._store())

    async def _store(self) -> None:
        plain = self.form.values()
        if self._secrets:
            values = {name: str(value) for name, value in self.form.values(secret=True).items()}
        else:
            values = plain["values"]
        bridge = self.context.bridge
        made: Credential = await bridge.call(
            bridge.client.create_credential(CredentialCreate(name=plain["name"], values=values))
        )
        if not self.gone:
            self.stored.emit(made)
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields; a name that is taken at the name."""
        errors = self.context.field_errors(error)
        if error.status == CONFLICT and not errors:
            errors = {"name": self.context.wording.refusal(error)}
        rest = self.form.set_errors(errors)
        if rest or not errors:
            self.show_problem("\n".join(rest.values()) or self.context.wording.refusal(error))
