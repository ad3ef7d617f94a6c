"""A rule: which items it is for, what becomes of them, and a place to try it before it counts."""

from typing import Any, Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.conflict_parts import form_parts
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.context import Context
from desktop.dialogs.edit_dialogs import EditDialog
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from desktop.dialogs.rule_tester import RuleTester
from desktop.models.rows import natural_key
from master.api.rules import Rule, RuleConditions, RuleCreate, RulePatch
from master.api.schema import Account, Item
from worker.protocol.states import ItemKind

ADVANCED: Final = ("exclude", "whole_words", "regex", "group_ids", "tags")


class RuleDialog(EditDialog):
    """With ``rule`` it edits that one; ``draft`` fills a new one."""

    saved = Signal(object)
    """The :class:`Rule` as it is now."""

    def __init__(
        self,
        context: Context,
        rule: Rule | None = None,
        parent: QWidget | None = None,
        *,
        draft: RuleCreate | None = None,
    ) -> None:
        title = self.tr("New rule") if rule is None else self.tr("Edit {name}").format(name=rule.name)
        super().__init__(context, title, parent)
        self._edited = rule
        self.form = Form(self._fields(), context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.tester = RuleTester(context, self._written, rule.id if rule is not None else None, self)
        self.body.addWidget(self.tester)
        self.form.edited.connect(lambda _name: self.tester.edited())
        given = rule or draft
        if given is not None:
            self._show(given)
        if rule is not None and rule.disabled_reason is not None:
            self.show_problem(context.wording.say(rule.disabled_reason))
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Add rule") if rule is None else self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.conflicts = self._follow(rule) if rule is not None else None
        self.form.focus_first()

    def _show(self, given: Rule | RuleCreate) -> None:
        conditions = msgspec.structs.asdict(given.conditions)
        self.form.set_values(conditions | {"name": given.name, "action": given.action})
        if any(conditions[name] for name in ADVANCED):
            self.form.show_advanced()

    def _follow(self, rule: Rule) -> Conflicts:
        bridge = self.context.bridge
        return Conflicts(
            self,
            rule,
            noun="rule",
            parts=lambda: form_parts(self.form),
            fetch=lambda: bridge.call(bridge.client.rule(rule.id)),
            show=self._show,
            take=self._take,
            save=self.save,
        )

    def _take(self, rule: Rule) -> None:
        self._edited = rule

    # -- the fields

    def _fields(self) -> list[Field]:
        models, wording = self.context.models, self.context.wording
        accounts = sorted(models.accounts.values(), key=lambda row: natural_key(row.name))
        groups = sorted(models.inbox.groups.values(), key=lambda row: row.position)
        fields = [
            Field(name="name", type="text", label=self.tr("Name"), required=True, placeholder=self.tr("Invoices")),
            Field(
                name="include",
                type="list",
                label=self.tr("Words in title or text"),
                help=self.tr("Divided by commas; upper and lower case are the same. Empty: anything."),
                placeholder=self.tr("invoice, bill"),
            ),
            Field(
                name="match",
                type="choice",
                label=self.tr("Of these words"),
                choices=(("any", self.tr("One is enough")), ("all", self.tr("All must be there"))),
                default="any",
            ),
            Field(name="author", type="text", label=self.tr("Author"), help=self.tr("A part of the name.")),
            Field(
                name="kinds",
                type="picks",
                label=self.tr("Kinds"),
                help=self.tr("None chosen: all."),
                choices=tuple((kind.value, wording.kind(kind)) for kind in ItemKind),
            ),
            *self._decisions(accounts),
            *self._rare(),
        ]
        if groups:
            fields.append(
                Field(
                    name="group_ids",
                    type="picks",
                    label=self.tr("Groups"),
                    help=self.tr("None chosen: all."),
                    choices=tuple((row.id, row.name) for row in groups),
                    advanced=True,
                )
            )
        return fields

    def _decisions(self, accounts: list[Account]) -> list[Field]:
        return [
            Field(
                name="account_ids",
                type="picks",
                label=self.tr("Accounts"),
                help=self.tr("None chosen: all."),
                choices=tuple((row.id, row.name) for row in accounts),
            ),
            Field(
                name="action",
                type="choice",
                label=self.tr("What happens"),
                choices=(
                    ("notify", self.tr("Tell me, as usual")),
                    ("urgent", self.tr("Urgent: tell me even in quiet hours")),
                    ("silent", self.tr("Silent: count it, without message and sound")),
                    ("ignore", self.tr("Ignore: only keep it in the history")),
                ),
                default="notify",
            ),
        ]

    def _rare(self) -> list[Field]:
        return [
            Field(
                name="exclude",
                type="list",
                label=self.tr("Without these words"),
                help=self.tr("Divided by commas."),
                advanced=True,
            ),
            Field(name="whole_words", type="boolean", label=self.tr("Whole words only"), default=False, advanced=True),
            Field(
                name="regex",
                type="text",
                label=self.tr("Regular expression"),
                help=self.tr("Looked for in title and text. One that takes too long is switched off by itself."),
                placeholder=r"\border #\d+",
                advanced=True,
            ),
            Field(
                name="tags",
                type="list",
                label=self.tr("Accounts with a tag"),
                help=self.tr("Divided by commas."),
                advanced=True,
            ),
        ]

    def _conditions(self) -> RuleConditions:
        values: dict[str, Any] = self.form.values()
        return RuleConditions(
            include=values.get("include", []),
            match=values.get("match", "any"),
            exclude=values.get("exclude", []),
            whole_words=values.get("whole_words", False),
            regex=values.get("regex", ""),
            account_ids=values.get("account_ids", []),
            group_ids=values.get("group_ids", self._edited.conditions.group_ids if self._edited is not None else []),
            tags=values.get("tags", []),
            kinds=[ItemKind(kind) for kind in values.get("kinds", [])],
            author=values.get("author", ""),
        )

    def _written(self) -> RuleCreate:
        """Return what stands in the form; a name is not needed to try it."""
        values = self.form.values()
        name = values.get("name") or self.tr("this rule")
        return RuleCreate(name=name[:50], conditions=self._conditions(), action=values.get("action", "notify"))

    # -- saving

    def save(self) -> None:
        """Add it, or save what was edited; it counts from then on."""
        wrong = self.form.missing(self.tr("Give it a name.")) | self.form.wrong_values(self.context.wording)
        if not self.form.set_errors(wrong) and not wrong:
            self.start(self._save())

    async def _save(self) -> None:
        bridge, written = self.context.bridge, self._written()
        call = (
            bridge.client.create_rule(written)
            if self._edited is None
            else bridge.client.patch_rule(
                self._edited.id,
                RulePatch(
                    name=written.name,
                    conditions=written.conditions,
                    action=written.action,
                    version=self._edited.version,
                ),
            )
        )
        rule: Rule = await bridge.call(call)
        self.context.models.telling.take(rule)
        if not self.gone:
            self.saved.emit(rule)
            self.accept()


def rule_from_item(context: Context, item: Item, parent: QWidget | None = None) -> RuleDialog:
    """Return the dialog of a new rule for items like this one: of its account, kind and author."""
    conditions = RuleConditions(account_ids=[item.account_id], kinds=[item.kind], author=item.author[:200])
    name = item.author or item.title or context.models.account_name(item.account_id)
    dialog = RuleDialog(context, None, parent, draft=RuleCreate(name=name[:50], conditions=conditions))
    dialog.tester.sample.setPlainText(f"{item.title}\n{item.text[:4000]}")
    return dialog
