"""Accounts: what holds for those that say nothing else."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.views.settings_bases import Group, of_master
from desktop.views.settings_forms import SettingsSection
from desktop.views.undo_offers import open_groups


class AccountsSettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [self.checks(), self.battery()]

    def checks(self) -> Group:
        """Return how accounts are checked."""
        return Group(
            title=self.tr("Checks"),
            settings=[
                of_master(
                    Field(
                        name="default_interval_seconds",
                        type="number",
                        label=self.tr("Check every"),
                        help=self.tr("Accounts and groups that have an interval of their own keep it."),
                        suffix=self.tr("s"),
                        required=True,
                    ),
                    undo=True,
                ),
                of_master(
                    Field(
                        name="baseline_quiet",
                        type="boolean",
                        label=self.tr("The first check of a new account tells nothing"),
                        help=self.tr("What is there already is no news."),
                    )
                ),
                of_master(
                    Field(
                        name="expiry_warning_days",
                        type="number",
                        label=self.tr("Warn before a sign-in or a certificate ends"),
                        help=self.tr("0: never."),
                        suffix=self.tr("days"),
                        required=True,
                    )
                ),
            ],
        )

    def battery(self) -> Group:
        """Return what is spared on battery."""
        return Group(
            title=self.tr("Battery"),
            settings=[
                of_master(
                    Field(
                        name="battery_saver",
                        type="choice",
                        label=self.tr("Check more rarely to spare the battery"),
                        choices=(
                            ("off", self.tr("Never")),
                            ("below", self.tr("On battery, when little is left")),
                            ("system", self.tr("When the system saves power")),
                        ),
                    )
                ),
                of_master(
                    Field(
                        name="battery_saver_percent",
                        type="number",
                        label=self.tr("Little is"),
                        suffix=self.tr("% or less"),
                        required=True,
                    ),
                    only_with="battery_saver",
                ),
                of_master(
                    Field(
                        name="battery_saver_factor",
                        type="number",
                        label=self.tr("Intervals are then longer"),
                        suffix=self.tr("times"),
                        required=True,
                    ),
                    only_with="battery_saver",
                ),
            ],
        )


class AccountsSection(SettingsSection):
    """What holds for accounts that say nothing else."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, AccountsSettings().groups())
        self.set_title(
            self.tr("Accounts"), self.tr("What holds for accounts and groups that have nothing of their own.")
        )
        self.add_heading(
            self.tr("Groups"), self.tr("A group passes on interval, proxy, quiet hours and more to its accounts.")
        )
        line = QHBoxLayout()
        self.groups_button = QPushButton(self.tr("Groups…"), self.inside)
        self.groups_button.clicked.connect(lambda _checked=False: self._open_groups())
        line.addWidget(self.groups_button)
        line.addStretch(1)
        self.body.addLayout(line)

    def _open_groups(self) -> None:
        open_groups(self.context, self, self.offer)
