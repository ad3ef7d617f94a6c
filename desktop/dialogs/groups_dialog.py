"""Groups of accounts: their names, their order, and the settings that they pass on."""

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.dialogs.account_fields import INHERIT, common_fields, proxy_choices
from desktop.dialogs.conflict_parts import form_parts, plan_part
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.context import Context
from desktop.dialogs.edit_dialogs import EditDialog
from desktop.dialogs.fields import ChoiceInput, Field
from desktop.dialogs.form import Form
from desktop.dialogs.list_dialog import ListDialog
from desktop.dialogs.list_panels import ListPanel
from desktop.dialogs.quiet_plans import QuietPlanBox
from desktop.integration.returns import delete_group
from desktop.models.tables import Row
from master.api.groups import Group, GroupCreate, GroupPatch
from master.api.inheritance import Inheritable

PASSED_ON = ("interval_seconds", "interval_max_seconds", "proxy_id", "priority", "notify_level", "sound")


class GroupsPanel(ListPanel):
    """Add, edit, order and delete them."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        titles = (
            QCoreApplication.translate("GroupsPanel", "Group"),
            QCoreApplication.translate("GroupsPanel", "Passes on"),
            QCoreApplication.translate("GroupsPanel", "Accounts"),
        )
        super().__init__(context, QCoreApplication.translate("GroupsPanel", "Groups"), titles, frozenset({2}), parent)
        self.table.setColumnWidth(1, 200)
        self.table.setColumnWidth(2, 84)
        self.add_command(self.tr("New group…"), lambda: self.edit(None), needs_row=False)
        self.add_command(self.tr("Edit…"), self.open_chosen)
        self.up = self.add_command(self.tr("Move up"), lambda: self.shift(-1))
        self.down = self.add_command(self.tr("Move down"), lambda: self.shift(1))
        self.add_command(self.tr("Delete…"), self.delete, kind="danger")
        self.on_chosen()
        self.reload()

    async def load(self) -> None:
        """Ask for the groups."""
        bridge = self.context.bridge
        groups: list[Group] = await bridge.call(bridge.client.groups())
        if not self.gone:
            words = self.tr("There is no group yet. A group passes its interval, proxy and notifications on.")
            number = self.context.wording.number
            self.show_rows(
                [Row((row.name, self._passes_on(row.settings), number(row.accounts)), row) for row in groups], words
            )

    def _passes_on(self, settings: Inheritable) -> str:
        parts: list[str] = []
        if settings.interval_seconds is not None:
            parts.append(self.tr("every {span}").format(span=self.context.wording.span(settings.interval_seconds)))
        names = {
            "proxy_id": self.tr("proxy"),
            "priority": self.tr("priority"),
            "notify_level": self.tr("what is told"),
            "sound": self.tr("sound"),
            "quiet_hours": self.tr("quiet hours"),
        }
        parts += [words for name, words in names.items() if getattr(settings, name) is not None]
        return ", ".join(parts) or "–"

    def on_chosen(self) -> None:
        """The first cannot go up, the last not down."""
        super().on_chosen()
        group: Group | None = self.chosen()
        last = self.rows.rowCount() - 1
        self.up.setEnabled(self.up.isEnabled() and group is not None and group.position > 0)
        self.down.setEnabled(self.down.isEnabled() and group is not None and group.position < last)

    def edit(self, group: Group | None) -> None:
        """Make a group, or edit one."""
        self.show_dialog(GroupDialog(self.context, group, self))

    def shift(self, places: int) -> None:
        """Put the chosen group elsewhere in the order."""
        group: Group | None = self.chosen()
        if group is not None:
            bridge = self.context.bridge
            patch = GroupPatch(position=group.position + places)
            self.act(bridge.call(bridge.client.patch_group(group.id, patch)))

    def delete(self) -> None:
        """Ask, then delete the chosen group."""
        group: Group | None = self.chosen()
        if group is None:
            return
        self.ask_to_delete(
            group.name,
            self.tr("%n account(s) of it stay, in no group, with what is their own.", "", group.accounts),
            self.tr("Delete group"),
            lambda: self._delete(group),
        )

    async def _delete(self, group: Group) -> None:
        accounts = self.context.models.accounts
        members = [row.id for row in accounts.values() if row.group_id == group.id]

        def homeless() -> list[str]:
            rows = (accounts.get(one) for one in members)
            return [row.id for row in rows if row is not None and row.group_id is None]

        back = await delete_group(self.context.bridge, group, homeless)
        if not self.gone:
            self.undo_line.offer(self.tr("{name} was deleted").format(name=group.name), back)


class GroupsDialog(ListDialog):
    """The groups in a window of their own."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("GroupsDialog", "Groups")
        super().__init__(context, title, GroupsPanel(context), parent)


