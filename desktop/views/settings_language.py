"""Language and theme: both count at once."""

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.views.settings_bases import Group, of_window
from desktop.views.settings_forms import SettingsSection


class LanguageSettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [
            Group(
                title="",
                settings=[
                    of_window(
                        Field(
                            name="language",
                            type="choice",
                            label=self.tr("Language"),
                            help=self.tr("Dates and numbers are written as the system's region writes them."),
                            choices=(
                                ("system", self.tr("Same as the system")),
                                ("en", "English"),
                                ("zh_CN", "简体中文"),
                            ),
                        )
                    ),
                    of_window(
                        Field(
                            name="color_scheme",
                            type="choice",
                            label=self.tr("Colours"),
                            help=self.tr("“Same as the system” changes with it, at nightfall too."),
                            choices=(
                                ("system", self.tr("Same as the system")),
                                ("light", self.tr("Light")),
                                ("dark", self.tr("Dark")),
                            ),
                        )
                    ),
                ],
            )
        ]


class LanguageSection(SettingsSection):
    """Both count at once."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, LanguageSettings().groups())
        self.set_title(self.tr("Language and theme"), self.tr("Both count at once."))
