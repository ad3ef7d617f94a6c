"""General: the window, and how the program starts."""

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.views.settings_bases import Group, Setting
from desktop.views.settings_forms import SettingsSection


class GeneralSettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [
            Group(
                title=self.tr("Window"),
                settings=[
                    Setting(
                        store="window",
                        field=Field(
                            name="close_to_tray",
                            type="boolean",
                            label=self.tr("Closing the window leaves Watchkeeper in the tray"),
                            help=self.tr("Where there is no tray, closing quits after a question."),
                        ),
                    ),
                    Setting(
                        store="window",
                        field=Field(
                            name="compact_rows",
                            type="boolean",
                            label=self.tr("Compact rows"),
                            help=self.tr("Lists show more rows at once."),
                        ),
                    ),
                ],
            ),
        ]


class GeneralSection(SettingsSection):
    """How the window behaves."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, GeneralSettings().groups())
        self.set_title(self.tr("General"), self.tr("How the window behaves, and how it starts."))
