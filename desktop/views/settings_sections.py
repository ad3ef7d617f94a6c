"""The sections of the Settings page, in the order of its list: one line adds a section.

Each is imported when it is first shown (``make``) or searched (``groups``), so none costs anything at the start.
"""

from typing import Final

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.views.settings_bases import Group, Section, SectionEntry

ELSEWHERE: Final = {
    "window": {
        "arrangements": "remembered as it is pulled",
        "close_explained": "told once, at the first closing",
        "geometry": "remembered when the window goes",
        "group_accounts": "Accounts, Manage",
        "inbox_folded": "the groups of Inbox",
        "inbox_order": "the head of Inbox",
        "jobs_seen_at": "remembered when Jobs is left",
        "page": "remembered",
        "palette_recent": "remembered by the command palette",
        "paused_together": "Pause all and Resume all of the tray",
        "places": "remembered when the window goes",
        "settings_section": "remembered",
        "update_asked": "asked once",
        "update_told": "told once",
        "welcomed": "the welcome of the first start",
    },
    "master": {"version": "grows with every change"},
}
"""Settings that have their home elsewhere, by store: each other one has a field in a section."""


class SettingsSections(QObject):
    """Names the sections in the language of the window."""

    def entries(self) -> tuple[SectionEntry, ...]:
        """Return the table."""
        return (*self.of_person(), *self.of_watch(), *self.of_machine())

    def of_person(self) -> tuple[SectionEntry, ...]:
        """Return those about how one is told and what one sees."""
        return (
            SectionEntry(
                name="general", icon="settings", title=self.tr("General"), make=_general, groups=_general_groups
            ),
            SectionEntry(
                name="notifications",
                icon="bell",
                title=self.tr("Notifications"),
                make=_notifications,
                groups=_notifications_groups,
            ),
            SectionEntry(
                name="quiet",
                icon="quiet",
                title=self.tr("Quiet hours"),
                make=_quiet,
                words=self.tr("night do not disturb snooze time zone"),
            ),
        )

    def of_watch(self) -> tuple[SectionEntry, ...]:
        """Return those about how it is watched and what is done."""
        return (
            SectionEntry(
                name="accounts", icon="accounts", title=self.tr("Accounts"), make=_accounts, groups=_accounts_groups
            ),
            SectionEntry(
                name="proxies",
                icon="proxies",
                title=self.tr("Proxies"),
                make=_proxies,
                words=self.tr("proxy SOCKS HTTP network"),
            ),
            SectionEntry(
                name="workers", icon="workers", title=self.tr("Workers"), make=_workers, groups=_workers_groups
            ),
            SectionEntry(name="jobs", icon="jobs", title=self.tr("Jobs"), make=_jobs, groups=_jobs_groups),
        )

    def of_machine(self) -> tuple[SectionEntry, ...]:
        """Return those about the program itself."""
        return (
            SectionEntry(
                name="security",
                icon="lock",
                title=self.tr("Security"),
                make=_security,
                words=self.tr("lock passphrase password token API audit record vault keyring clients"),
                groups=_security_groups,
            ),
            SectionEntry(
                name="storage",
                icon="storage",
                title=self.tr("Storage and backups"),
                make=_storage,
                words=self.tr("size disk space retention vacuum clear"),
                groups=_storage_groups,
            ),
            SectionEntry(
                name="language",
                icon="language",
                title=self.tr("Language and theme"),
                make=_language,
                words=self.tr("dark light appearance"),
                groups=_language_groups,
            ),
            SectionEntry(
                name="advanced", icon="advanced", title=self.tr("Advanced"), make=_advanced, groups=_advanced_groups
            ),
            SectionEntry(
                name="system",
                icon="health",
                title=self.tr("System status"),
                make=_system,
                words=self.tr("doctor diagnostics self-test support bundle version help"),
            ),
            SectionEntry(
                name="about",
                icon="about",
                title=self.tr("About"),
                make=_about,
                words=self.tr("version licence changelog update newer"),
                groups=_about_groups,
            ),
        )


def _general(context: Context) -> Section:
    from desktop.views.settings_general import GeneralSection

    return GeneralSection(context)


def _general_groups(context: Context) -> list[Group]:
    from desktop.views.settings_general import GeneralSettings

    return GeneralSettings(context.pages).groups()


def _notifications(context: Context) -> Section:
    from desktop.views.settings_notifications import NotificationsSection

    return NotificationsSection(context)


def _notifications_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_notifications import NotificationsSettings

    return NotificationsSettings().groups()


def _quiet(context: Context) -> Section:
    from desktop.views.settings_quiet import QuietSection

    return QuietSection(context)


def _accounts(context: Context) -> Section:
    from desktop.views.settings_accounts import AccountsSection

    return AccountsSection(context)


def _accounts_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_accounts import AccountsSettings

    return AccountsSettings().groups()


def _proxies(context: Context) -> Section:
    from desktop.views.settings_proxies import ProxiesSection

    return ProxiesSection(context)


def _workers(context: Context) -> Section:
    from desktop.views.settings_workers import WorkersSection

    return WorkersSection(context)


def _workers_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_workers import WorkersSettings

    return WorkersSettings().groups()


def _jobs(context: Context) -> Section:
    from desktop.views.settings_jobs import JobsSection

    return JobsSection(context)


def _jobs_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_jobs import JobsSettings

    return JobsSettings().groups()


def _storage(context: Context) -> Section:
    from desktop.views.settings_storage import StorageSection

    return StorageSection(context)


def _storage_groups(context: Context) -> list[Group]:
    from desktop.views.settings_storage import StorageSettings

    return StorageSettings(context.wording).groups()


def _language(context: Context) -> Section:
    from desktop.views.settings_language import LanguageSection

    return LanguageSection(context)


def _language_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_language import LanguageSettings

    return LanguageSettings().groups()


def _advanced(context: Context) -> Section:
    from desktop.views.settings_advanced import AdvancedSection

    return AdvancedSection(context)


def _advanced_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_advanced import AdvancedSettings

    return AdvancedSettings().groups()


def _system(context: Context) -> Section:
    from desktop.views.system_status import SystemStatusSection

    return SystemStatusSection(context)


def _security(context: Context) -> Section:
    from desktop.views.settings_security import SecuritySection

    return SecuritySection(context)


def _security_groups(_context: Context) -> list[Group]:
    from desktop.views.settings_security import SecuritySettings

    return SecuritySettings().groups()


def _about(context: Context) -> Section:
    from desktop.views.about import AboutSection

    return AboutSection(context)


def _about_groups(_context: Context) -> list[Group]:
    from desktop.views.about import AboutSettings

    return AboutSettings().groups()
