"""The sections of the Settings page, in the order of its list: one line adds a section.

Each is imported when it is first shown (``make``) or searched (``groups``), so none costs anything at the start.
"""

from PySide6.QtCore import QCoreApplication

from desktop.dialogs.context import Context
from desktop.views.settings_bases import Group, Section, SectionEntry


def section_entries() -> tuple[SectionEntry, ...]:
    """Return the table, in the language of the window."""
    tr = QCoreApplication.translate
    return (
        SectionEntry(
            name="general",
            icon="settings",
            title=tr("SettingsSections", "General"),
            make=_general,
            groups=_general_groups,
        ),
    )


def _general(context: Context) -> Section:
    from desktop.views.settings_general import GeneralSection

    return GeneralSection(context)


def _general_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_general import GeneralSettings

    return GeneralSettings().groups()
