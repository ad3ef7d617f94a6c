"""The tab of sign-ins: who is signing in, go on, give up."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.login_dialog import LoginDialog
from desktop.views.account_tabs import LOGINS
from desktop.views.accounts import AccountsPage
from master.api.schema import CatalogAnswer
from tests.unit.desktop.dialogs.test_login_dialog import MANIFEST as CHAT
from tests.unit.desktop.dialogs.test_login_dialog import make_session
from tests.unit.desktop.fakes import FakeClient, make_account
from worker.protocol.logins import Challenge
from worker.protocol.texts import Text


@pytest.fixture
def page(context: Context, client: FakeClient, qtbot: QtBot) -> AccountsPage:
    context.models._set_catalog(CatalogAnswer(platforms=[CHAT], runners=[], deployments=[]))
    going = make_session(Challenge(kind="code"), state="code_asked", step=Text(code="x", message="Type it."))
    over = make_session(None, id="s2", state="failed", error=Text(code="x", message="Refused."))
    client.answers["login_sessions"] = [going, over]
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def test_nothing_is_asked_before_somebody_looks(page: AccountsPage, client: FakeClient) -> None:
    assert not client.called("login_sessions")
    page.show_logins()
    assert client.called("login_sessions")
    assert page.views.tabs.tabText(LOGINS) == "Sign-ins (1)"
    assert page.search is not None
    assert not page.search.isEnabled()
    page.choose("a1")
    assert page.views.on_accounts
    assert page.search.isEnabled()


def test_what_is_done_with_accounts_waits_behind_the_other_tab(
    page: AccountsPage, context: Context, qtbot: QtBot
) -> None:
    context.models.accounts.replace_all([make_account("a1")])
    page.choose("a1")
    assert page.assign_button.isEnabled()
    page.show_logins()
    page.refresh()
    assert not page.assign_button.isEnabled()
    assert not page.check_button.isEnabled()
    logins = page.views.logins
    qtbot.waitUntil(lambda: logins.card.height() > logins.height() * 3 // 4)


def test_what_is_over_is_only_shown(page: AccountsPage) -> None:
    page.show_logins()
    logins = page.views.logins
    said = [logins.rows.index(row, 2).data() for row in range(2)]
    assert said == ["Type it.", "Refused."]
    assert logins.continue_button.isEnabled()
    logins.table.selectRow(1)
    assert not logins.continue_button.isEnabled()
    assert not logins.cancel_button.isEnabled()


def test_one_goes_on_where_it_stands_or_is_given_up(page: AccountsPage, client: FakeClient, context: Context) -> None:
    page.show_logins()
    logins = page.views.logins
    logins.open_chosen()
    (dialog,) = [one for one in logins.findChildren(LoginDialog) if not one.gone]
    assert dialog.challenges.wants_input
    assert client.called("start_login") == [], "it is the one that was begun"
    dialog.reject()
    session = client.answers["login_sessions"][0]
    assert client.called("cancel_login") == [((session.id,), {})]
    before = len(client.called("login_sessions"))
    context.bridge.send("login.changed", session)  # type: ignore[attr-defined]
    assert len(client.called("login_sessions")) == before + 1
    logins.cancel()
    assert len(client.called("cancel_login")) == 2


def test_events_are_followed_also_before_somebody_looks(
    page: AccountsPage, client: FakeClient, context: Context
) -> None:
    context.bridge.send("login.changed", client.answers["login_sessions"][0])  # type: ignore[attr-defined]
    assert client.called("login_sessions")
    assert page.views.tabs.tabText(LOGINS) == "Sign-ins (1)"


def test_a_first_sign_in_is_found_though_there_is_no_account(page: AccountsPage, context: Context) -> None:
    context.models.accounts.replace_all([])
    page.refresh()
    assert page.shown_state == "empty"
    page.show_logins()
    assert page.shown_state == "content"
