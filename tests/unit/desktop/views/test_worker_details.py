"""The details of a worker: accounts, log, events, charts, health; loaded when they are seen."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views import worker_events
from desktop.views.worker_accounts import AccountsTab
from desktop.views.worker_charts import ChartsTab
from desktop.views.worker_events import EventsTab
from desktop.views.worker_health import HealthTab
from desktop.views.worker_logs import LogTab
from desktop.views.workers import WorkersPage
from master.api.client import ApiError
from master.api.schema import LastExit, WorkerCheck, WorkerHealth, WorkerMetricPoint, WorkerMetrics
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_event, make_record, make_worker
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text


@pytest.fixture
def page(context: Context, client: FakeClient, qtbot: QtBot) -> WorkersPage:
    page = WorkersPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    client.calls.clear()
    page.open_worker("local-1")
    return page


def said(words: str) -> Text:
    return Text(code="x", params={}, message=words)


def test_accounts_follow_their_rows_and_open(page: WorkersPage, context: Context, qtbot: QtBot) -> None:
    tab = page.panel.tabs["accounts"]
    assert isinstance(tab, AccountsTab)
    assert tab.model.total == 2
    context.models._on_account(make_account("a2", worker_id="local-2"))
    context.models.assignments.settle()
    assert [row.id for row in tab.model.values()] == ["a1"]
    tab.table.choose("a1")
    with qtbot.waitSignal(page.account_wanted) as seen:
        qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    assert seen.args == ["a1"]
    page.open_worker("local-2")
    assert [row.id for row in tab.model.values()] == ["a2"]
    context.models._on_account(make_account("a2", worker_id=None))
    context.models.assignments.settle()
    assert (tab.words, tab.shown_state) == ("It holds no account.", "empty")
    assert tab.notice.button.text() == "Open the assignments"
    tab.notice.button.click()
    assert page.table.isVisible()


def test_only_the_tab_that_is_seen_asks(page: WorkersPage, client: FakeClient) -> None:
    asked = ("worker_logs", "worker_events", "worker_metrics", "worker_health")
    assert not any(client.called(name) for name in asked)
    page.panel.show_tab("events")
    assert client.called("worker_events")
    assert not client.called("worker_logs")


def test_the_log_is_filtered_by_the_master_and_followed(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    page.panel.show_tab("log")
    tab = page.panel.tabs["log"]
    assert isinstance(tab, LogTab)
    assert tab.model.rowCount() == 1
    tab.stream.setCurrentIndex(tab.stream.findData("stderr"))
    tab.level.setCurrentIndex(tab.level.findData("warning"))
    tab.search.setText("boom")
    qtbot.waitUntil(lambda: client.called("worker_logs")[-1][1]["q"] == "boom")
    wanted = client.called("worker_logs")[-1][1]
    assert (wanted["stream"], wanted["level"]) == ("stderr", "warning")
    client.answers["worker_logs"] = [make_record(number, message=f"m{number}") for number in range(3)]
    for _second in range(2):
        page.tick()
    assert tab.model.rowCount() == 3
    tab.follow.setChecked(False)
    count = len(client.called("worker_logs"))
    for _second in range(4):
        page.tick()
    assert len(client.called("worker_logs")) == count


def test_a_log_is_asked_for_once_when_it_is_seen(page: WorkersPage, client: FakeClient) -> None:
    page.panel.show_tab("log")
    assert len(client.called("worker_logs")) == 1
    tab = page.panel.tabs["log"]
    assert isinstance(tab, LogTab)
    tab.loading()
    assert not tab._timer.isActive()  # that of the search
    assert tab._grey_timer.isActive()


def test_a_log_without_a_fitting_line_says_so(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    page.panel.show_tab("log")
    tab = page.panel.tabs["log"]
    assert isinstance(tab, LogTab)
    assert (tab.table.isVisible(), tab.none.isVisible()) == (True, False)
    client.answers["worker_logs"] = []
    tab.search.setText("nowhere")
    qtbot.waitUntil(tab.none.isVisible)
    assert tab.none.text() == "No line fits."
    assert tab.search.isVisible()
    assert tab.table.isHidden()
    tab.level.setCurrentIndex(2)
    tab.nothing.button.click()
    assert (tab.search.text(), tab.level.currentIndex()) == ("", 0)
    qtbot.waitUntil(lambda: tab.none.text() == "Nothing has been printed yet.")
    client.answers["worker_logs"] = [make_record(1)]
    tab.reload()
    assert (tab.table.isVisible(), tab.none.isVisible()) == (True, False)


def test_events_arrive_live_and_older_ones_are_asked_for(
    page: WorkersPage, context: Context, client: FakeClient
) -> None:
    client.answers["worker_events"] = Rows(rows=[make_event(5)], next_cursor="c")
    page.panel.show_tab("events")
    tab = page.panel.tabs["events"]
    assert isinstance(tab, EventsTab)
    context.bridge.send("worker.logged", make_event(6))  # type: ignore[attr-defined]
    context.bridge.send("worker.logged", make_event(7, worker_id="local-2"))  # type: ignore[attr-defined]
    assert [one.id for one in tab.model.rows] == [6, 5]
    client.answers["worker_events"] = Rows(rows=[make_event(4)])
    context.run(tab._load_older("local-1", "c"))
    assert [one.id for one in tab.model.rows] == [6, 5, 4]
    assert tab.model.index(0, 1).data() == "Lifecycle"


def test_the_events_of_a_worker_that_ends_for_weeks_begin_anew(
    page: WorkersPage, context: Context, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_events, "MOST", 5)
    client.answers["worker_events"] = Rows(rows=[make_event(5)], next_cursor="c")
    page.panel.show_tab("events")
    tab = page.panel.tabs["events"]
    assert isinstance(tab, EventsTab)
    asked = len(client.called("worker_events"))
    for number in range(6, 11):
        context.bridge.send("worker.logged", make_event(number))  # type: ignore[attr-defined]
    assert len(client.called("worker_events")) == asked + 1
    assert [one.id for one in tab.model.rows] == [5], "the first page, as the master has it"


def test_health_names_every_check(page: WorkersPage, client: FakeClient) -> None:
    checks = {
        "process": WorkerCheck(ok=True, text=said("Process 1 runs.")),
        "heartbeat": WorkerCheck(ok=False, text=said("The last heartbeat came 9 s ago.")),
    }
    client.answers["worker_health"] = WorkerHealth(worker_id="local-1", healthy=False, status="degraded", checks=checks)
    page.panel.show_tab("health")
    tab = page.panel.tabs["health"]
    assert isinstance(tab, HealthTab)
    assert tab.pill.accessibleName() == "Degraded"
    assert tab.lines["heartbeat"][0].accessibleName() == "Heartbeat: Degraded"
    assert tab.lines["heartbeat"][1].text() == "The last heartbeat came 9 s ago."


def test_a_failed_tab_says_so_and_tries_again(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    client.errors["worker_health"] = ApiError(503, "ERR", "Not now.", {}, {}, "")
    page.panel.show_tab("health")
    tab = page.panel.tabs["health"]
    assert tab.words == "Not now."
    assert tab.shown_state == "error"
    qtbot.waitUntil(lambda: tab.notice.button.height() > 20)
    del client.errors["worker_health"]
    client.answers["worker_health"] = WorkerHealth(worker_id="local-1", healthy=True, status="healthy", checks={})
    qtbot.mouseClick(tab.notice.button, Qt.MouseButton.LeftButton)
    assert (tab.words, tab.shown_state) == ("", "content")


def metrics(points: list[WorkerMetricPoint]) -> WorkerMetrics:
    return WorkerMetrics(worker_id="local-1", since=NOW, step_seconds=10, points=points)


def test_charts_show_figures_with_units_over_a_span(
    page: WorkersPage, client: FakeClient, context: Context, qtbot: QtBot
) -> None:
    client.answers["worker_metrics"] = metrics([])
    page.panel.show_tab("charts")
    tab = page.panel.tabs["charts"]
    assert isinstance(tab, ChartsTab)
    assert tab.words == "Nothing has been measured in this time."
    at = client.called("worker_metrics")[0][1]["since"] + 1000
    client.answers["worker_metrics"] = metrics(
        [WorkerMetricPoint(at=at + step * 10_000, cpu_percent=step, memory_mb=30.0 + step) for step in range(5)]
    )
    tab.set_span(24 * 3_600_000)
    assert set(tab.charts) == {"cpu_percent", "memory_mb", "errors", "items", "round_trip_ms", "accounts"}
    assert tab.charts["cpu_percent"].newest.text() == "4.0 %"
    assert tab.charts["memory_mb"].newest.text() == "34 MB"
    assert tab.charts["items"].newest.text() == "–"
    asked = [one[1]["since"] for one in client.called("worker_metrics")]
    assert asked[0] - asked[1] == pytest.approx(23 * 3_600_000, abs=60_000)
    chart = tab.charts["cpu_percent"]
    assert chart.plot.tell(QPoint(chart.plot.width() - 2, 40)).endswith("\n4.0 %")
    before = chart.grab().toImage()
    context.theme.set_mode("dark")
    assert chart.grab().toImage() != before


def test_a_worker_without_figures_leads_to_a_longer_time(page: WorkersPage, client: FakeClient) -> None:
    client.answers["worker_metrics"] = metrics([])
    page.panel.show_tab("charts")
    tab = page.panel.tabs["charts"]
    assert tab.notice.button.text() == "Show 7 days"
    tab.notice.button.click()
    asked = [one[1]["since"] for one in client.called("worker_metrics")]
    assert asked[0] - asked[-1] == pytest.approx(167 * 3_600_000, abs=60_000)
    assert tab.notice.button.text() == "Look again"


def test_a_deleted_worker_keeps_its_log_in_view(page: WorkersPage, context: Context, client: FakeClient) -> None:
    page.panel.show_tab("log")
    context.models.workers.forget("local-1")
    context.models.workers.settle()
    assert page.panel.isVisible()
    assert "It was deleted" in page.panel.facts
    assert not any(button.isEnabled() for button in page.panel.buttons.values())
    count = len(client.called("worker_logs"))
    page.panel.tabs["log"].reload()
    assert len(client.called("worker_logs")) == count + 1
    page.panel.closed.emit()
    assert page.panel.isHidden()


def test_a_worker_that_gave_up_is_started_again(
    page: WorkersPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    ending = LastExit(code=None, signal=9, text=text("exit_signal", signal=9, name="SIGKILL"), at=NOW)
    context.models.workers.upsert(make_worker("local-1", status=WorkerState.ERROR, last_exit=ending, pid=None))
    context.models.workers.settle()
    start = page.panel.buttons["start"]
    assert (start.text(), start.property("kind")) == ("Start again", "primary")
    assert not page.panel.buttons["kill"].isEnabled()
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.cards["local-1"].again_button, Qt.MouseButton.LeftButton)
    assert [args for args, _ in client.called("start_worker")] == [("local-1",), ("local-1",)]


def test_a_frozen_worker_is_said_to_be_dead(page: WorkersPage, context: Context) -> None:
    context.models.workers.upsert(make_worker("local-1", health="dead"))
    context.models.workers.upsert(make_worker("local-2", over_capacity=True, assigned_accounts=600))
    context.models.workers.settle()
    assert page.cards["local-1"].words == "does not answer; its accounts were taken over"
    assert page.cards["local-1"].pill.accessibleName() == "Does not answer"
    assert page.cards["local-2"].pill.accessibleName() == "Over capacity"
    assert "1 do(es) not answer · 1 over capacity" in page.sentence
