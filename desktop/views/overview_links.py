"""Where a place of the overview is: the page, with what is meant chosen or searched there."""

from collections.abc import Callable

from desktop.models.need_rows import Place
from desktop.views.accounts import AccountsPage
from desktop.views.inbox import InboxPage
from desktop.views.jobs import JobsPage
from desktop.views.overview import OverviewPage
from desktop.views.page_hosts import PageHost


def connect_overview(window: PageHost, page: OverviewPage) -> None:
    """Let everything on the overview lead to its place."""
    page.wanted.connect(lambda place: show(window, place))


def show(window: PageHost, place: Place) -> None:
    """Show a place. A page that this window does not have is not gone to."""
    acts: dict[str, Callable[[str], None]] = {
        "account": window.open_account,
        "worker": window.open_worker,
        "job": window.open_job,
        "schedule": window.open_schedule,
        "alert": lambda key: window.open_alert(int(key)),
        "accounts": lambda key: _show_accounts(window, key),
        "jobs": lambda key: _show_jobs(window, key),
        "inbox": lambda key: _show_inbox(window, key),
        "settings": window.open_settings,
        "page": lambda key: _show_page(window, key),
    }
    acts[place.kind](place.key)


def _show_page(window: PageHost, name: str) -> None:
    if name in window.pages:
        window.show_page(name)


def _show_accounts(window: PageHost, words: str) -> None:
    """Those that ``words`` find; without words all, with those that need somebody at the top."""
    window.show_page("accounts")
    page = window.pages["accounts"]
    if isinstance(page, AccountsPage):
        page.show_found(words)


def _show_jobs(window: PageHost, state: str) -> None:
    window.show_page("jobs")
    page = window.pages["jobs"]
    if isinstance(page, JobsPage):
        page.show_state(state)


def _show_inbox(window: PageHost, account_id: str) -> None:
    window.show_page("inbox")
    page = window.pages["inbox"]
    if isinstance(page, InboxPage):
        page.show_unread(account_id)
