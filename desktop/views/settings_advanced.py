"""Advanced: where the master listens, and how much is logged."""

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.views.settings_bases import Group, of_master
from desktop.views.settings_forms import SettingsSection


class AdvancedSettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [self.address(), self.log()]

    def address(self) -> Group:
        """Return where the master listens."""
        return Group(
            title=self.tr("Address of the master"),
            help=self.tr(
                "Both count from the next start. The options --port and --host, and their environment variables, win."
            ),
            settings=[
                of_master(
                    Field(
                        name="port",
                        type="number",
                        label=self.tr("Port"),
                        help=self.tr("Where it is taken, the next free one is used. 0: any free one."),
                        required=True,
                    ),
                    restart=True,
                    undo=True,
                ),
                of_master(
                    Field(
                        name="host",
                        type="choice",
                        label=self.tr("Address"),
                        help=self.tr("Of this machine, and of no other: nobody else reaches it."),
                        choices=(("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("localhost", "localhost")),
                    ),
                    restart=True,
                ),
            ],
        )

    def log(self) -> Group:
        """Return how much is logged."""
        return Group(
            title=self.tr("Log"),
            settings=[
                of_master(
                    Field(
                        name="log_level",
                        type="choice",
                        label=self.tr("How much is logged"),
                        help=self.tr("The master obeys at once, workers from their next start."),
                        choices=(
                            ("debug", self.tr("Everything (debug)")),
                            ("info", self.tr("What happens (info)")),
                            ("warning", self.tr("What is odd (warning)")),
                            ("error", self.tr("What failed (error)")),
                        ),
                    )
                ),
                of_master(
                    Field(
                        name="log_total_mb",
                        type="number",
                        label=self.tr("Log files together at most"),
                        help=self.tr("The oldest goes first."),
                        suffix=self.tr("MB"),
                        required=True,
                    ),
                    undo=True,
                ),
            ],
        )


class AdvancedSection(SettingsSection):
    """Where the master listens, and how much is logged."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, AdvancedSettings().groups())
        self._on_connection()
        context.models.connection_changed.connect(self._on_connection)
        if context.profile is not None:
            self.add_heading(self.tr("Profile"), self._profile_words())
            line = QHBoxLayout()
            path = PlainLabel(str(context.profile), self.inside)
            path.setWordWrap(True)
            path.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            button = QPushButton(self.tr("Open folder"), self.inside)
            button.clicked.connect(lambda _checked=False: self._open_folder())
            line.addWidget(path, 1)
            line.addWidget(button)
            self.body.addLayout(line)

    def _on_connection(self) -> None:
        """A master that was started again may listen elsewhere."""
        words = self.tr("The master is reached at {address} now.").format(address=self.context.address)
        self.set_title(self.tr("Advanced"), words)

    def _profile_words(self) -> str:
        """Of a master elsewhere only the settings of the window are here."""
        status = self.context.models.status
        if status is not None and status.profile and status.profile != str(self.context.profile):
            return self.tr("The folder with the settings of this window; that of the master is {path}.").format(
                path=status.profile
            )
        return self.tr("The folder with the database, settings, logs and backups.")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.context.profile)))
