"""A new token for an outside program: its value is shown once, here."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.copy_boxes import CopyBox
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from desktop.dialogs.new_tokens import make_token
from master.api.client import ApiError
from master.api.system import TokenCreate


class TokenDialog(BaseDialog):
    """First name and scope; then the value, which no answer of the master ever has again."""

    made = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.setWindowTitle(self.tr("New token"))
        self.heading.setText(self.tr("New token"))
        scopes = (("client", self.tr("Read, mark as read, snooze")), ("admin", self.tr("Do everything")))
        fields = [
            Field(
                name="name",
                type="text",
                label=self.tr("Name"),
                required=True,
                placeholder=self.tr("Phone"),
                help=self.tr("Which program it is for."),
            ),
            Field(
                name="scope", type="choice", label=self.tr("It may"), required=True, default="client", choices=scopes
            ),
        ]
        self.form = Form(fields, context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self._words = PlainLabel(self.tr("Copy it now: it is kept as a hash alone and cannot be shown again."), self)
        self._words.setWordWrap(True)
        self.value = CopyBox(self.tr("Token"), self)
        self.body.addWidget(self._words)
        self.body.addWidget(self.value)
        self.body.addStretch(1)
        for widget in (self._words, self.value):
            widget.hide()
        self.cancel_button = self.add_cancel()
        self.make_button = self.add_button(self.tr("Make token"), kind="primary")
        self.make_button.clicked.connect(lambda _checked=False: self.make())
        self.form.focus_first()
        self.fit()

    def make(self) -> None:
        """Have it made."""
        errors = self.form.missing(self.tr("Fill this in."))
        self.form.set_errors(errors)
        if not errors:
            self.start(self._make())

    async def _make(self) -> None:
        values = self.form.values()
        body = TokenCreate(name=values["name"], scope=values["scope"])
        token = await make_token(self.context.bridge, body, lambda: self.gone)
        if token is None:
            return
        self.made.emit()
        self.form.hide()
        self.value.set_text(str(token.token))
        for widget in (self._words, self.value):
            widget.show()
        self.make_button.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.fit()
        self.unlock()
        self.value.copy_button.setFocus()

    def on_refused(self, error: ApiError) -> None:
        """A name that is taken stands at the name."""
        self.place_errors(error, self.form.set_errors)
