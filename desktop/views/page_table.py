"""The pages of the window: one line each, in the order of the sidebar."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.views.accounts import AccountsPage
from desktop.views.alerts import AlertsPage
from desktop.views.inbox import InboxPage
from desktop.views.jobs import JobsPage
from desktop.views.logs import LogsPage
from desktop.views.overview import OverviewPage
from desktop.views.page import Page
from desktop.views.rules import RulesPage
from desktop.views.schedules import SchedulesPage
from desktop.views.settings import SettingsPage
from desktop.views.statistics import StatisticsPage
from desktop.views.workers import WorkersPage


@dataclass(frozen=True, kw_only=True)
class PageEntry:
    """One page. ``name`` is that of its icon too; ``rule``: a line divides it from those before."""

    name: str
    title: str
    make: Callable[[Context], Page]
    rule: bool = False
    foot: bool = False
    """It stands at the foot of the sidebar."""

    @property
    def icon(self) -> str:
        """Name of the icon in ``resources/icons``."""
        return self.name


class PageTable(QObject):
    """Names the pages in the language of the window."""

    def entries(self) -> tuple[PageEntry, ...]:
        """Return them in the order of the sidebar."""
        return (
            PageEntry(name="overview", title=self.tr("Overview"), make=OverviewPage),
            PageEntry(name="inbox", title=self.tr("Inbox"), make=InboxPage),
            PageEntry(name="accounts", title=self.tr("Accounts"), make=AccountsPage),
            PageEntry(name="workers", title=self.tr("Workers"), make=WorkersPage),
            PageEntry(name="jobs", title=self.tr("Jobs"), make=JobsPage, rule=True),
            PageEntry(name="schedules", title=self.tr("Schedules"), make=SchedulesPage),
            PageEntry(name="statistics", title=self.tr("Statistics"), make=StatisticsPage, rule=True),
            PageEntry(name="rules", title=self.tr("Rules"), make=RulesPage),
            PageEntry(name="alerts", title=self.tr("Alerts"), make=AlertsPage, rule=True),
            PageEntry(name="logs", title=self.tr("Logs"), make=LogsPage),
            PageEntry(name="settings", title=self.tr("Settings"), make=SettingsPage, foot=True),
        )
