"""The pages: what they say, what they ask the master, how they stand without data."""

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.integration.links import safe_url
from desktop.views.accounts import AccountsPage
from desktop.views.inbox import InboxPage
from desktop.views.logs import LogsPage
from desktop.views.page import Page
from desktop.views.workers import WorkersPage
from master.api.client import ApiError
from master.api.schema import ItemFilter, LastExit, Trace, TraceStep
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import FakeClient, make_account, make_item, make_record, make_worker
from worker.protocol.states import AccountState, WorkerState
from worker.protocol.texts import text


@pytest.fixture
def show(qtbot: QtBot, context: Context) -> Callable[[type[Page]], Page]:
    def make(kind: type[Page]) -> Page:
        page = kind(context)
        qtbot.addWidget(page)
        page.resize(976, 740)
        page.show()
        return page

    return make


def accounts(page: Page) -> AccountsPage:
    assert isinstance(page, AccountsPage)
    return page


def test_accounts_answer_whether_all_is_right(show: Callable[..., AccountsPage], context: Context) -> None:
    page = show(AccountsPage)
    assert page.sentence == "2 account(s) · all fine"
    context.models.accounts.upsert(make_account("a3", state=AccountState.LOGIN_NEEDED))
    context.models.accounts.settle()
    assert page.sentence == "3 account(s) · 2 fine · 1 need(s) sign-in"
    assert page.shown_state == "content"


