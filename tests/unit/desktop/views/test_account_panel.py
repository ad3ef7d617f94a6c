"""The chosen account: what is said of it, which buttons it offers, when a check can be asked for."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.models import accounts as columns
from desktop.models.accounts import now_ms
from desktop.views.accounts import AccountsPage
from desktop.views.workers import WorkersPage
from master.api.schema import Beat
from tests.unit.desktop.fakes import NOW, make_account
from worker.protocol.states import AccountState
from worker.protocol.texts import text


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> AccountsPage:
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    return page


def show(page: AccountsPage, **changes: Any) -> AccountsPage:
    """Choose an account that is like this."""
    page.model.replace_all([make_account("a1", **changes)])
    page.choose("a1")
    page.refresh()
    return page


def menu_of(page: AccountsPage) -> list[str]:
    page._open_menu(QPoint(0, 0))
    menus = [(menu, [action.text() for action in menu.actions() if action.text()]) for menu in page.findChildren(QMenu)]
    menu, found = next((menu, words) for menu, words in menus if "Check now" in words)
    menu.close()
    return found


@pytest.mark.parametrize(
    ("state", "has_credentials", "first", "later"),
    [
        (AccountState.OK, True, "", "Sign in again"),
        (AccountState.OK, False, "", ""),
        (AccountState.LOGIN_NEEDED, True, "Sign in again", ""),
        (AccountState.LOGIN_NEEDED, False, "Sign in", ""),
    ],
)
def test_signing_in_is_offered_where_it_helps(
    state: AccountState, has_credentials: bool, first: str, later: str, page: AccountsPage
) -> None:
    show(page, state=state, has_credentials=has_credentials)
    panel = page.panel
    assert panel.sign_in.isVisible() is bool(first)
    assert panel.sign_in_again.isVisible() is bool(later)
    assert (first or later) == next((words for words in menu_of(page) if words.startswith("Sign in")), "")
    if first:
        assert panel.sign_in.text() == first
        assert panel.sign_in.x() < panel.test.x()
    if later:
        assert panel.sign_in_again.text() == later
        assert panel.sign_in_again.x() > panel.edit.x()


def test_wrong_settings_offer_to_edit_them(page: AccountsPage) -> None:
    page.model.beats.load({"a1": [Beat(NOW, 1, "bad")]})
    show(page, state=AccountState.UNREACHABLE, state_reason=text("url_scheme"))
    assert page.panel.edit.property("kind") == "primary"
    page.model.beats.add("a1", Beat(NOW, 1, "warn"))
    page.tick()
    assert not page.panel.edit.property("kind")


def test_facts_are_sentences_with_the_moments_in_the_tooltip(page: AccountsPage) -> None:
    now = now_ms()
    show(
        page, state=AccountState.STALE, state_since_at=now - 65_000, last_ok_at=now - 125_000,
        last_checked_at=now, checks_ok=0, checks_total=1,
    )  # fmt: skip
    assert page.panel._facts.text().split(" · ") == [
        "Last success 2 min ago",
        "Success 99.5 % in 24 h, 99.5 % in 7 d",
        "Every 30 s",
        "On local-1: least loaded",
        "In this state for 1 min",
    ]
    last, rate, since = page.panel._facts.toolTip().splitlines()
    assert last.startswith("Last success: 20")
    assert rate == page.model.rate(page.panel.account)
    assert since.startswith("In this state since 20")


def test_nothing_fine_is_not_counted(page: AccountsPage) -> None:
    show(page, state=AccountState.PAUSED)
    assert page.sentence == "1 account(s) · 1 paused"


def test_a_check_can_be_asked_for_where_one_may_run(page: AccountsPage) -> None:
    assert page.check_button.text() == "Check all now"
    assert page.check_button.isEnabled()
    show(page)
    assert page.check_button.text() == "Check now"
    show(page, state=AccountState.PAUSED)
    assert not page.check_button.isEnabled()
    page.model.replace_all([make_account("a1", state=AccountState.LOGIN_NEEDED)])
    assert not page.check_button.isEnabled()
    page.model.replace_all([make_account("a1", state=AccountState.LOGIN_NEEDED), make_account("a2")])
    page.table.clearSelection()
    assert page.check_button.isEnabled()


def test_names_have_room_in_a_window_of_the_first_size(page: AccountsPage) -> None:
    name = "maximiliane.fischer@northwind.example"
    show(page, name=name)
    assert page.table.columnWidth(columns.ACCOUNT) >= 260
    assert page.model.index(0, columns.ACCOUNT).data(int(Qt.ItemDataRole.ToolTipRole)) == name


def test_what_needs_no_worker_is_not_said_to_lack_one(context: Context, qtbot: QtBot) -> None:
    page = WorkersPage(context)
    qtbot.addWidget(page)
    resting = [
        make_account("a1", state=AccountState.PAUSED, worker_id=None),
        make_account("a2", state=AccountState.LOGIN_NEEDED, worker_id=None),
    ]
    context.models.accounts.replace_all(resting)
    page.refresh()
    assert "without a worker" not in page.sentence
    context.models.accounts.replace_all([*resting, make_account("a3", state=AccountState.PENDING, worker_id=None)])
    page.refresh()
    assert "1 account(s) without a worker" in page.sentence
