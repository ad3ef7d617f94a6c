"""Add an account (choose a platform, fill its fields, test, add), or edit one."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.account_drafts import AccountDraft
from desktop.dialogs.account_fields import (
    UNTESTED,
    inherit_words,
    own_quiet,
    proxy_choices,
    shown_values,
)
from desktop.dialogs.account_forms import fields_of, proposed_name, show_inherited
from desktop.dialogs.account_help import AccountHelp
from desktop.dialogs.chooser_dialogs import ChooserDialog
from desktop.dialogs.conflict_parts import form_parts, plan_part
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.connection_tests import ConnectionTestPanel
from desktop.dialogs.context import Context
from desktop.dialogs.fields import ChoiceInput
from desktop.dialogs.form import Form
from desktop.dialogs.login_dialog import LoginDialog
from desktop.dialogs.quiet_plans import QuietPlanBox
from master.api.client import ApiError
from master.api.schema import Account, TestReport
from worker.protocol.manifest import Manifest

INVALID = 400


class AccountDialog(ChooserDialog):
    """With ``account`` it edits that one: secrets stay as they are (*Sign in again* changes them)."""

    added = Signal(str)
    """The account with this id was made."""

    def __init__(self, context: Context, account: Account | None = None, parent: QWidget | None = None) -> None:
        title = self.tr("Add account") if account is None else self.tr("Edit {name}").format(name=account.name)
        super().__init__(context, title, parent)
        self._account = account
        self._manifest: Manifest | None = None
        self.form: Form | None = None
        self.named = account is not None
        """The person chose the name; it is proposed no more."""
        self.help: AccountHelp | None = None
        self.quiet: QuietPlanBox | None = None
        self._touched: set[str] = set()
        self._worked: bool | None = None
        """How the last test of what stands in the form ended; None: it was not tested."""
        self.test_button = self.add_button(self.tr("Test connection"))
        self.test_button.clicked.connect(self.test)
        self.conflicts: Conflicts | None = None
        self.save_button = self.add_button("", kind="primary")
        self.save_button.clicked.connect(self.save)
        self.panel = ConnectionTestPanel(context.theme, context.wording, self)
        self.add_below(self.panel)
        self._judge(None)
        if account is None:
            self.begin()
        else:
            self.choose(account.platform)
            self.conflicts = self._follow(account)

    def _follow(self, account: Account) -> Conflicts:
        bridge, form, quiet = self.context.bridge, self.form, self.quiet
        assert form is not None
        assert quiet is not None
        words = self.context.models.telling.words.window
        return Conflicts(
            self,
            account,
            noun="account",
            parts=lambda: [*form_parts(form), plan_part(quiet, words)],
            fetch=lambda: bridge.call(bridge.client.account(account.id)),
            show=self._show_account,
            take=self._take,
            save=self.save,
        )

    def _take(self, account: Account) -> None:
        self._account = account

    # -- steps

    def begin(self) -> None:
        """Let the person choose a platform."""
        self._drop_form()
        offered = self.context.models.platforms()
        self.heading.setText(self.tr("Add account"))
        none = self.tr("No platform is known yet. The list comes from the workers; try again in a moment.")
        self.offer(offered, self.tr("What do you want to watch?") if offered else none, self.choose)
        for button in (self.test_button, self.save_button):
            button.hide()

    def choose(self, platform: str) -> None:
        """Show the fields of a platform."""
        manifest = self.context.models.manifest(platform)
        if manifest is None:
            self.hint.setText(
                self.tr("No worker knows the platform {platform}; only the common settings can be changed.").format(
                    platform=platform
                )
            )
            self.test_button.hide()
        if self.drop_cards():
            self.heading.setText(
                self.tr("Add account: {platform}").format(
                    platform=self.context.wording.pick(manifest.title) if manifest else platform
                )
            )
        self.hint.setVisible(manifest is None)
        self._manifest = manifest
        self.form = Form(fields_of(self.context, manifest, secrets=self._account is None), self.context.theme, self)
        self.form.edited.connect(self._on_edited)
        self.form.wrong.connect(self.reveal)
        if manifest is not None and self._account is None:
            self._add_help(manifest, self.form)
        self.quiet = QuietPlanBox(self.context, inherit_words(), self.form)
        self.quiet.edited.connect(self.fit)
        self.form.insert(self.quiet, "tags")
        if self._account is not None:
            self._show_account(self._account)
        self.body.addWidget(self.form)
        self.context.run(self._load_proxies(self.form))
        self._back.setVisible(self._account is None)
        self.test_button.setVisible(manifest is not None)
        self.save_button.show()
        show_inherited(self.context, self.form)
        self._judge(None)
        self.form.focus_first()
        self.fit()

    def _add_help(self, manifest: Manifest, form: Form) -> None:
        self.help = AccountHelp(self.context, manifest, form)
        secret = next((field.name for field in manifest.fields if field.secret and not field.advanced), None)
        form.insert(self.help, secret or "name")
        self.help.offered.connect(self._on_offered)
        self.help.login_wanted.connect(self.sign_in)

    async def _load_proxies(self, form: Form) -> None:
        bridge = self.context.bridge
        proxies = await bridge.call(bridge.client.proxies())
        entry = form.rows["proxy_id"].input
        if self.form is form and isinstance(entry, ChoiceInput):
            entry.set_choices(proxy_choices(proxies or []))
            if self._account is not None:
                entry.set_value(shown_values(self._account)["proxy_id"])
            if self.conflicts is not None:
                self.conflicts.rebase("proxy_id")

    def _on_offered(self, values: dict[str, Any]) -> None:
        """Take what is known of a service over into the fields that the person has not touched."""
        if self.form is not None:
            self.form.set_values({name: value for name, value in values.items() if name not in self._touched})
            secret = next((name for name, row in self.form.rows.items() if row.field.secret), None)
            preset = self.help.preset if self.help is not None else None
            if secret is not None:
                self.form.rows[secret].set_label(self.context.wording.pick(preset.secret) if preset is not None else "")
            self._show_secrets(self.form)
            self._judge(None)
            self.fit()

    def _show_secrets(self, form: Form) -> None:
        """Where the service takes no typed secret there is no field for one."""
        way = self._manifest.login(self._way()) if self._manifest is not None else None
        asked = way.fields if way is not None and self.help is not None and self.help.wants_login else None
        for name, row in form.rows.items():
            if row.field.secret:
                row.setVisible(asked is None or name in asked)

    def _judge(self, worked: bool | None) -> None:
        """Remember how a test ended: one that failed leaves it to the person to add the account all the same."""
        self._worked = worked
        adding = self.tr("Add anyway") if worked is False else self.tr("Add account")
        if self._account is None and self._way():
            adding = self.tr("Sign in")
        self.save_button.setText(adding if self._account is None else self.tr("Save"))

    def _drop_form(self) -> None:
        self.panel.clear()
        self._judge(None)
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = self.help = self.quiet = None
        self._touched.clear()

    def _show_account(self, account: Account) -> None:
        if self.form is not None:
            self.form.set_values(account.settings | shown_values(account))
        if self.quiet is not None:
            self.quiet.set_value(own_quiet(account))

    def _on_edited(self, name: str) -> None:
        self._touched.add(name)
        if name not in UNTESTED:
            self.panel.clear()
            self._judge(None)
        if self.form is None or self._manifest is None:
            return
        if name == "group_id":
            show_inherited(self.context, self.form)
        if self.help is not None and name == (self._manifest.preset_from or self._manifest.name_from):
            self.help.typed(str(self.form.rows[name].input.value() or ""), self._draft().settings())
        if name == "name":
            self.named = bool(self.form.rows["name"].input.value())
        elif name == self._manifest.name_from and not self.named:
            self.form.rows["name"].input.set_value(proposed_name(str(self.form.rows[name].input.value() or "")))

    # -- values

    def _draft(self) -> AccountDraft:
        assert self.form is not None
        assert self.quiet is not None
        return AccountDraft(manifest=self._manifest, account=self._account, form=self.form, quiet=self.quiet)

    def _way(self) -> str:
        """Return the way to sign in with help that is wanted: nothing was typed that signs in by itself."""
        if self.form is None or self.help is None or self._manifest is None:
            return ""
        way = self._manifest.login(self.help.way())
        if way is None or (self._manifest.capabilities.credentials != "required" and not self.help.wants_login):
            return ""
        return "" if set(self.form.values(secret=True)) - set(way.fields) else way.id

    def sign_in(self, way: str) -> None:
        """Let the person sign in; the account is made of what comes of it."""
        assert self.form is not None
        assert self._manifest is not None
        wrong = self.form.missing(self.tr("Fill this in."), secrets=False) | self.form.wrong_values(
            self.context.wording
        )
        wrong.pop("name", None)  # the service tells one
        self.form.set_errors(wrong)
        if wrong or not self._hours_fit():
            return
        dialog = LoginDialog(self.context, self._manifest, self, draft=self._draft().to_login(way))
        dialog.signed_in.connect(self._on_signed_in)
        dialog.open()

    def _on_signed_in(self, account_id: str) -> None:
        self.added.emit(account_id)
        self.accept()

    def _complete(self) -> bool:
        assert self.form is not None
        errors = self.form.missing(self.tr("Fill this in.")) | self.form.wrong_values(self.context.wording)
        self.form.set_errors(errors)
        return not errors and self._hours_fit()

    def _hours_fit(self) -> bool:
        if self.quiet is None or self.form is None or self.quiet.check():
            return True
        self.form.show_advanced()
        self.reveal(self.quiet)
        return False

    # -- requests

    def test(self) -> None:
        """Connect with what stands in the form, save nothing."""
        assert self.form is not None
        required = self.form.missing(self.tr("Fill this in.")) | self.form.wrong_values(self.context.wording)
        for name in UNTESTED:
            required.pop(name, None)
        self.form.set_errors(required)
        if not required:
            self._show_running()
            self.start(self._test())

    def _show_running(self) -> None:
        self._judge(None)
        self.panel.show_running()
        self.fit()

    async def _test(self) -> None:
        body = self._draft().to_test()
        try:
            report: TestReport = await self.context.bridge.call(self.context.bridge.client.test_account(body))
        except ApiError as error:
            if not self.gone:
                self.panel.clear()
                self._judge(None if error.status == INVALID else False)
            raise
        if self.gone or self.form is None:
            return
        if report.fields:
            self.unlock()
        self.form.set_errors({name: self.context.wording.say(text) for name, text in report.fields.items()})
        self.panel.show_report(report, self.form.errors())
        self._judge(report.success)
        self.fit()

    def save(self) -> None:
        """Add the account (tested first; after a failed test it is added as it is), or save what was edited."""
        if self._account is None and (way := self._way()):
            self.sign_in(way)
            return
        if not self._complete():
            return
        if self._account is not None:
            self.start(self._save(self._account))
        elif self._worked is None:
            self._show_running()
            self.start(self._test_and_add())
        else:
            self.start(self._add())

    async def _test_and_add(self) -> None:
        await self._test()
        if self._worked and not self.gone:
            await self._add()

    async def _add(self) -> None:
        body = self._draft().to_create()
        account: Account = await self.context.bridge.call(self.context.bridge.client.create_account(body))
        if not self.gone:
            self.added.emit(account.id)
            self.accept()

    async def _save(self, account: Account) -> None:
        body = self._draft().to_patch(account.version)
        await self.context.bridge.call(self.context.bridge.client.patch_account(account.id, body))
        if not self.gone:
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """Errors at their fields, what changed elsewhere beside what was typed, the rest above the buttons."""
        errors = self.context.field_errors(error)
        rest = self.form.set_errors(errors) if self.form is not None else errors
        if self.conflicts is not None and self.conflicts.refused(error):
            return
        if rest or not errors:
            self.show_problem("\n".join(rest.values()) or self.context.wording.refusal(error))
