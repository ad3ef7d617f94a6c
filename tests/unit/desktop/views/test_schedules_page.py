"""The Schedules page: what it says, the switch, run now, edit, delete, history and next runs."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.models.accounts import now_ms
from desktop.models.schedules import ENABLED, WHEN
from desktop.views.main_window import MainWindow
from desktop.views.schedules import SchedulesPage
from master.api.client import ApiError
from master.api.schema import Page
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.job_fakes import make_job, make_pending, make_run, make_schedule
from worker.protocol.states import JobState
from worker.protocol.texts import Text


@pytest.fixture
def page(context: Context, client: FakeClient, qtbot: QtBot) -> SchedulesPage:
    client.answers["schedule_runs"] = Page(
        rows=[
            make_run(2, job_id="j1"),
            make_run(1, outcome="skipped", job_id=None, text=Text(code="x", message="The one before ran.")),
        ]
    )
    context.models.jobs.replace_page([make_job("j1")], None)
    context.models.schedules.replace_all(
        [
            make_schedule("s1", name="Backup", next_at=now_ms() + 240_500),
            make_schedule("s2", name="Check", last_state=JobState.FAILED, next_at=now_ms() + 9_000_000),
            make_schedule("s3", name="Report", enabled=False, next_at=None, last_state=None, last_at=None),
        ]
    )
    page = SchedulesPage(context)
    qtbot.addWidget(page)
    page.resize(1000, 640)
    page.show()
    return page


def press(button: QPushButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_says_how_it_is(page: SchedulesPage, context: Context) -> None:
    assert page.sentence == "2 of 3 switched on · next: Backup, in 4 min · 1 failed the last time"
    context.models.schedules.upsert(make_schedule("s2", name="Check", version=2))
    context.models.schedules.settle()
    assert page.sentence.endswith("the last runs went well")
    assert context.models.schedules.index(0, WHEN).data() == "At 03:00"
    page.on_search("nowhere")
    assert page.shown_state == "empty"
    page._empty.button.click()
    assert page.shown_state == "content"
    context.models.schedules.replace_all([])
    assert page._empty.title.text() == "There is no schedule yet"
    assert page.sentence == "Nothing is planned."
    page._empty.button.click()
    assert page.findChildren(ScheduleDialog)


def test_the_panel_shows_history_and_next_runs(page: SchedulesPage, qtbot: QtBot) -> None:
    page.choose("s1")
    panel = page.panel
    assert panel.next_runs.text().count("\n") == 4
    assert [row.texts[1:] for row in panel.history.rows] == [
        ("Started", "Completed · exit code 0"),
        ("Skipped", "The one before ran."),
    ]
    with qtbot.waitSignal(page.job_wanted) as wanted:
        panel._on_opened(panel.history.index(0, 0))
    assert wanted.args == ["j1"]
    page.choose("s3")
    assert panel._next_title.text() == "Switched on, it would run"
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.isHidden()


def test_a_history_that_does_not_come_says_why(page: SchedulesPage, client: FakeClient) -> None:
    client.errors["schedule_runs"] = ApiError(503, "ERR", "Not now.")
    page.choose("s1")
    assert page.panel.nothing.text() == "Not now."
    client.errors.clear()
    page.panel.notice.button.click()
    assert page.panel.notice.isHidden()
    assert page.panel.table.isVisible()


def test_the_switch(page: SchedulesPage, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["disable_schedule"] = make_schedule("s1", name="Backup", enabled=False, version=2)
    client.answers["enable_schedule"] = make_schedule("s1", name="Backup", version=3)
    position = page.model.position_of("s1")
    assert position is not None
    place = page.table.visualRect(page.model.index(position, ENABLED)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert client.called("disable_schedule") == [(("s1",), {})]
    assert page.panel.pill.accessibleName() == "Off"
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert client.called("enable_schedule") == [(("s1",), {})]
    assert page.panel.pill.accessibleName() == "On"


def test_run_now_edit_and_delete(page: SchedulesPage, client: FakeClient, qtbot: QtBot) -> None:
    page.choose("s1")
    client.answers["run_schedule"] = make_pending("j9", schedule_id="s1")
    with qtbot.waitSignal(page.notice) as told:
        press(page.panel.buttons["run"], qtbot)
    assert told.args == ["Backup was started", "", "info"]
    assert page.context.models.jobs.get("j9") is not None
    press(page.panel.buttons["edit"], qtbot)
    assert page.findChildren(ScheduleDialog)[-1].heading.text() == "Edit Backup"
    press(page.panel.buttons["delete"], qtbot)
    dialog = page.findChildren(ConfirmDialog)[-1]
    deleted = page.model.get("s1")
    with qtbot.waitSignal(page.offer) as told:
        press(dialog.confirm_button, qtbot)
    assert client.called("delete_schedule") == [(("s1",), {})]
    assert deleted is not None
    client.answers["create_schedule"] = lambda body: msgspec.structs.replace(deleted, id="s9")
    title, _body, _level, (words, act) = told.args
    assert (title, words) == ("1 schedule(s) deleted", "Undo")
    act()
    ((body,), _more) = client.called("create_schedule")[0]
    assert (body.name, body.cron, body.job, body.notify) == (
        deleted.name, deleted.cron, deleted.job, deleted.notify,
    )  # fmt: skip
    assert page.model.get("s9") is not None


def test_the_menu(page: SchedulesPage, qtbot: QtBot) -> None:
    page.choose("s1")
    page._open_menu(QPoint(5, 5))
    menu = page.findChildren(QMenu)[-1]
    assert [one.text() for one in menu.actions() if one.text()] == [
        "Run now", "Edit…", "Open the last run", "Switch off", "Delete…",
    ]  # fmt: skip
    menu.close()


def test_the_window_leads_from_a_job_to_its_schedule(context: Context, qtbot: QtBot) -> None:
    context.models.schedules.replace_all([make_schedule("s1", name="Backup")])
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.pages["jobs"].schedule_wanted.emit("s1")  # type: ignore[attr-defined]
    page = window.pages["schedules"]
    assert isinstance(page, SchedulesPage)
    assert page.isVisible()
    assert page.table.chosen == ["s1"]
    window.close_for_good()
