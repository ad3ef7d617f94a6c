"""Everything on the overview leads to its place in the window, with what is meant chosen or searched there."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.models import accounts as columns
from desktop.models import scopes
from desktop.models.need_rows import Place
from desktop.views.accounts import AccountsPage
from desktop.views.inbox import InboxPage
from desktop.views.jobs import JobsPage
from desktop.views.main_window import MainWindow
from desktop.views.overview import OverviewPage
from desktop.views.workers import WorkersPage
from tests.unit.desktop.fakes import NOW, FakeClient, make_account
from worker.protocol.states import AccountState, JobState


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[MainWindow]:
    found = MainWindow(context)
    qtbot.addWidget(found)
    found.show()
    found.show_page("overview")
    yield found
    found.close_for_good()


def go(window: MainWindow, kind: str, key: str = "") -> Any:
    """Click something that leads there; return the page that is shown then."""
    page = cast("OverviewPage", window.pages["overview"])
    page.wanted.emit(Place(kind=cast("Any", kind), key=key))
    return window._stack.currentWidget()


def test_an_account_a_worker_an_alert(window: MainWindow) -> None:
    accounts = go(window, "account", "a1")
    assert isinstance(accounts, AccountsPage)
    assert accounts.table.chosen == ["a1"]
    workers = go(window, "worker", "local-1")
    assert isinstance(workers, WorkersPage)
    assert workers.panel.worker_id == "local-1"
    assert go(window, "alert", "1") is window.pages["alerts"]
    assert go(window, "page", "schedules") is window.pages["schedules"]
    assert go(window, "page", "nowhere") is window.pages["schedules"]
    assert go(window, "settings", "general") is window.pages["settings"]


def test_accounts_of_a_platform_and_those_in_trouble(window: MainWindow, context: Context) -> None:
    context.models.accounts.replace_all(
        [make_account("a1"), make_account("a2", state=AccountState.LOGIN_NEEDED), make_account("a3", platform="feed")]
    )
    page = go(window, "accounts", "Feed")
    assert page.model.shown == 1
    assert page.search is not None
    assert page.search.text() == "Feed"
    page = go(window, "accounts")
    assert page.model.shown == 3
    header = page.table.horizontalHeader()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (
        columns.STATE, Qt.SortOrder.AscendingOrder,
    )  # fmt: skip
    assert page.model.key_at(0) == "a2"


def test_jobs_that_failed(window: MainWindow, client: FakeClient) -> None:
    page = go(window, "jobs", "FAILED")
    assert isinstance(page, JobsPage)
    assert client.called("jobs")[-1][1]["state"] is JobState.FAILED
    assert page.shown.currentData() == "FAILED"


def test_what_is_unread(window: MainWindow) -> None:
    page = go(window, "inbox", "a1")
    assert isinstance(page, InboxPage)
    assert (page.wish.sort, page.wish.value, page.wish.the_unread) == (scopes.ACCOUNT, "a1", True)
    page = go(window, "inbox")
    assert (page.wish.sort, page.wish.the_unread) == (scopes.UNREAD, True)


def test_failures_are_no_news_once_the_jobs_were_looked_at(
    window: MainWindow, context: Context, client: FakeClient
) -> None:
    assert context.settings.values.jobs_seen_at == 0
    window.show_page("jobs")
    assert context.settings.values.jobs_seen_at == 0
    window.show_page("overview")
    seen_at = context.settings.values.jobs_seen_at
    assert seen_at > NOW
    cast("OverviewPage", window.pages["overview"]).reload()
    assert client.called("overview")[-1][0][0].seen_at == seen_at


def test_the_first_page_of_a_new_profile(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert window._stack.currentWidget() is window.pages["overview"]
    window.close_for_good()
