"""Workers: their rhythm, how many there are, and what raises an alert."""

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.views.settings_bases import Group, Setting, of_master
from desktop.views.settings_forms import SettingsSection


class WorkersSettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [self.rhythm(), self.numbers(), self.alerts()]

    def _number(self, name: str, label: str, suffix: str, help_text: str = "", only_with: str = "") -> Setting:
        field = Field(
            name=name,
            type="number",
            label=label,
            help=help_text,
            suffix=suffix,
            required=True,
        )
        return of_master(field, only_with=only_with)

    def rhythm(self) -> Group:
        """Return how often workers report."""
        return Group(
            title=self.tr("Rhythm"),
            settings=[
                self._number(
                    "heartbeat_seconds",
                    self.tr("A worker reports every"),
                    self.tr("s"),
                    self.tr("With what it needs and does. A crash or a freeze is seen without it, within two seconds."),
                ),
                self._number(
                    "offline_after_seconds",
                    self.tr("It counts as offline after"),
                    self.tr("s"),
                    self.tr("Longer than the time above."),
                ),
            ],
        )

    def numbers(self) -> Group:
        """Return how many workers there are."""
        return Group(
            title=self.tr("More workers by themselves"),
            settings=[
                of_master(
                    Field(
                        name="scale_out",
                        type="boolean",
                        label=self.tr("Start one more worker when places are short"),
                        help=self.tr("On this machine. One that has nothing to do is stopped again."),
                    )
                ),
                self._number("scale_max_workers", self.tr("At most"), self.tr("workers"), only_with="scale_out"),
                self._number(
                    "scale_idle_minutes",
                    self.tr("Stop one that was idle for"),
                    self.tr("min"),
                    only_with="scale_out",
                ),
            ],
        )

    def alerts(self) -> Group:
        """Return what raises an alert."""
        percent = self.tr("%")
        return Group(
            title=self.tr("Alerts"),
            help=self.tr(
                "An alert is raised when one of these is passed, and is over by itself when it is not any more."
            ),
            settings=[
                self._number("alert_cpu_percent", self.tr("Processor"), percent, self.tr("Of one core of a worker.")),
                self._number(
                    "alert_memory_percent",
                    self.tr("Memory"),
                    percent,
                    self.tr("Of the most a worker may use."),
                ),
                self._number(
                    "alert_error_percent",
                    self.tr("Failed checks"),
                    percent,
                    self.tr("Of all checks of a worker."),
                ),
                self._number("alert_minutes", self.tr("Each of these for"), self.tr("min")),
                self._number("alert_backlog", self.tr("Items that wait in a worker"), self.tr("items")),
                self._number(
                    "alert_disk_mb",
                    self.tr("Free space less than"),
                    self.tr("MB"),
                    self.tr("Of the disk that holds the profile."),
                ),
                self._number(
                    "alert_lost_jobs",
                    self.tr("Jobs lost at a start"),
                    self.tr("jobs"),
                    self.tr("Jobs of which nothing was left."),
                ),
            ],
        )


class WorkersSection(SettingsSection):
    """Their rhythm, how many there are, and what raises an alert."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, WorkersSettings().groups())
        self.set_title(
            self.tr("Workers"), self.tr("For all workers. Each has settings of its own on the Workers page.")
        )
