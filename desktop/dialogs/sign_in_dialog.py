"""Sign in again: only the credentials; settings and history stay."""

from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.connection_tests import ConnectionTestPanel
from desktop.dialogs.context import Context
from desktop.dialogs.fields import from_manifest
from desktop.dialogs.form import Form
from master.api.client import ApiError
from master.api.schema import Account, AccountTest, TestReport


class SignInDialog(BaseDialog):
    """Tests the new credentials, then stores them; a test that fails stores nothing."""

    def __init__(self, context: Context, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("Sign in to {name}").format(name=account.name), parent)
        self._account = account
        manifest = context.models.manifest(account.platform)
        secrets = [field for field in manifest.fields if field.secret] if manifest else []
        fields = [from_manifest(field, context.wording.pick) for field in secrets]
        if account.state_reason is not None:
            reason = PlainLabel(context.wording.say(account.state_reason), self)
            reason.setWordWrap(True)
            self.body.addWidget(reason)
        self.form = Form(fields, context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        hint = PlainLabel(self.tr("Items and settings of this account stay as they are."), self)
        hint.setProperty("kind", "muted")
        hint.setWordWrap(True)
        self.body.addWidget(hint)
        self.panel = ConnectionTestPanel(context.theme, context.wording, self)
        self.add_below(self.panel)
        self.body.addStretch(1)
        self.add_cancel()
        self.sign_in_button = self.add_button(self.tr("Sign in"), kind="primary")
        self.sign_in_button.clicked.connect(self.sign_in)
        self.sign_in_button.setEnabled(bool(fields))
        if not fields:
            self.show_problem(self.tr("No worker knows the fields of this platform now. Try again in a moment."))
        self.form.edited.connect(lambda _name: self.panel.clear())
        self.form.focus_first()
        self.fit()

    def sign_in(self) -> None:
        """Test, then store."""
        errors = self.form.missing(self.tr("Fill this in."))
        self.form.set_errors(errors)
        if not errors:
            self.panel.show_running()
            self.fit()
            self.start(self._sign_in())

    async def _sign_in(self) -> None:
        client, call = self.context.bridge.client, self.context.bridge.call
        credentials = self.form.values(secret=True)
        account = self._account
        body = AccountTest(
            platform=account.platform, settings=account.settings, credentials=credentials, account_id=account.id
        )
        try:
            report: TestReport = await call(client.test_account(body))
        except ApiError:
            if not self.gone:
                self.panel.clear()
            raise
        if self.gone:
            return
        if report.fields:
            self.unlock()
        self.form.set_errors({name: self.context.wording.say(text) for name, text in report.fields.items()})
        self.panel.show_report(report, self.form.errors())
        self.fit()
        if report.success:
            await call(client.put_credentials(account.id, credentials))
            if not self.gone:
                self.accept()

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields, the rest above the button."""
        self.place_errors(error, self.form.set_errors)
