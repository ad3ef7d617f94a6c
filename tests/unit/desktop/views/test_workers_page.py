"""The Workers page: choosing several, the batch over them, assignments that are dragged, the preview of a rebalance."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.rebalance_dialog import RebalanceDialog
from desktop.models.accounts import now_ms
from desktop.models.assignments import MIME, dragged
from desktop.models.figures import SPAN_MS
from desktop.views.worker_card import HEIGHT, HEIGHT_COMPACT, WorkerCard
from desktop.views.workers import ASSIGNMENTS, CARDS, WorkersPage
from master.api.client import ApiError
from master.api.events import Deleted, HeartbeatSeen
from master.api.schema import Beat, Move, RebalanceReport, WorkerBatchReport, WorkerBatchResult
from tests.unit.desktop.fakes import FakeClient, make_account, make_alert, make_worker
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> Iterator[WorkersPage]:
    context.models.workers.replace_all([make_worker(f"local-{number}") for number in range(1, 5)])
    page = WorkersPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    yield page
    for dialog in page.findChildren(RebalanceDialog):
        dialog.reject()


def said(words: str) -> Text:
    return Text(code="x", params={}, message=words)


def click(page: WorkersPage, worker_id: str, qtbot: QtBot, modifier: Qt.KeyboardModifier | None = None) -> None:
    none = Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(page.cards[worker_id], Qt.MouseButton.LeftButton, modifier or none, QPoint(20, 60))


def test_one_is_opened_several_get_a_toolbar(page: WorkersPage, qtbot: QtBot) -> None:
    click(page, "local-2", qtbot)
    assert page.grid.chosen == ["local-2"]
    assert page.panel.isVisible()
    assert not page.batch_buttons["stop"].isVisible()
    click(page, "local-4", qtbot, Qt.KeyboardModifier.ShiftModifier)
    assert page.grid.chosen == ["local-2", "local-3", "local-4"]
    assert page.panel.isHidden()
    assert page.batch_buttons["stop"].isVisible()
    assert not page.batch_buttons["start"].isEnabled()
    click(page, "local-3", qtbot, Qt.KeyboardModifier.ControlModifier)
    assert page.grid.chosen == ["local-2", "local-4"]
    assert "chosen" in page.cards["local-4"].accessibleName()


def test_keys_walk_choose_and_open(page: WorkersPage, qtbot: QtBot) -> None:
    page.focus_first()
    qtbot.keyClick(page.cards["local-1"], Qt.Key.Key_Right)
    assert page.window().focusWidget() is page.cards["local-2"]
    qtbot.keyClick(page.cards["local-2"], Qt.Key.Key_Space)
    qtbot.keyClick(page.cards["local-1"], Qt.Key.Key_Space)
    assert page.grid.chosen == ["local-1", "local-2"]
    qtbot.keyClick(page.cards["local-2"], Qt.Key.Key_Return)
    assert page.panel.worker_id == "local-2"
    qtbot.keyClick(page.panel, Qt.Key.Key_Escape)
    assert page.panel.isHidden()
    assert page.window().focusWidget() is page.cards["local-2"]


def test_a_batch_names_what_failed(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    page.grid.choose(["local-1", "local-2"])
    results = [
        WorkerBatchResult(worker_id="local-1", success=True),
        WorkerBatchResult(worker_id="local-2", success=False, error=said("It is not there.")),
    ]
    client.answers["batch_workers"] = WorkerBatchReport(action="stop", total=2, success=1, failure=1, results=results)
    with qtbot.waitSignal(page.notice) as seen:
        qtbot.mouseClick(page.batch_buttons["kill"], Qt.MouseButton.LeftButton)
    title, body, level = seen.args
    assert (title, level) == ("1 worker(s) failed", "bad")
    assert body.splitlines() == ["local-2: It is not there.", "1 worker(s) killed"]
    sent = client.called("batch_workers")[0][0][0]
    assert (sent.action, sent.worker_ids, sent.options.graceful) == ("stop", ["local-1", "local-2"], False)
    client.answers["batch_workers"] = WorkerBatchReport(
        action="restart", total=2, success=2, failure=0, results=results[:1]
    )
    with qtbot.waitSignal(page.notice) as seen:
        qtbot.mouseClick(page.batch_buttons["restart"], Qt.MouseButton.LeftButton)
    assert seen.args == ["2 worker(s) restarted", "", "info"]


def test_the_search_filters_cards_and_assignments(page: WorkersPage, context: Context) -> None:
    page.on_search("local-3")
    assert list(page.cards) == ["local-3"]
    page.on_search("")
    assert len(page.cards) == 4
    page.on_search("a2@")
    assert context.models.assignments.rowCount() == 1


def test_what_is_empty_says_why_and_what_to_do(page: WorkersPage, context: Context, qtbot: QtBot) -> None:
    assert page.search is not None
    page.search.setText("nowhere")
    page.on_search("nowhere")
    assert (page.nothing.title.text(), page.nothing.isVisible()) == ("No worker fits this search", True)
    page.tabs.setCurrentIndex(ASSIGNMENTS)
    assert page.nothing.title.text() == "No account fits this search"
    page.nothing.button.click()
    assert (page.search.text(), page.table.isVisible()) == ("", True)
    context.models.assignments.replace_all([])
    assert page.nothing.title.text() == "No account is watched yet"
    with qtbot.waitSignal(page.add_account_wanted):
        page.nothing.button.click()
    context.models.assignments.load_status.set_failed("Not now.")
    assert (page.nothing.words.text(), page.nothing.button.text()) == ("Not now.", "Try again")
    page.nothing.button.click()
    assert page.table.isVisible()
    page.tabs.setCurrentIndex(CARDS)
    assert page.nothing.isHidden()
    assert len(page.cards) == 4


def test_heartbeats_draw_the_sparklines(page: WorkersPage, context: Context) -> None:
    for step in range(70):
        at = now_ms() - 690_000 + step * 10_000
        context.models.workers.apply_heartbeat(
            HeartbeatSeen(
                worker_id="local-1", at=at, cpu_percent=step, memory_mb=30.0, active_tasks=0, accounts=1, checks=1,
                errors=0, items=0, backlog=0, round_trip_ms=1.0, beat=Beat(at, 1, "ok"),
            )
        )  # fmt: skip
    page.refresh()
    points = page.cards["local-1"].cpu.points
    assert points[-1][1] == 69
    assert points[-1][0] - points[0][0] <= SPAN_MS
    assert page.cards["local-2"].cpu.points == []


# -- assignments


def drop(page: WorkersPage, worker_row: int, data: QMimeData) -> None:
    targets = page.assignments.targets
    where = QPointF(targets.visualRect(targets.model().index(worker_row, 0)).center())
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(where, Qt.DropAction.MoveAction, data, button, key)
    targets.dropEvent(event)


def test_rows_are_dragged_onto_a_worker(page: WorkersPage, context: Context, client: FakeClient, qtbot: QtBot) -> None:
    context.models.accounts.upsert(make_account("a2", pinned=True, pinned_to="local-1", pin_policy="move"))
    page.tabs.setCurrentIndex(ASSIGNMENTS)
    page.table.selectAll()
    model = context.models.assignments
    assert model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    data = model.mimeData(page.table.selectedIndexes())
    assert dragged(data) == ["a1", "a2"]
    with qtbot.waitSignal(page.offer) as seen:
        drop(page, 1, data)
    bodies = {args[0]: args[1] for args, _ in client.called("assign_account")}
    assert {one.worker_id for one in bodies.values()} == {"local-2"}
    assert (bodies["a1"].pinned, bodies["a2"].pinned, bodies["a2"].pin_policy) == (False, True, "move")
    assert seen.args[:3] == ["2 account(s) moved to local-2", "", "info"]


def test_a_drop_of_something_else_or_on_the_same_worker_does_nothing(page: WorkersPage, client: FakeClient) -> None:
    page.tabs.setCurrentIndex(ASSIGNMENTS)
    foreign = QMimeData()
    foreign.setText("a1")
    assert dragged(foreign) == []
    drop(page, 1, foreign)
    same = QMimeData()
    same.setData(MIME, b'["a1"]')
    drop(page, 0, same)
    assert client.called("assign_account") == []


def test_a_move_that_is_refused_is_told_by_name(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    client.errors["assign_account"] = ApiError(409, "ERR_FULL", "No place is free.", {}, {}, "")
    with qtbot.waitSignal(page.notice) as seen:
        page.moves.move_to("local-2", ["a1"])
    assert seen.args[0] == "1 account(s) could not be moved"
    assert "a1@northwind.example: No place is free." in seen.args[1]


def test_a_move_is_taken_back(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.offer) as seen:
        page.moves.move_to("local-2", ["a1"])
    title, _body, level, (words, act) = seen.args
    assert (title, level, words) == ("1 account(s) moved to local-2", "info", "Undo")
    act()
    bodies = [
        (account_id, body.worker_id, body.pinned) for (account_id, body), _more in client.called("assign_account")
    ]
    assert bodies == [("a1", "local-2", False), ("a1", "local-1", False)]


def test_one_that_cannot_be_taken_back_does_not_keep_the_others(
    page: WorkersPage, client: FakeClient, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.offer) as seen:
        page.moves.move_to("local-2", ["a1", "a2"])
    client.calls.clear()
    client.errors["assign_account"] = ApiError(409, "ERR_FULL", "No place is free.", {}, {}, "")
    with qtbot.waitSignal(page.notice) as told:
        seen.args[3][1]()
    assert [args[0] for args, _more in client.called("assign_account")] == ["a1", "a2"]
    assert told.args[0] == "2 account(s) could not be moved"


def test_an_assignment_opens_its_account(page: WorkersPage, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(ASSIGNMENTS)
    page.table.choose("a1")
    assert page.move_button.isEnabled()
    with qtbot.waitSignal(page.account_wanted) as seen:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert seen.args == ["a1"]


# -- rebalance


def report(dry_run: bool, *moves: Move) -> RebalanceReport:
    return RebalanceReport(
        dry_run=dry_run, moves=list(moves), before={"local-1": 5, "local-2": 1}, after={"local-1": 3, "local-2": 3}
    )


def test_a_rebalance_shows_its_moves_first(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    move = Move(account_id="a1", name="a1@x", from_worker="local-1", to_worker="local-2", reason=said("fewer there"))
    client.answers["rebalance"] = lambda body: report(body.dry_run, move)
    page.rebalance()
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, RebalanceDialog))
    assert dialog.words == "1 account(s) would move."
    assert [args[0].dry_run for args, _ in client.called("rebalance")] == [True]
    texts = {label.text() for label in dialog.findChildren(type(dialog._sentence))}
    assert {"a1@x", "local-1 → local-2", "fewer there", "5 → 3", "1 → 3"} <= texts
    qtbot.mouseClick(dialog.move_button, Qt.MouseButton.LeftButton)
    assert [args[0].dry_run for args, _ in client.called("rebalance")] == [True, False]
    assert dialog.gone


def test_even_workers_need_no_move_and_a_refusal_is_shown(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["rebalance"] = report(True)
    dialog = RebalanceDialog(context)
    qtbot.addWidget(dialog)
    assert dialog.words == "The workers are even. Nothing would move."
    assert dialog.move_button.isHidden()
    client.errors["rebalance"] = ApiError(503, "ERR", "Not now.", {}, {}, "")
    refused = RebalanceDialog(context)
    qtbot.addWidget(refused)
    assert refused.problem == "Not now."
    assert not refused.move_button.isEnabled()


def test_what_gave_up_can_be_started_in_a_batch(page: WorkersPage, context: Context) -> None:
    context.models.workers.upsert(make_worker("local-1", status=WorkerState.ERROR, pid=None))
    context.models.workers.settle()
    page.grid.choose(["local-1", "local-2"])
    assert page.batch_buttons["start"].isEnabled()
    assert page.batch_buttons["stop"].isEnabled()


def test_killing_the_last_workers_asks_first(
    page: WorkersPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    context.models.workers.upsert(make_worker("local-4", status=WorkerState.STOPPED, pid=None))
    context.models.workers.settle()
    page.grid.choose(["local-1", "local-2", "local-3"])
    client.answers["batch_workers"] = WorkerBatchReport(action="stop", total=3, success=3, failure=0, results=[])
    qtbot.mouseClick(page.batch_buttons["kill"], Qt.MouseButton.LeftButton)
    assert client.called("batch_workers") == []
    (dialog,) = page.window().findChildren(ConfirmDialog)
    qtbot.mouseClick(dialog.confirm_button, Qt.MouseButton.LeftButton)
    (sent,) = (args[0] for args, _ in client.called("batch_workers"))
    assert (sent.worker_ids, sent.options.graceful) == (["local-1", "local-2", "local-3"], False)
    assert dialog.gone


def test_choosing_a_second_card_moves_nothing(context: Context, qtbot: QtBot, qapp: QApplication) -> None:
    context.theme.apply()
    page = WorkersPage(context)
    qtbot.addWidget(page)
    page.show()
    page.grid.choose(["local-1"])
    page.content.layout().activate()
    before = page._views.y()
    page.grid.choose(["local-1", "local-2"])
    page.content.layout().activate()
    assert page._views.y() == before
    qapp.setStyleSheet("")


def test_the_hint_of_the_search_is_not_cut(page: WorkersPage) -> None:
    search = page.search
    assert search is not None
    hint = search.fontMetrics().horizontalAdvance(search.placeholderText())
    assert search.width() >= hint + 40


def test_a_worker_that_never_ran_says_so(page: WorkersPage, context: Context) -> None:
    context.models.workers.upsert(
        make_worker("local-2", status=WorkerState.STOPPED, epoch=0, pid=None, started_at=None)
    )
    context.models.workers.settle()
    assert page.cards["local-2"].words == "never started"


def test_cards_leave_their_figures_out_where_there_is_no_room(page: WorkersPage, qtbot: QtBot) -> None:
    page.resize(796, 650)
    whole = page.cards["local-1"].height()
    assert whole == HEIGHT
    page.grid.choose(["local-1"])
    qtbot.waitUntil(lambda: {card.height() for card in page.cards.values()} == {HEIGHT_COMPACT})
    area = page._area.viewport()

    def seen(card: WorkerCard) -> bool:
        return area.rect().contains(QRect(card.mapTo(area, QPoint()), card.size()))

    qtbot.waitUntil(lambda: all(map(seen, page.cards.values())))
    page.panel.closed.emit()
    assert page.cards["local-1"].height() == HEIGHT
    page.resize(796, 1200)
    page.grid.choose(["local-1"])
    qtbot.waitUntil(lambda: {card.height() for card in page.cards.values()} == {HEIGHT})


def test_what_is_dragged_covers_no_name(page: WorkersPage) -> None:
    page.tabs.setCurrentIndex(ASSIGNMENTS)
    page.table.selectAll()
    drag = page.table.make_drag()
    size = drag.pixmap().deviceIndependentSize()
    assert 20 <= size.width() <= 140
    assert size.height() <= 30
    assert drag.hotSpot().x() <= -12  # right of the pointer and below it
    assert drag.hotSpot().y() <= -12
    assert dragged(drag.mimeData()) == ["a1", "a2"]
    drag.deleteLater()


def test_deleted_workers_can_be_looked_at(
    page: WorkersPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    assert not page.deleted_button.isVisible()
    context.bridge.send("worker.deleted", Deleted(id="local-4"))  # type: ignore[attr-defined]
    context.models.alerts.replace_all([make_alert(1, subject="older-10"), make_alert(2, subject="older-9")])
    context.models.alerts.upsert(make_alert(3, subject="local-1"))
    context.models.alerts.upsert(make_alert(4, kind="account_stale", subject="a1"))
    context.models.workers.settle()
    assert context.models.deleted_workers() == ["local-4", "older-9", "older-10"]
    qtbot.mouseClick(page.deleted_button, Qt.MouseButton.LeftButton)
    menu = next(one for one in page.findChildren(QMenu) if one.isVisible() and one.parent() is page.head)
    action = menu.actions()[1]
    assert action.text() == "older-9"
    action.trigger()
    menu.close()
    assert page.panel.isVisible()
    assert page.panel._name.text() == "older-9"
    assert client.called("worker_logs")[-1][0] == ("older-9",)
    page.panel.show_tab("events")
    assert client.called("worker_events")[-1][0] == ("older-9",)
    context.models.workers.upsert(make_worker("older-9"))
    assert context.models.deleted_workers() == ["local-4", "older-10"]
