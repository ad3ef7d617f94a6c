"""The Alerts page: what is open, acknowledge, silence, open what it is about; the badge; the line after a recovery."""

from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.alerts import AlertsPage
from desktop.views.main_window import MainWindow
from desktop.views.toasts import Toast
from master.api.client import ApiError
from master.api.schema import Recovery, Repair
from tests.unit.desktop.fakes import NOW, FakeClient, load, make_account, make_alert, make_worker
from worker.protocol.states import AccountState
from worker.protocol.texts import Text

KILLED = Text(code="exit_x", message="killed by signal 9")


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> AlertsPage:
    context.models.alerts.replace_all(
        [
            make_alert(1, detail=KILLED, raised_at=NOW),
            make_alert(2, kind="account_stale", subject="a1", subject_name="a1@x", level="warn"),
            make_alert(3, cleared_at=NOW),
        ]
    )
    page = AlertsPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    return page


def test_says_what_is_wrong(page: AlertsPage) -> None:
    assert page.sentence == "2 open · 2 not acknowledged · 1 over"
    page.choose(1)
    assert page.panel.pill.accessibleName() == "Serious"
    assert page.panel._detail.text() == KILLED.message
    page.choose(3)
    assert page.shown.currentText() == "History"
    assert page.table.chosen == ["3"]