class GroupDialog(EditDialog):
    """One group; what it leaves empty its accounts take from the settings of all."""

    def __init__(self, context: Context, group: Group | None, parent: QWidget | None = None) -> None:
        self._group = group
        title = QCoreApplication.translate("GroupDialog", "New group")
        if group is not None:
            title = QCoreApplication.translate("GroupDialog", "Edit {name}").format(name=group.name)
        super().__init__(context, title, parent)
        self.form = Form(self._fields(), context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.quiet = QuietPlanBox(context, self.tr("As usual"), self.form)
        self.quiet.edited.connect(self.fit)
        self.form.insert(self.quiet, "notes")
        if group is not None:
            self._show(group)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Add group") if group is None else self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.conflicts = self._follow(group) if group is not None else None
        context.run(self._load_proxies())
        self.form.focus_first()
        self.fit()

    def _show(self, group: Group) -> None:
        self.quiet.set_value(group.settings.quiet_hours)
        values = {name: getattr(group.settings, name) for name in PASSED_ON}
        values |= {name: values[name] or INHERIT for name in ("proxy_id", "notify_level", "sound")}
        self.form.set_values(values | {"name": group.name, "notes": group.notes})

    def _follow(self, group: Group) -> Conflicts:
        bridge, words = self.context.bridge, self.context.models.telling.words.window
        return Conflicts(
            self,
            group,
            noun="group",
            parts=lambda: [*form_parts(self.form), plan_part(self.quiet, words)],
            fetch=lambda: bridge.call(bridge.client.group(group.id)),
            show=self._show,
            take=self._take,
            save=self.save,
        )

    def _take(self, group: Group) -> None:
        self._group = group

    def _fields(self) -> list[Field]:
        known = {field.name: field for field in common_fields(self.context)}
        usual = (INHERIT, self.tr("As usual"))
        fields = [Field(name="name", type="text", label=known["name"].label, required=True)]
        for name in PASSED_ON:
            field = known[name]
            choices = (usual, *(choice for choice in field.choices if choice[0] != INHERIT))
            fields.append(
                Field(
                    name=name,
                    type=field.type,
                    label=field.label,
                    help=self.tr("Empty: as usual.") if field.type == "number" else "",
                    minimum=field.minimum,
                    maximum=field.maximum,
                    suffix=field.suffix,
                    choices=choices if field.type == "choice" else (),
                    default=INHERIT if field.type == "choice" else None,
                )
            )
        fields.append(Field(name="notes", type="multiline", label=known["notes"].label))
        return fields

    async def _load_proxies(self) -> None:
        bridge = self.context.bridge
        proxies = await bridge.call(bridge.client.proxies())
        entry = self.form.rows["proxy_id"].input
        if not self.gone and isinstance(entry, ChoiceInput):
            entry.set_choices(((INHERIT, self.tr("As usual")), *proxy_choices(proxies or [])[1:]))
            if self._group is not None:
                entry.set_value(self._group.settings.proxy_id or INHERIT)
            if self.conflicts is not None:
                self.conflicts.rebase("proxy_id")

    def save(self) -> None:
        """Check, then save; it counts at once for its accounts."""
        wrong = self.form.missing(self.tr("Give it a name.")) | self.form.wrong_values(self.context.wording)
        self.form.set_errors(wrong)
        if not self.quiet.check():
            self.reveal(self.quiet)
        elif not wrong:
            self.start(self._save())

    async def _save(self) -> None:
        bridge, values = self.context.bridge, self.form.values()
        passed: dict[str, Any] = {name: values.get(name) or None for name in PASSED_ON}
        passed["priority"] = values.get("priority")
        passed["quiet_hours"] = self.quiet.value()
        settings = Inheritable(**passed)
        notes = values.get("notes") or ""
        if self._group is None:
            await bridge.call(
                bridge.client.create_group(GroupCreate(name=values["name"], notes=notes, settings=settings))
            )
        else:
            patch = GroupPatch(name=values["name"], notes=notes, settings=settings, version=self._group.version)
            await bridge.call(bridge.client.patch_group(self._group.id, patch))
        if not self.gone:
            self.accept()
