"""The Inbox: what its panes, chips and tabs ask for."""

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QMenu
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
from master.api.client import ApiError
from master.api.events import Deleted
from master.api.item_statistics import ItemIndex
from master.api.rules import SnoozeRow
from master.api.schema import ItemFilter
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_item
from tests.unit.desktop.inbox_fakes import (
    make_group,
    make_notification,
    make_search,
    make_talk,
    make_totals,
)
from tests.unit.desktop.views.inbox_steps import Told, heard, last_filter, opened, send
from worker.protocol.states import AccountState, ItemKind

TALK = ItemKind.DIRECT_MESSAGE


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> InboxPage:
    return opened(context, qtbot)


@pytest.fixture
def told(page: InboxPage) -> Told:
    return heard(page)


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


def test_a_search_is_kept_run_and_forgotten(page: InboxPage, context: Context, client: FakeClient, told: Told) -> None:
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


def test_where_nothing_came_yet_the_next_step_is_to_look_at_the_accounts(
    page: InboxPage, context: Context, qtbot: QtBot
) -> None:
    assert page.words.first()[3] == "Open Accounts"
    with qtbot.waitSignal(page.accounts_wanted):
        page.on_empty_clicked()
    context.models.accounts.replace_all([])
    assert page.words.first()[3] == "Add account"
    with qtbot.waitSignal(page.add_account_wanted):
        page.on_empty_clicked()


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


def test_of_the_conversations_that_came_for_weeks_not_all_are_kept(
    page: InboxPage, context: Context, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry_lists, "MOST_ARRIVED", 20)
    client.answers["item_threads"] = Rows(rows=[make_talk(3)])
    page.bar.view.actions_shown[1].trigger()
    asked = len(client.called("item_threads"))
    for number in range(10, 31):
        send(context, "item.detected", make_item(number, thread=f"t{number}"))
    assert len(client.called("item_threads")) == asked + 1
    assert context.models.inbox.threads.rowCount() == 1


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
