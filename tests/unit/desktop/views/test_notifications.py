"""The history of notifications: states, why, and what can be done with them."""

from typing import Any

import pytest
from msgspec import UNSET
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop.delegates.notifications import NotificationDelegate
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.moment_dialog import MomentDialog
from desktop.models.accounts import now_ms
from desktop.views.notifications import NotificationsView
from master.api.notifications import NotificationFilter
from master.api.rules import Snooze
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import NOW, FakeClient
from tests.unit.desktop.inbox_fakes import make_notification, make_totals
from worker.protocol.texts import Text


@pytest.fixture
def view(context: Context, client: FakeClient, qtbot: QtBot) -> NotificationsView:
    why = Text(code="", message="quiet hours until 08:00")
    client.answers["notifications"] = Rows(
        rows=[
            make_notification(5, level="urgent"),
            make_notification(4, state="suppressed", reason=why, kind="alert", item_id=None, alert_id=3),
            make_notification(3, state="dismissed", kind="job", item_id=None, job_id="j1"),
        ]
    )
    view = NotificationsView(context)
    qtbot.addWidget(view)
    view.resize(800, 500)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.open()
    view.list.setFocus()
    return view


def test_every_row_says_what_became_of_it_and_why(view: NotificationsView) -> None:
    model = view.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    spoken = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert spoken == [
        "New · Notification 5 · Hello · urgent",
        "Not told · Notification 4 · Hello · quiet hours until 08:00",
        "Put away · Notification 3 · Hello",
    ]
    view.list.step(1)
    view.list.step(1)
    assert view.why.text().endswith("Not told · quiet hours until 08:00")
    assert isinstance(view.list.itemDelegate(), NotificationDelegate)
    assert not view.list.grab().isNull()


def test_it_is_loaded_once_it_is_seen(view: NotificationsView, client: FakeClient) -> None:
    assert len(client.called("notifications")) == 1
    view.open()
    assert len(client.called("notifications")) == 1


def test_states_and_kinds_are_filters_of_the_master(view: NotificationsView, client: FakeClient) -> None:
    client.answers["notifications"] = Rows(rows=[])
    view.state.actions_shown[4].trigger()
    assert client.called("notifications")[-1][0][2] == NotificationFilter(state="suppressed")
    view.kind.actions_shown[2].trigger()
    assert client.called("notifications")[-1][0][2] == NotificationFilter(state="suppressed", kind="alert")
    assert (view.pane.shown_state, view.pane.notice.title.text()) == ("empty", "No notification fits")
    view.pane.notice.button.click()
    assert client.called("notifications")[-1][0][2] == NotificationFilter()
    assert view.pane.notice.title.text() == "Nothing was told yet"


def test_opening_goes_to_what_it_tells_of(view: NotificationsView, qtbot: QtBot) -> None:
    for signal, key, wanted in (
        (view.item_wanted, Qt.Key.Key_O, [5]),
        (view.alert_wanted, Qt.Key.Key_Return, [3]),
        (view.job_wanted, Qt.Key.Key_O, ["j1"]),
    ):
        qtbot.keyClick(view.list, Qt.Key.Key_J)
        with qtbot.waitSignal(signal) as seen:
            qtbot.keyClick(view.list, key)
        assert seen.args == wanted
    assert not view.dismiss_button.isEnabled()


def test_putting_away_goes_on_to_the_next(view: NotificationsView, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["dismiss_notification"] = make_notification(5, state="dismissed")
    qtbot.keyClick(view.list, Qt.Key.Key_J)
    qtbot.keyClick(view.list, Qt.Key.Key_D)
    assert client.called("dismiss_notification") == [((5,), {})]
    assert view.row is not None
    assert view.row.id == 4


def test_snoozing_until_a_moment_of_ones_own(view: NotificationsView, client: FakeClient) -> None:
    until = now_ms() + 7_200_000
    client.answers["snooze_notification"] = make_notification(5, state="snoozed", snoozed_until_at=until)
    told: list[Any] = []
    view.notice.connect(lambda *one: told.append(one[0]))
    view.list.step(1)
    view.snooze_menu.actions()[1].trigger()
    assert client.called("snooze_notification")[-1] == ((5,), {"snooze": Snooze(preset="1h")})
    assert told[0].startswith("Snoozed until ")
    assert view.words.face(view.model.at(0)).word == "Snoozed"  # type: ignore[arg-type]
    view.snooze_menu.ask()
    dialog = view.findChild(MomentDialog)
    assert dialog is not None
    dialog.edit.setDateTime(dialog.edit.dateTime().addDays(-1))
    dialog.choose_button.click()
    assert dialog.problem == "This moment has passed. Choose a later one."
    dialog.edit.setDateTime(dialog.edit.dateTime().addDays(60))
    dialog.choose_button.click()
    assert "30" in dialog.problem
    dialog.edit.setDateTime(dialog.edit.dateTime().addDays(-58))
    dialog.choose_button.click()
    wanted = client.called("snooze_notification")[-1][1]["snooze"]
    assert wanted.until_at == dialog.edit.dateTime().toMSecsSinceEpoch()


def test_all_of_them_are_marked_or_put_away_up_to_the_newest_that_was_seen(
    view: NotificationsView, client: FakeClient
) -> None:
    told: list[Any] = []
    view.notice.connect(lambda *one: told.append(one[0]))
    view.mark_all_read()
    assert client.called("read_notifications") == [((NotificationFilter(until_id=5),), {})]
    view.clear()
    dialog = view.findChild(ConfirmDialog)
    assert dialog is not None
    assert client.called("clear_notifications") == []
    dialog.confirm_button.click()
    assert client.called("clear_notifications") == [((NotificationFilter(until_id=5),), {})]
    assert told == ["2 marked read", "3 put away"]


def test_the_sentence(view: NotificationsView, context: Context, client: FakeClient) -> None:
    assert view.sentence == "Nothing new · 0 in all"
    context.models.inbox.totals = make_totals(pending=1, held=2, snoozed=1, suppressed=4)
    assert view.sentence == "1 new · 3 held or snoozed · 4 not told · 8 in all"
    context.models.inbox.totals = None
    assert view.sentence == ""
    assert view.filter.state is UNSET


def test_a_snoozed_one_says_until_when(view: NotificationsView) -> None:
    said = view.words.why(make_notification(1, state="snoozed", snoozed_until_at=NOW, level="silent"))
    assert said.startswith("silent · until 20")
