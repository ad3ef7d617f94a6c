"""Edit many accounts at once: what is left as it is stays with each."""

from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.account_fields import INHERIT, common_fields, inherit_words, proxy_choices
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import ChoiceInput, Field
from desktop.dialogs.form import Form
from desktop.dialogs.quiet_plans import QuietPlanBox
from desktop.integration.account_batches import batch_accounts
from desktop.models.bulk_edits import taking_back
from master.api.client import ApiError
from master.api.schema import Account, AccountChanges

LEAVE: Final = "leave"
CHOICES: Final = ("proxy_id", "notify_level", "sound")
NUMBERS: Final = ("interval_seconds", "interval_max_seconds", "priority")


class BulkDialog(BaseDialog):
    """One request for all of them; what was refused is named, the rest is done."""

    edited = Signal(int, object)
    """How many were changed, and the edits that take it back: (:class:`AccountChanges`, ids) each."""

    def __init__(self, context: Context, accounts: list[Account], parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("Edit %n account(s)", "", len(accounts)), parent)
        self._ids = [account.id for account in accounts]
        hint = PlainLabel(self.tr("What is left empty, or as it is, stays with each account."), self)
        hint.setProperty("kind", "muted")
        hint.setWordWrap(True)
        self.body.addWidget(hint)
        self.form = Form(self._fields(), context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.quiet = QuietPlanBox(context, inherit_words(), self.form, leave=self.tr("Leave as it is"))
        self.quiet.edited.connect(self.fit)
        self.form.insert(self.quiet, "add_tags")
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Change them"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        context.run(self._load_proxies())
        self.form.focus_first()
        self.fit()

    def _fields(self) -> list[Field]:
        leave = (LEAVE, self.tr("Leave as it is"))
        known = {field.name: field for field in common_fields(self.context)}
        fields = [self._number(known[name]) for name in NUMBERS]
        for name in CHOICES:
            field = known[name]
            fields.append(
                Field(name=name, type="choice", label=field.label, choices=(leave, *field.choices), default=LEAVE)
            )
        fields.append(
            Field(name="add_tags", type="list", label=self.tr("Add tags"), help=self.tr("Divided by commas."))
        )
        fields.append(
            Field(name="remove_tags", type="list", label=self.tr("Remove tags"), help=self.tr("Divided by commas."))
        )
        return fields

    def _number(self, field: Field) -> Field:
        return Field(
            name=field.name, type="number", label=field.label, minimum=field.minimum, maximum=field.maximum,
            suffix=field.suffix,
        )  # fmt: skip

    async def _load_proxies(self) -> None:
        bridge = self.context.bridge
        proxies = await bridge.call(bridge.client.proxies())
        entry = self.form.rows["proxy_id"].input
        if not self.gone and isinstance(entry, ChoiceInput):
            entry.set_choices(((LEAVE, self.tr("Leave as it is")), *proxy_choices(proxies or [])))

    def changes(self) -> dict[str, Any]:
        """Return what is to be changed, by the names of a request."""
        values = self.form.values()
        found: dict[str, Any] = {name: values[name] for name in NUMBERS if values.get(name) is not None}
        for name in CHOICES:
            if values.get(name) != LEAVE:
                found[name] = None if values[name] == INHERIT else values[name]
        if self.quiet.chosen != "leave":
            found["quiet_hours"] = self.quiet.value()
        return found | {name: values[name] for name in ("add_tags", "remove_tags") if values.get(name)}

    def save(self) -> None:
        """Check, then change them all."""
        wrong = self.form.wrong_values(self.context.wording)
        self.form.set_errors(wrong)
        if not self.quiet.check():
            self.reveal(self.quiet)
            return
        if wrong:
            return
        if not self.changes():
            self.show_problem(self.tr("Nothing is to be changed yet."))
            return
        self.start(self._save(AccountChanges(**self.changes())))

    async def _save(self, changes: AccountChanges) -> None:
        known = self.context.models.accounts
        rows = [row for one in self._ids if (row := known.get(one)) is not None]
        failed = await batch_accounts(self.context.bridge, "edit", self._ids, changes=changes)
        if self.gone:
            return
        wrong = {row.id for row in failed}
        done = [row for row in rows if row.id not in wrong]
        if done:
            self.edited.emit(len(done), taking_back(changes, done))
        if failed:
            self._ids = [row.id for row in failed]
            self.show_problem(self.context.wording.failures(failed, self.context.models.account_name))
        else:
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields, the rest above the buttons."""
        self.place_errors(error, self.form.set_errors)
