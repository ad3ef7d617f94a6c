"""Jobs: how much of them is kept, and what they may do."""

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.views.settings_bases import Group, of_master
from desktop.views.settings_forms import SettingsSection


class JobsSettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [self.kept(), self.allowed()]

    def kept(self) -> Group:
        """Return how much is kept."""
        return Group(
            title=self.tr("What is kept"),
            settings=[
                of_master(
                    Field(
                        name="job_output_mb",
                        type="number",
                        label=self.tr("Output of a job, each stream"),
                        help=self.tr("Of what is beyond it the first and the last half are kept."),
                        suffix=self.tr("MB"),
                        required=True,
                    )
                ),
                of_master(
                    Field(
                        name="job_keep_days",
                        type="number",
                        label=self.tr("Jobs that have ended stay"),
                        suffix=self.tr("days"),
                        required=True,
                    ),
                    undo=True,
                ),
                of_master(
                    Field(
                        name="job_keep_total_mb",
                        type="number",
                        label=self.tr("Output of all jobs that have ended"),
                        help=self.tr("The oldest goes first."),
                        suffix=self.tr("MB"),
                        required=True,
                    ),
                    undo=True,
                ),
            ],
        )

    def allowed(self) -> Group:
        """Return what jobs may do."""
        return Group(
            title=self.tr("What jobs and scripts may do"),
            settings=[
                of_master(
                    Field(
                        name="job_commands",
                        type="allowed",
                        label=self.tr("Programs that may be started"),
                        help=self.tr("Names or absolute paths, one a line. Accounts that run a script obey it too."),
                        placeholder=self.tr("any"),
                    ),
                    undo=True,
                ),
                of_master(
                    Field(
                        name="job_shell",
                        type="boolean",
                        label=self.tr("Jobs may ask for a shell"),
                        help=self.tr("A shell starts whatever it is told to."),
                    ),
                    undo=True,
                ),
                of_master(
                    Field(
                        name="job_mounts",
                        type="lines",
                        label=self.tr("Folders that containers may see"),
                        help=self.tr("Absolute paths, one a line. None: no folder of this machine."),
                        placeholder=self.tr("none"),
                    ),
                    undo=True,
                ),
            ],
        )


class JobsSection(SettingsSection):
    """How much of them is kept, and what they may do."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, JobsSettings().groups())
        self.set_title(self.tr("Jobs"), self.tr("How much of jobs is kept, and what they may do."))