def test_acknowledge_and_silence(page: AlertsPage, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["acknowledge_alert"] = lambda alert_id: make_alert(alert_id, acknowledged_at=NOW)
    page.choose(1)
    qtbot.mouseClick(page.panel.acknowledge, Qt.MouseButton.LeftButton)
    assert client.called("acknowledge_alert") == [((1,), {})]
    assert not page.panel.acknowledge.isEnabled()
    assert page.sentence.startswith("2 open · 1 not acknowledged")
    until = 9_999_999_999_999
    client.answers["silence_alert"] = lambda alert_id, seconds: make_alert(
        alert_id, silenced_until_at=until if seconds else None
    )
    hour, eight, week = page.panel.silence.menu().actions()
    assert (hour.text(), eight.text(), week.text()) == ("1 hour", "8 hours", "1 week")
    week.trigger()
    assert client.called("silence_alert") == [((1, 604_800), {})]
    assert page.panel.speak.isVisible()
    qtbot.mouseClick(page.panel.speak, Qt.MouseButton.LeftButton)
    assert client.called("silence_alert")[-1] == ((1, 0), {})
    assert page.panel.speak.isHidden()


def test_an_acknowledgement_can_be_taken_back(page: AlertsPage, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["acknowledge_alert"] = lambda alert_id: make_alert(alert_id, acknowledged_at=NOW)
    client.answers["unacknowledge_alert"] = make_alert
    page.table.selectAll()
    with qtbot.waitSignal(page.offer) as told:
        page.acknowledge()
    assert told.args is not None
    title, _body, _level, undo = told.args
    assert title == "2 alert(s) acknowledged"
    assert page.sentence == "2 open · 1 over"
    undo.act()
    assert sorted(args[0] for args, _more in client.called("unacknowledge_alert")) == [1, 2]
    assert page.sentence == "2 open · 2 not acknowledged · 1 over"


def test_opens_what_it_is_about(page: AlertsPage, qtbot: QtBot) -> None:
    page.choose(2)
    with qtbot.waitSignal(page.account_wanted) as seen:
        qtbot.mouseClick(page.panel.open_button, Qt.MouseButton.LeftButton)
    assert seen.args == ["a1"]
    page.choose(1)
    with qtbot.waitSignal(page.worker_wanted) as seen:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert seen.args == ["local-1"]


def test_empty_is_good_news_and_an_error_tries_again(
    page: AlertsPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    context.models.alerts.replace_all([])
    page.refresh()
    assert page.shown_state == "empty"
    assert page._empty.title.text() == "Nothing is wrong"
    assert page.sentence == "Nothing is wrong"
    assert page._empty.button.text() == "Show the history"
    page._empty.button.click()
    assert (page.shown.currentText(), page._empty.button.text()) == ("History", "Show what goes on")
    page._empty.button.click()
    assert (page.shown.currentText(), page._empty.title.text()) == ("Going on", "Nothing is wrong")
    context.models.alerts.load_status.set_failed("The master does not answer.")
    assert page.shown_state == "error"
    client.alerts_kept = [make_alert(5), make_alert(6, cleared_at=NOW)]
    qtbot.mouseClick(page._error.button, Qt.MouseButton.LeftButton)
    assert page.shown_state == "content"
    assert context.models.alerts.total == 2


def test_without_a_worker_nothing_is_called_well(
    page: AlertsPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    context.models.alerts.replace_all([])
    context.models.workers.replace_all([])
    assert page.shown_state == "empty"
    assert page._empty.title.text() == "Nothing is watched"
    assert page.sentence == "Nothing is watched: there is no worker"
    with qtbot.waitSignal(page.workers_wanted):
        qtbot.mouseClick(page._empty.button, Qt.MouseButton.LeftButton)
    context.models.workers.replace_all([make_worker("local-1")])
    assert page._empty.title.text() == "Nothing is wrong"
    assert page.sentence == "Nothing is wrong"


def test_what_is_over_is_not_silenced(page: AlertsPage, client: FakeClient, qtbot: QtBot) -> None:
    page.choose(3)
    assert page.panel.silence.isHidden()
    page._open_menu(page.rect().center())
    menu = page.findChildren(QMenu)[-1]
    assert not any(one.isEnabled() for one in menu.actions())
    menu.close()
    page.silence(60)
    assert client.called("silence_alert") == []
    page.choose(1)
    assert page.panel.silence.isVisible()


def test_enter_opens_the_spans_of_a_silence(page: AlertsPage, qtbot: QtBot) -> None:
    page.choose(1)
    menu = page.panel.silence.menu()
    with qtbot.waitSignal(menu.aboutToShow):
        menu.aboutToShow.connect(lambda: QTimer.singleShot(0, menu, menu.close))
        page.panel.silence.setFocus()
        qtbot.keyClick(page.panel.silence, Qt.Key.Key_Return)


async def test_a_refused_load_is_said(context: Context, client: FakeClient) -> None:
    client.errors["alerts"] = ApiError(503, "ERR", "Not now.", {}, {}, "")
    context.models.alerts.load_status.state = "loading"
    await context.models.reload_alerts()
    assert context.models.alerts.load_status.message == "Not now."


def test_badge_and_way_to_the_worker(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    badge = window.sidebar.buttons["alerts"]
    assert badge.badge == ""
    context.bridge.send("alert.changed", make_alert(1))  # type: ignore[attr-defined]
    context.models.alerts.settle()
    assert (badge.badge, badge.badge_kind) == ("1", "bad")
    context.bridge.send("alert.changed", make_alert(1, acknowledged_at=NOW))  # type: ignore[attr-defined]
    context.models.alerts.settle()
    assert badge.badge == ""
    window.show_page("alerts")
    page = window.pages["alerts"]
    assert isinstance(page, AlertsPage)
    page.choose(1)
    page.open_subject()
    assert window.pages["workers"].isVisible()
    assert window.pages["workers"].panel.worker_id == "local-1"  # type: ignore[attr-defined]
    window.close_for_good()


async def test_a_start_that_repaired_something_says_so_once(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    words = Text(code="x", params={}, message="2 processes were ended.")
    repairs = [
        Repair(kind="process", examined=2, repaired=2, text=words),
        Repair(kind="outbox", examined=3, repaired=0, text=Text(code="y", params={}, message="nothing")),
    ]
    client.answers["recovery"] = Recovery(at=NOW + 1, clean=False, repairs=repairs)
    await load(context)
    await load(context)
    toasts = [(one.title, one.body) for one in window.toasts.findChildren(type(window.toasts.toasts[0]))]
    assert toasts == [("Watchkeeper ended without warning", "2 account(s) are watched again · 2 processes were ended.")]
    window.close_for_good()


async def test_a_master_that_was_killed_is_told_of_though_nothing_was_repaired(
    context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    client.answers["recovery"] = Recovery(at=NOW + 1, clean=False, repairs=[])
    client.answers["all_accounts"] = [make_account("a1"), make_account("a2", state=AccountState.PAUSED)]
    await load(context)
    assert [(one.title, one.body) for one in window.toasts.findChildren(Toast)] == [
        ("Watchkeeper ended without warning", "1 account(s) are watched again")
    ]
    client.answers["recovery"] = Recovery(at=NOW + 2, clean=False, repairs=[])
    client.answers["workers"] = []
    await load(context)
    assert window.toasts.findChildren(Toast)[-1].body == ""  # nothing is watched without a worker
    window.close_for_good()


def test_a_silence_is_taken_back(page: AlertsPage, client: FakeClient) -> None:
    told: list[tuple[Any, ...]] = []
    page.offer.connect(lambda *words: told.append(words))
    client.answers["silence_alert"] = lambda alert_id, seconds: make_alert(
        alert_id, silenced_until_at=NOW + seconds if seconds else None
    )
    page.choose(1)
    page.silence(3600)
    title, _body, _level, (words, act) = told[0]
    assert (title, words) == ("1 alert(s) silenced", "Undo")
    act()
    assert [args for args, _more in client.called("silence_alert")] == [(1, 3600), (1, 0)]
    assert len(told) == 1
