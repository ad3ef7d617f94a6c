"""What a page asks for that another page or the window has: its signals are known by their names."""

from collections.abc import Callable
from functools import partial
from typing import Any

from desktop.views.overview import OverviewPage
from desktop.views.overview_links import connect_overview
from desktop.views.page import Page
from desktop.views.page_hosts import PageHost


def answers_of(window: PageHost) -> dict[str, Callable[..., Any]]:
    """Return what the window does for each signal that a page may have."""
    return {
        "notice": window.toast,
        "offer": window.toast,
        "account_wanted": window.open_account,
        "accounts_wanted": partial(window.show_page, "accounts"),
        "add_account_wanted": window.add_account,
        "alert_wanted": window.open_alert,
        "job_wanted": window.open_job,
        "logs_wanted": window.open_logs,
        "page_wanted": window.show_page,
        "schedule_wanted": window.open_schedule,
        "settings_wanted": window.open_settings,
        "worker_wanted": window.open_worker,
        "workers_wanted": partial(window.show_page, "workers"),
    }


def connect_page(window: PageHost, page: Page) -> None:
    """Connect one page; one that could not be made has none of these signals."""
    for name, answer in answers_of(window).items():
        signal = getattr(page, name, None)
        if signal is not None:
            signal.connect(answer)
    if isinstance(page, OverviewPage):
        connect_overview(window, page)
