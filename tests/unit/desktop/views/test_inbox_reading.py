"""The Inbox: what is read, within its conversation, and what is done with it."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.inbox import InboxPage
from desktop.views.inbox_reading import READ_MS
from desktop.views.item_panel import ItemPanel
from desktop.views.snooze_menu import SnoozeMenu
from master.api.client import ApiError
from master.api.item_threads import ThreadFilter
from master.api.rules import Snooze
from master.api.schema import ItemFilter, Trace, TraceStep
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_context, make_item
from tests.unit.desktop.inbox_fakes import (
    make_around,
    make_group,
    make_notification,
    make_talk,
)
from tests.unit.desktop.views.inbox_steps import Told, heard, opened, send
from worker.protocol.states import ItemKind
from worker.protocol.texts import text

TALK = ItemKind.DIRECT_MESSAGE


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> InboxPage:
    return opened(context, qtbot)


@pytest.fixture
def told(page: InboxPage) -> Told:
    return heard(page)


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
    page: InboxPage, client: FakeClient, qtbot: QtBot, told: Told
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


def test_what_is_looked_at_counts_as_read(page: InboxPage, context: Context, client: FakeClient, qtbot: QtBot) -> None:
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
    assert page.panel._text.height() > 150
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


def test_copying(page: InboxPage, qtbot: QtBot, told: Told, qapp: QApplication) -> None:
    page.open_item(2)
    qtbot.keyClick(page.list, Qt.Key.Key_C)
    assert qapp.clipboard().text() == "Invoice 2\n\nHello,\n\nthe invoice still shows our old address."
    page.panel._text.selectAll()
    page.reading.copy()
    assert qapp.clipboard().text().startswith("Hello,")
    assert told[-1][0] == "Copied"


def test_snoozing_an_item_its_account_and_all(
    page: InboxPage, context: Context, client: FakeClient, told: Told
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
    page: InboxPage, client: FakeClient, told: Told
) -> None:
    page.open_item(2)
    item = page.panel.item
    assert item is not None
    page.actions_of_items.snooze_item(item, Snooze(preset="1h"))
    assert told[-1][0] == "This item has no notification of its own"
    assert client.called("create_snooze") == []


def test_an_export_is_written_as_it_comes(page: InboxPage, client: FakeClient, told: Told, tmp_path: Any) -> None:
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
    assert titles == [
        "Mark read", "Mark the conversation read", "Copy text", "Copy link to here", "Snooze", "Make a rule of it…",
    ]  # fmt: skip
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
