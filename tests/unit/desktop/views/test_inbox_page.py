"""The Inbox: what its panes, chips and keys ask for, and what is read."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QDate, QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.moment_dialog import DaysDialog
from desktop.dialogs.search_dialog import SearchDialog
from desktop.models import scopes
from desktop.models.scopes import Scope
from desktop.views import entry_lists
from desktop.views.inbox import ITEMS, NOTIFICATIONS, InboxPage
from desktop.views.inbox_bars import OWN, TODAY, span_of
from desktop.views.inbox_reading import READ_MS
from desktop.views.item_panel import ItemPanel
from desktop.views.snooze_menu import SnoozeMenu
from master.api.client import ApiError
from master.api.events import Deleted
from master.api.item_statistics import ItemIndex
from master.api.item_threads import ThreadFilter
from master.api.rules import Snooze, SnoozeRow
from master.api.schema import ItemFilter, Trace, TraceStep
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import NOW, FakeBridge, FakeClient, make_account, make_context, make_item
from tests.unit.desktop.inbox_fakes import (
    make_around,
    make_group,
    make_notification,
    make_search,
    make_talk,
    make_totals,
)
from worker.protocol.states import AccountState, ItemKind
from worker.protocol.texts import text

TALK = ItemKind.DIRECT_MESSAGE


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> InboxPage:
    page = InboxPage(context)
    qtbot.addWidget(page)
    page.resize(976, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.focus_first()
    return page


@pytest.fixture
def told(page: InboxPage) -> list[tuple[Any, ...]]:
    """Short messages: title, body, level, button."""
    said: list[tuple[Any, ...]] = []
    page.notice.connect(lambda *one: said.append(one))
    return said


def send(context: Context, kind: str, data: Any) -> None:
    bridge: Any = context.bridge
    assert isinstance(bridge, FakeBridge)
    bridge.send(kind, data)


def last_filter(client: FakeClient) -> ItemFilter:
    found = client.called("items")[-1][0][0]
    assert isinstance(found, ItemFilter)
    return found


# -- the left pane


def test_the_left_pane_has_what_there_is(page: InboxPage, context: Context) -> None:
    models = context.models
    models.accounts.replace_all(
        [
            make_account("a1", unread=2, group_id="g1"),
            make_account("a2", platform="feed", state=AccountState.LOGIN_NEEDED),
        ]
    )
    send(context, "group.changed", make_group("g1"))
    send(context, "search.changed", make_search(4, name="Invoices"))
    page.scopes.refresh()
    rows = [(row.sort, row.value, row.unread) for row in page.scopes.rows.rows if row.sort != scopes.HEADING]
    assert rows == [
        (scopes.UNREAD, "", 2), (scopes.ALL, "", 0), (scopes.SEARCH, "4", 0), (scopes.GROUP, "g1", 2),
        (scopes.ACCOUNT, "a1", 2), (scopes.ACCOUNT, "a2", 0), (scopes.KIND, "mail", 0), (scopes.KIND, "entry", 0),
        (scopes.PLATFORM, "feed", 0), (scopes.PLATFORM, "imap", 2),
    ]  # fmt: skip
    needs = next(row for row in page.scopes.rows.rows if row.value == "a2")
    assert needs.needs == "Needs sign-in"


def test_counts_follow_without_the_pane_being_made_anew(page: InboxPage, context: Context) -> None:
    models = context.models
    models.accounts.replace_all([make_account("a1", group_id="g1"), make_account("a2", platform="feed")])
    send(context, "group.changed", make_group("g1"))
    page.scopes.refresh()
    resets: list[bool] = []
    page.scopes.rows.modelReset.connect(lambda: resets.append(True))
    models.accounts.upsert(make_account("a1", group_id="g1", unread=7))
    models.accounts.settle()
    rows = {row.key: row.unread for row in page.scopes.rows.rows}
    assert (rows["account:a1"], rows["group:g1"], rows["platform:imap"]) == (7, 7, 7)
    assert resets == []


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("unread:", ItemFilter(unread=True)),
        ("account:a2", ItemFilter(account_id="a2")),
        ("group:g1", ItemFilter(group_id="g1")),
        ("platform:imap", ItemFilter(account_ids=["a1"])),
        ("kind:entry", ItemFilter(kind=ItemKind.ENTRY)),
    ],
)
def test_a_row_of_the_left_pane_restricts(
    page: InboxPage, context: Context, client: FakeClient, key: str, wanted: ItemFilter
) -> None:
    context.models.accounts.replace_all([make_account("a1", group_id="g1"), make_account("a2", platform="feed")])
    send(context, "group.changed", make_group("g1"))
    page.scopes.refresh()
    assert page.scopes.choose(key)
    assert last_filter(client) == wanted
    assert page.scopes.choose("all:")
    assert last_filter(client) == ItemFilter()


def test_enter_goes_from_the_left_pane_into_the_list(page: InboxPage, client: FakeClient, qtbot: QtBot) -> None:
    page.scopes.setFocus()
    qtbot.keyClick(page.scopes, Qt.Key.Key_Up)
    assert last_filter(client) == ItemFilter(unread=True)
    assert page.scopes.hasFocus()
    qtbot.keyClick(page.scopes, Qt.Key.Key_Return)
    assert page.list.hasFocus()


def test_groups_are_folded_by_keys_and_by_their_sign(
    page: InboxPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    context.models.accounts.replace_all([make_account("a1", group_id="g1"), make_account("a2")])
    send(context, "group.changed", make_group("g1"))
    view = page.scopes
    view.refresh()
    view.choose("account:a1")
    group = view.rows.position_of("group:g1")
    assert group is not None
    sign = view.visualRect(view.rows.index(group)).topLeft() + QPoint(14, 12)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=sign)
    assert view.rows.position_of("account:a1") is None
    assert context.settings.values.inbox_folded == ("g1",)
    assert last_filter(client) == ItemFilter(group_id="g1"), "what was read there is still in what is shown"
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.rows.position_of("account:a1") is not None
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.rows.position_of("account:a1") is None
    assert view.rows.position_of("account:a2") is not None


def test_what_is_snoozed_is_marked_and_can_be_woken(
    page: InboxPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    row = SnoozeRow(id="account:a2", scope="account", target_id="a2", name="", until_at=NOW + 3_600_000, held=2)
    send(context, "snooze.changed", row)

    def scope_of() -> Scope:
        return next(one for one in page.scopes.rows.rows if one.value == "a2")

    qtbot.waitUntil(lambda: scope_of().snoozed.startswith("Snoozed until 20"))
    scope = scope_of()
    assert not page.scopes.grab().isNull()
    menu = QMenu(page)
    page.reading.add_snooze(menu, scope)
    assert [action.text() for action in menu.actions()] == ["End the snooze", "Snooze"]
    menu.actions()[0].trigger()
    assert client.called("delete_snooze") == [(("account:a2",), {})]
    send(context, "snooze.ended", Deleted(id="account:a2"))
    qtbot.waitUntil(lambda: scope_of().snoozed == "")


def test_a_scope_that_is_gone_gives_way_to_all(page: InboxPage, context: Context, client: FakeClient) -> None:
    page.scopes.refresh()
    page.scopes.choose("account:a2")
    context.models.accounts.remove("a2")
    page.scopes.refresh()
    assert last_filter(client) == ItemFilter()
    assert page.scopes.scope is not None
    assert page.scopes.scope.sort == scopes.ALL


# -- chips and searches


def test_chips_restrict_and_are_remembered_where_that_helps(
    page: InboxPage, context: Context, client: FakeClient
) -> None:
    bar = page.bar
    bar.kind.actions_shown[4].trigger()
    bar.state.actions_shown[1].trigger()
    bar.order.actions_shown[1].trigger()
    assert last_filter(client) == ItemFilter(kind=ItemKind.MAIL, unread=True)
    assert client.called("items")[-1][1] == {"order": "unread_first"}
    assert context.settings.values.inbox_order == "unread_first"
    assert (bar.kind.text(), bar.kind.restricts, bar.order.text()) == ("Mail", True, "Unread first")
    bar.time.actions_shown[1].trigger()
    assert last_filter(client).since == span_of(TODAY, QDate.currentDate())[0]
    bar.time.actions_shown[0].trigger()
    bar.kind.actions_shown[0].trigger()
    assert last_filter(client) == ItemFilter(unread=True)
    assert bar.kind.text() == "Kind"


def test_days_of_ones_own(page: InboxPage, client: FakeClient) -> None:
    page.bar.time.actions_shown[4].trigger()
    dialog = page.findChild(DaysDialog)
    assert dialog is not None
    dialog.first.setDate(QDate(2026, 3, 9))
    dialog.last.setDate(QDate(2026, 3, 1))
    dialog.choose_button.click()
    assert dialog.problem
    dialog.last.setDate(QDate(2026, 3, 9))
    dialog.choose_button.click()
    wanted = last_filter(client)
    assert isinstance(wanted.since, int)
    assert isinstance(wanted.until, int)
    assert wanted.until - wanted.since == 86_400_000 - 1
    assert (page.bar.time.value, page.bar.time.text()) == (OWN, "2026-03-09")


def test_days_that_are_not_chosen_change_nothing(page: InboxPage, client: FakeClient) -> None:
    asked = len(client.called("items"))
    page.bar.time.actions_shown[4].trigger()
    dialog = page.findChild(DaysDialog)
    assert dialog is not None
    dialog.reject()
    assert (page.bar.time.value, len(client.called("items"))) == (None, asked)


def test_a_search_is_kept_run_and_forgotten(
    page: InboxPage, context: Context, client: FakeClient, told: list[tuple[Any, ...]]
) -> None:
    page.bar.kind.actions_shown[4].trigger()
    page.on_search("invoice")
    assert page.bar.save_button.isVisible()
    kept = ItemFilter(kind=ItemKind.MAIL, q="invoice")
    client.answers["create_search"] = make_search(7, name="Invoices", filter=kept)
    page.save_search()
    dialog = page.findChild(SearchDialog)
    assert dialog is not None
    assert dialog.form.values() == {"name": "invoice"}
    client.errors["create_search"] = ApiError(409, "ERR_CONFLICT", "This name is taken.")
    dialog.save_button.click()
    assert dialog.form.errors() == {"This name is taken."}
    del client.errors["create_search"]
    dialog.form.set_values({"name": ""})
    dialog.save_button.click()
    assert dialog.form.errors() == {"Give it a name."}
    dialog.form.set_values({"name": "Invoices"})
    dialog.form.set_errors({})
    dialog.save_button.click()
    body = client.called("create_search")[-1][0][0]
    assert (body.name, body.filter, body.order) == ("Invoices", kept, "newest")
    assert told[-1][:2] == ("Saved", "Invoices")

    send(context, "search.changed", client.answers["create_search"])
    page.show_everything()
    page.scopes.refresh()
    assert page.scopes.choose("search:7")
    assert last_filter(client) == kept
    assert page.search is not None
    assert (page.search.text(), page.bar.kind.text()) == ("invoice", "Mail")
    page.scopes.choose("unread:")
    assert last_filter(client) == ItemFilter(unread=True)
    assert page.search.text() == ""

    page.scopes.choose("search:7")
    page.scopes.delete_wanted.emit(page.scopes.scope)
    confirm = page.findChild(ConfirmDialog)
    assert confirm is not None
    confirm.confirm_button.click()
    assert client.called("delete_search") == [((7,), {})]


def test_what_stands_in_for_an_empty_list(page: InboxPage, client: FakeClient) -> None:
    client.answers["items"] = Rows(rows=[])
    page.on_search("zzz")
    notice = page.items_pane.notice
    assert (page.items_pane.shown_state, notice.title.text()) == ("empty", "Nothing fits this search")
    notice.button.click()
    assert last_filter(client) == ItemFilter()
    page.scopes.choose("account:a1")
    assert notice.title.text() == "Nothing here"
    notice.button.click()
    assert page.scopes.scope is not None
    assert page.scopes.scope.sort == scopes.ALL


def test_a_list_that_cannot_be_loaded_says_so_and_tries_again(page: InboxPage, client: FakeClient) -> None:
    client.errors["item_threads"] = ApiError(500, "ERR_INTERNAL", "Something failed.")
    page.bar.view.actions_shown[1].trigger()
    pane = page.talks_pane
    assert (pane.shown_state, pane.notice.words.text()) == ("error", "Something failed.")
    del client.errors["item_threads"]
    client.answers["item_threads"] = Rows(rows=[make_talk(3)])
    pane.notice.button.click()
    assert pane.shown_state == "content"


def test_a_search_says_what_it_cannot_search_yet_and_marks_what_it_found(page: InboxPage, client: FakeClient) -> None:
    client.answers["item_index"] = ItemIndex(complete=False, done=40, total=100)
    page.on_search("invoice")
    assert page.sentence.endswith("older items are still being made searchable (40 %)")
    page.list.step(1)
    assert page.panel._text.marked == 1
    client.answers["item_index"] = ItemIndex(complete=True, done=100, total=100)
    page.on_search("address")
    assert "searchable" not in page.sentence
    asked = len(client.called("item_index"))
    page.on_search("old")
    assert len(client.called("item_index")) == asked, "what is complete stays so"


def test_a_search_that_fails_leaves_the_way_back(page: InboxPage, client: FakeClient) -> None:
    client.errors["items"] = ApiError(400, "ERR_INVALID_PAYLOAD", "These words cannot be searched.")
    page.on_search('"')
    assert (page.shown_state, page.items_pane.shown_state) == ("content", "error")
    assert page.items_pane.notice.words.text() == "These words cannot be searched."
    del client.errors["items"]
    assert page.search is not None
    page.search.clear()
    page.on_search("")
    assert page.items_pane.shown_state == "content"


def test_what_came_for_weeks_is_not_all_kept(
    page: InboxPage, context: Context, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry_lists, "MOST_ARRIVED", 20)
    asked = len(client.called("items"))
    for number in range(10, 31):
        send(context, "item.detected", make_item(number))
    assert len(client.called("items")) == asked + 1
    assert context.models.items.rowCount() == 2, "the first page, as the master has it"


# -- reading


def test_an_item_is_read_within_its_conversation(page: InboxPage, context: Context, client: FakeClient) -> None:
    item = make_item(9, kind=TALK, thread="t", text="the last", author="Jun")
    earlier = [make_item(7, text="the first", author="me", read=True)]
    client.answers["item_context"] = lambda _id, limit: make_around(
        item, thread=make_talk(9), earlier=earlier, more_earlier=limit > 0
    )
    send(context, "item.detected", item)
    page.open_item(9)
    panel = page.panel
    text = panel._text.toPlainText()
    assert text.index("the first") < text.index("the last")
    assert panel.earlier_button.isVisible()
    oldest = make_item(3, text="long ago")
    client.answers["item_context"] = lambda one, limit: make_around(earlier[0], earlier=[oldest])
    panel.earlier_button.click()
    assert client.called("item_context")[-1][0][0] == 7
    assert panel._text.toPlainText().index("long ago") < panel._text.toPlainText().index("the first")
    assert not panel.earlier_button.isVisible()


def test_what_is_said_next_joins_what_is_read(page: InboxPage, context: Context, client: FakeClient) -> None:
    item = make_item(9, kind=TALK, thread="t", text="first")
    send(context, "item.detected", item)
    client.answers["item_context"] = make_around(item, thread=make_talk(9))
    page.open_item(9)
    later = make_item(11, kind=TALK, thread="t", text="and then")
    client.answers["item_context"] = make_around(item, thread=make_talk(11), later=[later])
    send(context, "item.detected", make_item(10, thread="other"))
    assert "and then" not in page.panel._text.toPlainText()
    send(context, "item.detected", later)
    assert "and then" in page.panel._text.toPlainText()


def test_a_conversation_that_goes_on_stays_chosen(page: InboxPage, context: Context, client: FakeClient) -> None:
    talks = [make_talk(number, thread=f"t{number}", unread=0) for number in range(60, 0, -1)]
    client.answers["item_threads"] = Rows(rows=talks)
    first = make_item(50, kind=TALK, thread="t50", text="before", read=True)
    client.answers["item_context"] = make_around(first, thread=talks[10])
    page.bar.view.actions_shown[1].trigger()
    assert page.talks.choose(50)
    new = make_item(99, kind=TALK, thread="t50", text="after")
    client.answers["item_context"] = make_around(new, thread=make_talk(99), earlier=[first])
    send(context, "item.detected", new)
    assert page.panel.talk is not None
    assert (page.panel.talk.last_id, page.panel.talk.count, page.panel.talk.unread) == (99, 4, 1)
    assert "after" in page.panel._text.toPlainText()
    assert (page.talks.position, page.talks.row.last_id) == (0, 99)
    page.talks.verticalScrollBar().setValue(20 * 76)
    top, fresh = page.talks.rowAt(2), page.talks.fresh
    send(context, "item.detected", make_item(100, kind=TALK, thread="t5"))
    assert (page.talks.rowAt(2), page.talks.fresh) == (top + 1, fresh + 1)


def test_the_conversation_of_a_mail_is_unfolded_on_demand(
    page: InboxPage, context: Context, client: FakeClient
) -> None:
    item = make_item(9, thread="m", text="Re: yes")
    client.answers["item_context"] = make_around(item, thread=make_talk(9), earlier=[make_item(8, text="Do you?")])
    send(context, "item.detected", item)
    page.open_item(9)
    assert page.panel._text.toPlainText() == "Re: yes"
    assert "2 message" in page.panel.talk_button.text()
    page.panel.talk_button.click()
    assert "Do you?" in page.panel._text.toPlainText()


def test_an_item_is_readable_where_its_conversation_cannot_be_had(page: InboxPage, client: FakeClient) -> None:
    client.errors["item_context"] = ApiError(500, "ERR_INTERNAL", "no")
    page.open_item(2)
    assert page.panel._text.toPlainText().startswith("Hello")
    assert not page.panel.talk_button.isVisible()


def test_conversations_are_listed_read_and_marked(
    page: InboxPage, client: FakeClient, qtbot: QtBot, told: list[tuple[Any, ...]]
) -> None:
    client.answers["item_threads"] = Rows(rows=[make_talk(9, thread="t", count=2, unread=1), make_talk(5)])
    newest = make_item(9, kind=TALK, thread="t", text="the last", read=True)
    unread = make_item(8, kind=TALK, thread="t", text="unread one")
    client.answers["item_context"] = make_around(newest, thread=make_talk(9), earlier=[unread])
    client.answers["items"] = Rows(rows=[unread])
    page.bar.view.actions_shown[1].trigger()
    assert client.called("item_threads")[-1][0][0] == ThreadFilter()
    assert not page.bar.order.isVisible()
    page.focus_first()
    assert page.talks.hasFocus()
    qtbot.keyClick(page.talks, Qt.Key.Key_J)
    assert page.panel.talk is not None
    assert "the last" in page.panel._text.toPlainText()
    assert page.panel.buttons.read.text() == "Mark read"
    qtbot.keyClick(page.talks, Qt.Key.Key_U)
    assert client.called("items")[-1][0][0] == ItemFilter(account_id="a1", thread="t", unread=True)
    assert client.called("read_items")[-1] == ((ItemFilter(ids=[8]), True), {})
    assert told[-1][0] == "1 marked read"


def test_what_is_looked_at_counts_as_read(
    page: InboxPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    page.open_item(2)
    assert client.called("patch_item") == []
    qtbot.waitUntil(lambda: bool(client.called("patch_item")), timeout=READ_MS + 3000)
    assert client.called("patch_item") == [((2, True), {})]
    send(context, "item.detected", make_item(3))
    page.open_item(3)
    page.panel.buttons.read.click()
    assert client.called("patch_item")[-1] == ((3, True), {})


def test_the_beginning_of_a_long_text_is_made_whole(page: InboxPage, context: Context, client: FakeClient) -> None:
    items = context.models.items
    items.replace_all([make_item(number) for number in range(3000, 2000, -1)], "c")
    items.append_page([make_item(5, text="x" * 900)], None)
    client.answers["item"] = make_item(5, text="x" * 900 + " the end")
    page.open_item(5)
    assert page.panel._text.toPlainText().endswith("the end")
    assert not items.is_cut(5)


def test_words_without_end_do_not_stretch_the_panes(page: InboxPage, context: Context) -> None:
    huge = "x" * 8192
    context.models.accounts.upsert(make_account("a1", name="n" * 50))
    send(context, "item.detected", make_item(9, title=huge, author=huge, text=huge, thread=""))
    widths = [page.panes.widget(number).width() for number in range(3)]
    page.open_item(9)
    QApplication.processEvents()
    assert [page.panes.widget(number).width() for number in range(3)] == widths
    assert page.panel._text.height() > 200
    assert page.panel.copied == f"{huge}\n\n{huge}"


def test_menus_of_snoozes_do_not_pile_up(page: InboxPage, context: Context, qtbot: QtBot) -> None:
    page.open_item(2)
    counts = []
    for _time in range(3):
        page.panel.buttons.snooze.menu().aboutToShow.emit()  # type: ignore[union-attr]
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        counts.append(len(page.findChildren(SnoozeMenu)))
    assert counts[0] == counts[1] == counts[2]


def test_an_answer_for_what_is_no_longer_read_is_dropped(page: InboxPage) -> None:
    page.open_item(2)
    page.panel.show_trace(Trace(item_id=1, steps=[]))
    page.panel.show_around(make_around(make_item(1, text="other"), thread=make_talk(1)))
    assert page.panel.item is not None
    assert page.panel.item.id == 2
    assert page.panel.around is None


@pytest.mark.parametrize(
    ("language", "question", "step"),
    [("en", "Why was I not told?", "held back: stored"), ("zh_CN", "Why was I not told?", "暂缓通知：已保存")],
)
def test_why_it_was_not_told_is_said_in_the_language_of_the_window(
    qapp: QApplication, qtbot: QtBot, language: str, question: str, step: str
) -> None:
    context = make_context(qapp, language)
    panel = ItemPanel(context)
    qtbot.addWidget(panel)
    panel.show_item(make_item(2))
    held = TraceStep(at=NOW, text=text("trace_held", reason="stored"), reason=text("trace_stored"))
    told = TraceStep(at=NOW, text=text("trace_notified", reason=""))
    panel.show_trace(Trace(item_id=2, steps=[held]))
    assert panel._why.text().startswith(f"{question}  {step} ")
    shown = TraceStep(at=NOW, text=text("trace_shown", device="desk"))
    panel.show_trace(Trace(item_id=2, steps=[held, shown]))
    assert panel._why.text().startswith("Why was I told?")
    panel.show_trace(Trace(item_id=2, steps=[told]))
    assert ":  " not in panel._why.text().replace("？", "?")
    context.models.close()


def test_space_reads_on_and_goes_to_the_next(page: InboxPage, context: Context, qtbot: QtBot) -> None:
    send(context, "item.detected", make_item(9, text="line\n" * 300))
    page.open_item(9)
    qtbot.waitUntil(lambda: page.panel._text.whole)
    bar = page.panel._text.verticalScrollBar()
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert bar.value() > 0
    qtbot.keyClick(page.list, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert bar.value() == 0
    bar.setValue(bar.maximum())
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert page.panel.item is not None
    assert page.panel.item.id == 2


def test_letters_are_typed_into_the_search(page: InboxPage, client: FakeClient, qtbot: QtBot) -> None:
    page.open_item(2)
    assert page.search is not None
    page.search.setFocus()
    qtbot.keyClicks(page.search, "jkuosc")
    assert page.search.text() == "jkuosc"
    assert client.called("patch_item") == []


# -- acting


def test_copying(page: InboxPage, qtbot: QtBot, told: list[tuple[Any, ...]], qapp: QApplication) -> None:
    page.open_item(2)
    qtbot.keyClick(page.list, Qt.Key.Key_C)
    assert qapp.clipboard().text() == "Invoice 2\n\nHello,\n\nthe invoice still shows our old address."
    page.panel._text.selectAll()
    page.reading.copy()
    assert qapp.clipboard().text().startswith("Hello,")
    assert told[-1][0] == "Copied"


def test_snoozing_an_item_its_account_and_all(
    page: InboxPage, context: Context, client: FakeClient, told: list[tuple[Any, ...]]
) -> None:
    send(context, "group.changed", make_group("g1"))
    context.models.accounts.upsert(make_account("a1", group_id="g1"))
    client.answers["notifications"] = Rows(rows=[make_notification(70, item_id=1), make_notification(71, item_id=2)])
    page.open_item(2)
    menu = page.panel.buttons.snooze.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    titles = [action.text() for action in menu.actions()]
    assert titles == ["This item", "a1@northwind.example", "Support", "Everything"]
    menus = [action.menu() for action in menu.actions()]
    for more in menus:
        assert isinstance(more, QMenu)
        more.actions()[0].trigger()
    bodies = [args[0] for args, _more in client.called("create_snooze")]
    assert [(one.scope, one.target_id or "") for one in bodies] == [
        ("notification", "71"), ("account", "a1"), ("group", "g1"), ("all", ""),
    ]  # fmt: skip
    assert {one.preset for one in bodies} == {"15min"}
    title, _body, _level, action = told[-1]
    assert title.startswith("Snoozed until ")
    action[1]()
    assert client.called("delete_snooze") == [(("all",), {})]


def test_an_item_that_was_not_told_by_itself_cannot_be_snoozed_alone(
    page: InboxPage, client: FakeClient, told: list[tuple[Any, ...]]
) -> None:
    page.open_item(2)
    item = page.panel.item
    assert item is not None
    page.actions_of_items.snooze_item(item, Snooze(preset="1h"))
    assert told[-1][0] == "This item has no notification of its own"
    assert client.called("create_snooze") == []


def test_an_export_is_written_as_it_comes(
    page: InboxPage, client: FakeClient, told: list[tuple[Any, ...]], tmp_path: Any
) -> None:
    def export(write: Callable[[bytes], object], wanted: ItemFilter, **how: Any) -> int:
        for piece in (b"id,title\n", b"1,x\n"):
            write(piece)
        assert (wanted, how) == (ItemFilter(unread=True), {"format": "csv", "bom": True})
        return 1400

    client.answers["export_items"] = export
    page.scopes.choose("unread:")
    page.actions_of_items.export_to(tmp_path / "items.csv", page.filter, "csv")
    assert (tmp_path / "items.csv").read_bytes() == b"id,title\n1,x\n"
    assert told[-1][:2] == ("Exported", f"{tmp_path / 'items.csv'} · 2 KB")
    client.errors["export_items"] = ApiError(0, "ERR_UNREACHABLE", "broke off")
    page.actions_of_items.export_to(tmp_path / "other.csv", page.filter, "csv")
    assert told[-1][0::2] == ("The items could not be exported", "bad")
    page.actions_of_items.export_to(tmp_path / "no" / "folder.csv", page.filter, "csv")
    assert told[-1][0] == "The items could not be exported"
    assert [one.name for one in tmp_path.iterdir()] == ["items.csv"]
    assert not page.actions_of_items.exporting


def test_menus_of_rows_and_scopes(page: InboxPage, client: FakeClient) -> None:
    page.open_item(2)
    menu = QMenu(page)
    page.reading.fill_menu(menu)
    titles = [action.text().partition("\t")[0] for action in menu.actions()]
    assert titles == ["Mark read", "Mark the conversation read", "Copy text", "Snooze"]
    menu.actions()[1].trigger()
    assert client.called("items")[-1][0][0] == ItemFilter(account_id="a1", thread="INBOX", unread=True)
    page.scopes.refresh()
    position = page.scopes.rows.position_of("account:a2")
    assert position is not None
    page.scopes.menu_wanted.emit(page.scopes.rows.at(position), page.mapToGlobal(page.rect().center()))
    shown = [one for one in page.findChildren(QMenu) if one.isVisible()]
    assert [action.text() for action in shown[0].actions()] == ["Mark all read", "Snooze", "Show account"]
    with contextlib.ExitStack() as stack:
        stack.callback(shown[0].close)
        shown[0].actions()[0].trigger()
    assert client.called("items")[-1][0][0] == ItemFilter(account_id="a2", unread=True)


# -- tabs


def test_the_tab_of_notifications_counts_and_takes_over_the_head(page: InboxPage, client: FakeClient) -> None:
    client.answers["notification_counts"] = make_totals(pending=2, suppressed=5)
    client.answers["notifications"] = Rows(rows=[make_notification(2)])
    page.tabs.setCurrentIndex(NOTIFICATIONS)
    assert page.tabs.tabText(NOTIFICATIONS) == "Notifications (2)"
    assert page.sentence == "2 new · 5 not told · 7 in all"
    assert not page.bar.isVisible()
    page.focus_first()
    assert page.notifications.list.hasFocus()
    page.read_all_button.click()
    assert client.called("read_notifications")
    page.on_search("ada")
    assert page.tabs.currentIndex() == ITEMS


def test_a_notification_opens_its_item(page: InboxPage, client: FakeClient) -> None:
    client.answers["notifications"] = Rows(rows=[make_notification(8, item_id=2)])
    page.tabs.setCurrentIndex(NOTIFICATIONS)
    page.notifications.list.step(1)
    page.notifications.open_button.click()
    assert page.tabs.currentIndex() == ITEMS
    assert page.panel.item is not None
    assert page.panel.item.id == 2


def test_a_narrow_window_gives_the_text_its_share(page: InboxPage, qtbot: QtBot) -> None:
    page.resize(840, 560)
    assert page.panel.width() > 360
    page.open_item(2)
    buttons = (page.panel.buttons.read, page.panel.buttons.snooze)
    qtbot.waitUntil(lambda: all(one.width() >= one.sizeHint().width() for one in buttons))
