"""Storage and backups: how much is used, how long what stays, and copies of it."""

from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.backups_dialog import BackupsPanel
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.fields import Field
from desktop.dialogs.progress import working
from desktop.views.settings_bases import Group, of_master
from desktop.views.settings_forms import SettingsSection
from desktop.words import Wording
from master.api.client import ApiError
from master.api.diagnostics import SystemFacts
from worker.protocol.states import ItemKind

MEGABYTE: Final = 1_000_000
GIGABYTE: Final = 1_000_000_000


class StorageSettings(QObject):
    """Its settings. ``wording`` names the kinds of items."""

    def __init__(self, wording: Wording) -> None:
        super().__init__()
        self._wording = wording

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [self.items(), self.records(), self.backups()]

    def items(self) -> Group:
        """Return how long items stay."""
        kinds = tuple((kind.value, self._wording.kind(kind.value)) for kind in ItemKind)
        return Group(
            title=self.tr("What was found"),
            help=self.tr("What is cleared away is not found again: it stays known."),
            settings=[
                of_master(
                    Field(
                        name="item_keep_days",
                        type="keep_days",
                        label=self.tr("Keep for (days)"),
                        help=self.tr("Empty: for ever."),
                        placeholder=self.tr("for ever"),
                        suffix=self.tr("days"),
                        choices=kinds,
                    ),
                    undo=True,
                ),
                of_master(
                    Field(
                        name="item_keep_unread",
                        type="boolean",
                        label=self.tr("Unread items stay all the same"),
                    ),
                    undo=True,
                ),
                of_master(
                    Field(
                        name="item_keep_total_mb",
                        type="number",
                        label=self.tr("The database takes at most"),
                        help=self.tr("When it is larger the oldest items go, read ones first. Empty: no limit."),
                        placeholder=self.tr("no limit"),
                        suffix=self.tr("MB"),
                    ),
                    undo=True,
                ),
            ],
        )

    def records(self) -> Group:
        """Return how long the record of what was done stays."""
        return Group(
            title=self.tr("Records"),
            settings=[
                of_master(
                    Field(
                        name="audit_keep_days",
                        type="number",
                        label=self.tr("Who did what stays on record for"),
                        help=self.tr("With credentials, sign-ins, tokens and settings."),
                        suffix=self.tr("days"),
                        required=True,
                    ),
                    undo=True,
                ),
            ],
        )

    def backups(self) -> Group:
        """Return how many backups stay."""
        return Group(
            title=self.tr("Backups"),
            others=(
                ("make_backup", self.tr("Back up, restore, check")),
                ("move", self.tr("Move everything to another machine, export, import")),
            ),
            settings=[
                of_master(
                    Field(
                        name="backup_keep",
                        type="number",
                        label=self.tr("Daily backups that stay"),
                        help=self.tr("Those made by hand all stay."),
                        suffix=self.tr("backups"),
                        required=True,
                    ),
                    undo=True,
                ),
            ],
        )


class SizesPanel(QWidget):
    """What each part of the profile takes, and what is free; clears away what is too old."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._alive = [True]
        self.destroyed.connect(self._alive.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        layout.addLayout(self._grid)
        self.values: dict[str, PlainLabel] = {}
        for row, (name, title) in enumerate(self._titles().items()):
            self._grid.addWidget(PlainLabel(title, self), row, 0)
            value = self.values[name] = PlainLabel("…", self)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(value, row, 1)
        self.said = PlainLabel(self)
        self.said.setProperty("kind", "muted")
        self.said.setWordWrap(True)
        self.said.hide()
        line = QHBoxLayout()
        self.clear_button = QPushButton(self.tr("Clear away what is too old"), self)
        self.clear_button.clicked.connect(lambda _checked=False: working(context, self.clear_button, self._clear()))
        line.addWidget(self.clear_button)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addWidget(self.said)
        self.fault = ErrorLine(context.theme, self)
        layout.addWidget(self.fault)

    def _titles(self) -> dict[str, str]:
        return {
            "database": self.tr("Database"),
            "logs": self.tr("Logs"),
            "jobs": self.tr("Output of jobs"),
            "workers": self.tr("Outboxes and output of workers"),
            "backups": self.tr("Backups"),
            "free": self.tr("Free on the disk"),
        }

    def reload(self) -> None:
        """Ask for the sizes."""
        self._context.run(self._load())

    def say_bytes(self, count: int) -> str:
        """Return a size in words."""
        number = self._context.wording.number
        if count >= GIGABYTE:
            return self.tr("{count} GB").format(count=number(count / GIGABYTE, 1))
        return self.tr("{count} MB").format(count=number(count / MEGABYTE, 1))

    async def _load(self) -> None:
        bridge = self._context.bridge
        try:
            facts: SystemFacts = await bridge.call(bridge.client.system_facts())
        except ApiError as error:
            if self._alive:
                self.fault.say(self._context.wording.refusal(error), self.reload)
            return
        if not self._alive:
            return
        self.fault.say("")
        sizes: dict[str, int] = {one.place: one.bytes for one in facts.sizes}
        sizes["free"] = facts.disk_free_bytes
        for name, label in self.values.items():
            label.setText(self.say_bytes(sizes[name]) if name in sizes else "–")

    async def _clear(self) -> None:
        bridge, wording = self._context.bridge, self._context.wording
        self.clear_button.setEnabled(False)
        try:
            report = await bridge.call(bridge.client.janitor())
        except ApiError as error:
            if self._alive:
                self.fault.say(wording.refusal(error))
        else:
            if self._alive:
                said = [wording.say(one.text) for one in report.clearings if one.count]
                self.said.setText(" · ".join(said) or self.tr("There was nothing to clear away."))
                self.said.show()
                await self._load()
        finally:
            if self._alive:
                self.clear_button.setEnabled(True)


class StorageSection(SettingsSection):
    """How much is used, how long what stays, and copies of it."""

    def __init__(self, context: Context) -> None:
        groups = StorageSettings(context.wording).groups()
        super().__init__(context, [])
        self.set_title(
            self.tr("Storage and backups"), self.tr("How much is used, how long what stays, and copies of it.")
        )
        self.sizes = SizesPanel(context, self.inside)
        self.add_card().addWidget(self.sizes)
        for group in groups:
            self.add_group(group)
        self.body.addSpacing(4)
        self.backups = BackupsPanel(context, self.inside)
        self.body.addWidget(self.backups)
        self.finish()

    def shown(self) -> None:
        self.sizes.reload()
        self.backups.reload()

    def show_setting(self, name: str) -> bool:
        if name not in ("make_backup", "move"):
            return super().show_setting(name)
        self.backups.commands[0].setFocus()
        self.reveal(self.backups)
        return True