def test_the_chosen_account_says_why_and_what_to_do(
    show: Callable[..., AccountsPage], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    reason = text("state_auth_failed")
    context.models.accounts.upsert(make_account("a1", state=AccountState.LOGIN_NEEDED, state_reason=reason))
    page = show(AccountsPage)
    page.choose("a1")
    panel = page.panel
    assert panel.isVisible()
    assert "refused the sign-in" in panel._reason.text()
    assert panel.sign_in.property("kind") == "primary"
    assert not panel.check.isEnabled()
    qtbot.mouseClick(panel.test, Qt.MouseButton.LeftButton)
    assert client.called("test_account")[0][0][0].account_id == "a1"
    qtbot.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    body = client.called("batch_accounts")[0][0][0]
    assert (body.action, body.account_ids) == ("pause", ["a1"])


def test_the_choice_survives_a_reload(show: Callable[..., AccountsPage], context: Context) -> None:
    page = show(AccountsPage)
    page.choose("a2")
    context.models.accounts.replace_all([make_account("a0"), make_account("a1"), make_account("a2", unread=3)])
    assert page.table.chosen == ["a2"]
    assert page.panel.account is not None
    assert page.panel.account.unread == 3


def test_check_now_leaves_out_what_must_not_be_checked(
    show: Callable[..., AccountsPage], context: Context, client: FakeClient
) -> None:
    context.models.accounts.upsert(make_account("a3", state=AccountState.PAUSED))
    show(AccountsPage).check_now()
    assert sorted(client.called("batch_accounts")[0][0][0].account_ids) == ["a1", "a2"]


def test_a_search_without_a_result_can_be_cleared(
    show: Callable[..., AccountsPage], context: Context, qtbot: QtBot
) -> None:
    page = show(AccountsPage)
    assert page.search is not None
    page.search.setText("zzz")
    qtbot.waitUntil(lambda: page.shown_state == "empty")
    qtbot.mouseClick(page._empty.button, Qt.MouseButton.LeftButton)
    assert context.models.accounts.rowCount() == 2
    assert page.shown_state == "content"


@pytest.mark.parametrize("kind", [AccountsPage, WorkersPage, InboxPage, LogsPage])
def test_every_page_has_an_empty_and_an_error_state_and_tries_again(
    kind: type[Page], show: Callable[..., Page], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    models = context.models
    models.accounts.replace_all([])
    models.workers.replace_all([])
    models.items.replace_all([], None)
    models.logs.reload([])
    page = show(kind)
    page.refresh()
    assert page.shown_state == "empty"
    assert page._empty.title.text()
    status = page._status
    assert status is not None
    status.set_failed("The master does not answer.")
    assert page.shown_state == "error"
    assert page._error.words.text() == "The master does not answer."
    qtbot.mouseClick(page._error.button, Qt.MouseButton.LeftButton)
    assert status.state == "ready"
    assert page.shown_state == "content"


def test_skeleton_rows_come_after_a_moment(show: Callable[..., Page], context: Context, qtbot: QtBot) -> None:
    status = context.models.workers.load_status
    status.state = "loading"
    page = show(WorkersPage)
    assert page._stack.currentWidget() is not page._skeleton
    qtbot.waitUntil(lambda: page._stack.currentWidget() is page._skeleton)
    context.models.workers.replace_all([make_worker()])
    assert page.shown_state == "content"


def test_workers_show_a_card_each_and_act(
    show: Callable[..., WorkersPage], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    page = show(WorkersPage)
    assert list(page.cards) == ["local-1", "local-2"]
    assert page.sentence.startswith("2 of 2 running · 6 of 1,000 places taken")
    ending = LastExit(code=None, signal=9, text=text("exit_signal", signal=9, name="SIGKILL"), at=1)
    crashed = make_worker("local-1", status=WorkerState.CRASHED, last_exit=ending, restart_at=None)
    context.models.workers.upsert(crashed)
    context.models.workers.settle()
    assert "killed by signal 9 (SIGKILL)" in page.cards["local-1"].words
    assert "1 restarting" in page.sentence
    card = page.cards["local-2"]
    card._fill_menu()
    actions = {action.objectName(): action for action in card._menu.actions()}
    assert not actions["start"].isEnabled()
    for name in ("stop", "restart", "kill"):
        actions[name].trigger()
    assert [kwargs["graceful"] for _, kwargs in client.called("stop_worker")] == [True, False]
    assert client.called("restart_worker")[0][0] == ("local-2",)
    with qtbot.waitSignal(page.logs_wanted) as seen:
        actions["logs"].trigger()
    assert seen.args == ["local-2"]
    context.models.workers.remove("local-1")
    context.models.workers.settle()
    assert list(page.cards) == ["local-2"]


def test_the_inbox_shows_text_as_text_and_says_why(
    show: Callable[..., InboxPage], context: Context, client: FakeClient
) -> None:
    steps = [TraceStep(at=1000, text=text("trace_found", worker="local-1", how="push"))]
    client.answers["trace"] = Trace(item_id=9, steps=steps)
    context.models.items.add(make_item(9, title="<b>x</b>", text="<script>1</script>", url="javascript:alert(1)"))
    page = show(InboxPage)
    page.open_item(9)
    assert page.panel._text.toPlainText() == "<script>1</script>"
    assert page.panel.head.title.text() == "<b>x</b>"
    assert page.panel.head.title.textFormat() == Qt.TextFormat.PlainText
    assert page.panel.buttons.open.isHidden()
    assert page.panel._why.text().startswith("Why was I told?  Found by local-1 (push)")


def test_the_inbox_opens_an_item_that_is_not_loaded(show: Callable[..., InboxPage], client: FakeClient) -> None:
    client.answers["item"] = make_item(77, title="Old one")
    page = show(InboxPage)
    page.open_item(77)
    assert page.panel.item is not None
    assert page.panel.item.id == 77


def test_keys_of_the_inbox(show: Callable[..., InboxPage], context: Context, client: FakeClient, qtbot: QtBot) -> None:
    page = show(InboxPage)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)  # shortcuts are an active window's
    page.open_item(2)
    qtbot.keyClick(page.list, Qt.Key.Key_U)
    assert client.called("patch_item")[0][0] == (2, True)
    qtbot.keyClick(page.list, Qt.Key.Key_J)
    assert page.panel.item is not None
    assert page.panel.item.id == 1
    qtbot.keyClick(page.list, Qt.Key.Key_K)
    assert page.panel.item.id == 2
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.panel.item.id == 1
    notices: list[str] = []
    page.notice.connect(lambda title, *_more: notices.append(title))
    context.models.items.add(make_item(9, url="file:///etc/passwd"))
    page.open_item(9)
    qtbot.keyClick(page.list, Qt.Key.Key_O)
    assert "file:///etc/passwd" in notices[0]
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert page.panel._text.hasFocus()
    qtbot.keyClick(page.panel._text, Qt.Key.Key_J)
    assert page.panel.item.id == 2
    qtbot.keyClick(page.panel._text, Qt.Key.Key_Escape)
    assert page.list.hasFocus()


def test_the_inbox_asks_for_what_is_searched_and_unread(
    show: Callable[..., InboxPage], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    page = show(InboxPage)
    assert page.sentence.startswith("2 unread")
    client.answers["items"] = Rows(rows=[])
    page.scopes.choose("unread:")
    assert client.called("items")[-1][0][0].unread is True
    assert (page.shown_state, page.items_pane.shown_state) == ("content", "empty")
    assert page.items_pane.notice.title.text() == "All is read"
    assert page.search is not None
    page.search.setText("ada")
    qtbot.waitUntil(lambda: client.called("items")[-1][0][0].q == "ada")
    client.answers["items"] = Rows(rows=[make_item(7), make_item(5)])
    notices: list[tuple[object, ...]] = []
    page.notice.connect(lambda *told: notices.append(told))
    qtbot.mouseClick(page.read_all_button, Qt.MouseButton.LeftButton)
    assert client.called("items")[-1][0][0].q == "ada", "what is marked is looked up first"
    assert client.called("read_items") == [((ItemFilter(ids=[7, 5]), True), {})]
    title, _body, _level, action = notices[0]
    assert title == "2 marked read"
    assert isinstance(action, tuple)
    action[1]()
    assert client.called("read_items")[-1] == ((ItemFilter(ids=[7, 5]), False), {})


def test_logs_follow_pause_and_filter(
    show: Callable[..., LogsPage], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    page = show(LogsPage)
    logs = context.models.logs
    logs.append([make_record(number, source="local-1") for number in range(200)])
    bar = page.table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)
    assert page.source.findData("local-1") > 0
    page.show_source("local-1")
    qtbot.waitUntil(lambda: logs.rowCount() == 200)
    assert "200 of 202 lines" in page.sentence
    qtbot.mouseClick(page.pause_button, Qt.MouseButton.LeftButton)
    logs.append([make_record(1, source="local-1")])
    assert logs.rowCount() == 200
    qtbot.mouseClick(page.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: logs.rowCount() == 201)
    client.answers["logs"] = []
    page.follow_button.setChecked(False)
    bar.setValue(0)
    assert logs.exhausted
    page.table.selectRow(3)
    assert "line 3" in page.detail.toPlainText()


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://example.org/a?b=c", True),
        (" http://example.org ", True),
        ("mailto:ada@example.org", True),
        ("HTTPS://example.org", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("data:text/html,x", False),
        ("https:///nohost", False),
        ("smb://host/share", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_links_are_opened_only_after_a_look_at_their_scheme(link: str, safe: bool) -> None:
    assert (safe_url(link) is not None) is safe


@pytest.mark.parametrize("kind", [AccountsPage, WorkersPage, InboxPage, LogsPage])
def test_what_can_be_focused_has_a_name(kind: type[Page], show: Callable[..., Page]) -> None:
    page = show(kind)
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            text_of = getattr(widget, "text", lambda: "")()
            assert widget.accessibleName() or text_of or isinstance(widget, QScrollArea), widget


def test_a_refused_command_is_handed_on(
    show: Callable[..., AccountsPage], client: FakeClient, failures: Callable[[], list[BaseException]]
) -> None:
    client.errors["batch_accounts"] = ApiError(503, "ERR_NO_WORKER", "no worker", {}, {}, "")
    show(AccountsPage).check_now()
    assert len(failures()) == 1


def test_a_viewport_of_ten_thousand_accounts_is_painted_within_a_frame(
    show: Callable[..., AccountsPage], context: Context
) -> None:
    rows = [make_account(f"a{number}", name=f"Account {number}") for number in range(10_000)]
    context.models.accounts.replace_all(rows)
    page = show(AccountsPage)
    page.resize(1180, 740)
    bar = page.table.verticalScrollBar()
    picture = QPixmap(page.table.viewport().size())
    spent = []
    for step in range(21):
        bar.setValue(bar.maximum() * step // 20)
        began = time.thread_time()
        page.table.viewport().render(picture)
        spent.append((time.thread_time() - began) * 1000)
    assert page.table.model().rowCount() == 10_000
    assert sorted(spent)[10] <= 16, spent
