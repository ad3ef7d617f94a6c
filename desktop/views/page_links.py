"""What a page asks for that another page has: who is connected with whom."""

from functools import partial

from desktop.views.accounts import AccountsPage
from desktop.views.alerts import AlertsPage
from desktop.views.inbox import InboxPage
from desktop.views.jobs import JobsPage
from desktop.views.overview import OverviewPage
from desktop.views.overview_links import connect_overview
from desktop.views.page import Page
from desktop.views.page_hosts import PageHost
from desktop.views.rules import RulesPage
from desktop.views.schedules import SchedulesPage
from desktop.views.settings import SettingsPage
from desktop.views.statistics import StatisticsPage
from desktop.views.workers import WorkersPage


def connect_page(window: PageHost, page: Page) -> None:
    """Connect one page; one that could not be made has no signals."""
    if isinstance(page, OverviewPage):
        connect_overview(window, page)
    elif isinstance(page, InboxPage):
        page.account_wanted.connect(window.open_account)
        page.accounts_wanted.connect(partial(window.show_page, "accounts"))
        page.add_account_wanted.connect(window.add_account)
        page.job_wanted.connect(window.open_job)
        page.alert_wanted.connect(window.open_alert)
        page.notice.connect(window.toast)
    elif isinstance(page, AccountsPage):
        page.notice.connect(window.toast)
        page.offer.connect(window.toast)
        page.settings_wanted.connect(window.open_settings)
    elif isinstance(page, WorkersPage):
        page.account_wanted.connect(window.open_account)
        page.add_account_wanted.connect(window.add_account)
        page.logs_wanted.connect(window.open_logs)
        page.notice.connect(window.toast)
        page.offer.connect(window.toast)
    elif isinstance(page, JobsPage):
        page.notice.connect(window.toast)
        page.offer.connect(window.toast)
        page.worker_wanted.connect(window.open_worker)
        page.workers_wanted.connect(partial(window.show_page, "workers"))
        page.schedule_wanted.connect(window.open_schedule)
    elif isinstance(page, SettingsPage):
        page.notice.connect(window.toast)
        page.offer.connect(window.toast)
        page.page_wanted.connect(window.show_page)
    elif isinstance(page, StatisticsPage):
        page.account_wanted.connect(window.open_account)
    elif isinstance(page, SchedulesPage):
        page.notice.connect(window.toast)
        page.offer.connect(window.toast)
        page.job_wanted.connect(window.open_job)
    elif isinstance(page, RulesPage):
        page.notice.connect(window.toast)
        page.offer.connect(window.toast)
    elif isinstance(page, AlertsPage):
        page.worker_wanted.connect(window.open_worker)
        page.account_wanted.connect(window.open_account)
        page.workers_wanted.connect(partial(window.show_page, "workers"))
        page.offer.connect(window.toast)
