"""What the panel and the table say of an account beside its state: whose values, whose trouble, until when."""

from typing import Any

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.moment_dialog import MomentDialog
from desktop.models import accounts as columns
from desktop.models.accounts import now_ms
from desktop.views.accounts import AccountsPage
from desktop.views.pause_menu import HOUR_MS, tomorrow
from master.api.client import ApiError
from master.api.inheritance import Effective
from master.api.rules import QuietPlan
from tests.unit.desktop.fakes import FakeClient, make_account
from tests.unit.desktop.inbox_fakes import make_group
from worker.protocol.certificates import Certificate
from worker.protocol.states import AccountState
from worker.protocol.texts import Text, text


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> AccountsPage:
    context.models.inbox.groups = {"g1": make_group()}
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


def facts(page: AccountsPage, **changes: Any) -> list[str]:
    page.model.replace_all([make_account("a1", **changes)])
    page.choose("a1")
    page.tick()
    return page.panel._facts.text().split(" · ")


def test_what_comes_from_the_group_says_so(page: AccountsPage) -> None:
    def from_group(value: Any) -> Effective:
        return Effective(value=value, origin="group")

    effective = {name: from_group(1) for name in ("interval_seconds", "proxy_id", "quiet_hours", "notify_level")}
    said = facts(
        page, group_id="g1", interval_seconds=60, interval_max_seconds=180, proxy_id="p1", quiet_hours=QuietPlan(),
        notify_level="urgent", effective=effective,
    )  # fmt: skip
    assert "Every 1 min to 3 min (from Support)" in said
    assert "Through a proxy (from Support)" in said
    assert "Never quiet (from Support)" in said
    assert "Tells only what is urgent (from Support)" in said
    own = facts(page, effective={"interval_seconds": Effective(value=30, origin="account")})
    assert "Every 30 s" in own
    assert not [one for one in own if "proxy" in one or "uiet" in one or "Tells" in one]


def test_an_interval_that_is_stretched_says_why(page: AccountsPage) -> None:
    saver = text("interval_battery")
    assert "Every 2 min: battery saver" in facts(page, interval_factor=4.0, interval_reason=saver)
    ranged = facts(page, interval_max_seconds=60, interval_factor=2.0, interval_reason=saver)
    assert "Every 1 min to 2 min: battery saver" in ranged
    assert "Every 30 s" in facts(page)


def test_success_of_a_day_and_a_week_stand_there_once_loaded(
    page: AccountsPage, client: FakeClient, context: Context
) -> None:
    assert "Success 99.5 % in 24 h, 99.5 % in 7 d" in facts(page)
    page.tick()
    assert len(client.called("account_stats")) == 1, "once a minute at most"
    client.errors["account_stats"] = ApiError(503, "ERR_UNREACHABLE", "away")
    page.panel._rates._asked_at = 0
    page.tick()
    assert "Success 99.5 % in 24 h, 99.5 % in 7 d" in facts(page), "what was known stays"


def test_a_certificate_is_told_of_when_its_end_is_near(page: AccountsPage) -> None:
    now, day = now_ms(), 86_400_000

    def server(name: str, days: float, life: int) -> Certificate:
        ends = now + round(days * day) + 5000
        return Certificate(kind="server", name=name, begins_at=ends - life * day, expires_at=ends)

    mail, web = server("mail.example.org", 3, 365), server("example.org", 30, 90)
    assert facts(page, certificates=[mail, web])[-1] == "The certificate of mail.example.org ends in 3 d"
    tip = page.panel._facts.toolTip()
    assert "Certificate of mail.example.org ends: " in tip
    assert "Certificate of example.org ends: " in tip
    gone = server("mail.example.org", -1, 365)
    assert facts(page, certificates=[gone])[-1] == "The certificate of mail.example.org has ended"
    assert "certificate" not in facts(page, certificates=[web])[-1]


def test_what_signs_in_is_told_of_with_its_end_and_its_last_use(page: AccountsPage) -> None:
    now, day = now_ms(), 86_400_000
    soon = facts(page, credentials_expire_at=now + 3 * day + 5000, credentials_used_at=now - 125_000)
    assert soon[-2:] == ["Sign in again within 3 d", "Credentials last used 2 min ago"]
    assert facts(page, credentials_expire_at=now + 60 * day + 5000)[-1] == "The credentials last 60 d"
    assert facts(page, credentials_expire_at=now - day)[-1].startswith("The credentials have ended ")
    assert facts(page, login_session_id="s1")[-1] == "A sign-in is under way"
    assert "1 sign-in(s) under way" in page._sentence.text()


def test_a_shared_trouble_says_whose_it_is_and_how_many_have_it(page: AccountsPage) -> None:
    reason = Text(code="x", message="No answer.")
    down = {"state": AccountState.UNREACHABLE, "state_reason": reason, "incident": "mail.example"}
    page.model.replace_all([make_account("a1", **down), make_account("a2", **down), make_account("a3")])
    page.choose("a1")
    assert page.panel._reason.text() == "No answer. mail.example is down: shared with 1 other account(s)."
    tip = page.model.tool_tip(make_account("a1", **down), columns.STATE)
    assert tip.splitlines()[1] == "mail.example is down: shared with 1 other account(s)."
    page.model.replace_all([make_account("a1", **(down | {"incident": ""}))])
    page.tick()
    assert "This computer has no network" in page.panel._reason.text()
    assert page.model.incident_words(make_account("a3")) == ""


def test_a_pause_has_an_end_where_one_is_wanted(page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
    page.model.replace_all([make_account("a1"), make_account("a2", state=AccountState.PAUSED)])
    page.table.selectAll()
    menu = QMenu(page)
    page.actions_of_accounts.fill(menu, page.chosen())
    pause = next(one.menu() for one in menu.actions() if one.text() == "Pause until")
    actions = {one.text(): one for one in pause.actions()}  # type: ignore[union-attr]
    before = now_ms()
    actions["For 1 hour"].trigger()
    body = client.called("batch_accounts")[0][0][0]
    assert (body.action, sorted(body.account_ids)) == ("pause", ["a1", "a2"])
    assert before + HOUR_MS <= body.until_at <= now_ms() + HOUR_MS
    actions["Until tomorrow, 9:00"].trigger()
    assert client.called("batch_accounts")[1][0][0].until_at == tomorrow()
    actions["Until…"].trigger()
    dialog = page.window().findChild(MomentDialog)
    assert dialog is not None
    dialog.choose_button.click()
    assert client.called("batch_accounts")[2][0][0].until_at == tomorrow()


def test_a_paused_account_says_when_it_goes_on(page: AccountsPage) -> None:
    at = tomorrow()
    said = facts(page, state=AccountState.PAUSED, paused_until_at=at)
    assert any(one.startswith("Goes on by itself ") for one in said)
    row = page.model.get("a1")
    assert row is not None
    assert page.model.next_words(row, now_ms()).startswith("until ")
    assert page.model.next_words(make_account("a2", state=AccountState.PAUSED), now_ms()) == "paused"
