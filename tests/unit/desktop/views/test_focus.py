"""Where the focus is: after opening, after dialogs, along Tab, after Escape; nothing is a trap."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.delete_dialog import DeleteDialog
from desktop.views.accounts import AccountsPage
from desktop.views.alerts import AlertsPage
from desktop.views.inbox import InboxPage
from desktop.views.jobs import JobsPage
from desktop.views.logs import LogsPage
from desktop.views.main_window import MainWindow
from desktop.views.schedules import SchedulesPage
from desktop.views.workers import WorkersPage
from master.api.events import Event
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import FakeClient, make_account, make_alert, make_item, make_worker
from tests.unit.desktop.job_fakes import make_job, make_schedule


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.come_forward()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close_for_good()


def accounts(window: MainWindow) -> AccountsPage:
    window.show_page("accounts")
    page = window.pages["accounts"]
    assert isinstance(page, AccountsPage)
    return page


def chain(window: MainWindow, qtbot: QtBot) -> list[QWidget]:
    """Walk by Tab from the first entry of the sidebar until it comes round."""
    first = next(iter(window.sidebar.buttons.values()))
    first.setFocus()
    found: list[QWidget] = [first]
    for _step in range(60):
        qtbot.keyClick(found[-1], Qt.Key.Key_Tab)
        here = window.focusWidget()
        assert here is not None
        if here is first:
            return found
        assert here is not found[-1], f"Tab does not leave {here}"
        found.append(here)
    raise AssertionError("Tab never comes round")


def of_jobs(page: JobsPage | SchedulesPage, context: Context) -> tuple[list[QWidget], list[QWidget]]:
    """Choose a row; return what Tab walks over in the head and in the panel."""
    if isinstance(page, JobsPage):
        context.models.jobs.replace_page([make_job("j1")], None)
        page.open_job("j1")
        able = [button for button in page.panel.buttons.values() if button.isVisible()]
        output = page.panel.output
        rest = [
            *able, page.panel.close_button, page.panel.bar, output.streams, output.search, output.follow,
            output.copy_button, output.save_button,
        ]  # fmt: skip
        return [page.shown, page.new_button, page.tabs, page.table], rest
    context.models.schedules.replace_all([make_schedule("s1")])
    page.choose("s1")
    return [page.new_button, page.table], list(page.panel.buttons.values())


@pytest.mark.parametrize("name", ["inbox", "accounts", "workers", "jobs", "schedules", "alerts", "logs"])
def test_tab_goes_from_sidebar_over_search_and_actions_to_the_content(
    name: str, window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    window.show_page(name)
    page = window.pages[name]
    if isinstance(page, AccountsPage):
        page.choose("a1")
    if isinstance(page, InboxPage):
        page.open_item(2)
    head: list[QWidget]
    rest: list[QWidget] = []
    if isinstance(page, AccountsPage):
        head = [page.more_button, page.assign_button, page.check_button, page.add_button, page.table]
        panel = page.panel
        rest = [panel.test, panel.check, panel.edit, panel.sign_in_again, panel.pause, panel.assign, panel.delete]
    elif isinstance(page, InboxPage):
        chips = [page.bar.kind, page.bar.time, page.bar.state, page.bar.order, page.bar.view]
        head = [page.read_all_button, page.more_button, page.tabs, *chips, page.scopes, page.list]
        panel_of_item = page.panel
        rest = [
            panel_of_item.buttons.read, panel_of_item.buttons.snooze, panel_of_item.buttons.more, panel_of_item._text,
        ]  # fmt: skip
    elif isinstance(page, LogsPage):
        page.table.selectRow(0)
        head = [page.level, page.source, page.pause_button, page.follow_button, page.table]
        rest = [page.detail]
    elif isinstance(page, JobsPage | SchedulesPage):
        head, rest = of_jobs(page, context)
    elif isinstance(page, AlertsPage):
        context.models.alerts.replace_all([make_alert(1)])
        page.choose(1)
        head = [page.shown, page.acknowledge_button, page.table]
        rest = [page.panel.acknowledge, page.panel.silence, page.panel.open_button]
    else:
        assert isinstance(page, WorkersPage)
        context.models.workers.upsert(make_worker("local-3"))  # its card is made after the details
        context.models.workers.settle()
        page.grid.choose(["local-3"])
        cards = [one for card in page.cards.values() for one in (card, card.menu_button)]
        head = [page.rebalance_button, page.add_button, page.tabs, *cards, page.grid.more]
        able = [one for one in page.panel.buttons.values() if one.isEnabled() and not one.isHidden()]
        rest = [*able, page.panel.findChildren(QToolButton)[0], page.panel.bar]
    assert page.search is not None
    wanted = [*window.sidebar.buttons.values(), page.search, *head, *rest]
    walked = chain(window, qtbot)
    assert walked[: len(wanted)] == wanted
    assert set(walked) >= {page.first_focus}
    qtbot.keyClick(walked[0], Qt.Key.Key_Backtab)
    assert window.focusWidget() is walked[-1]


def test_a_click_on_the_page_that_is_shown_leaves_it_marked(window: MainWindow, qtbot: QtBot) -> None:
    for _time in range(2):
        qtbot.mouseClick(window.sidebar.buttons["logs"], Qt.MouseButton.LeftButton)
        assert [name for name, button in window.sidebar.buttons.items() if button.isChecked()] == ["logs"]


def test_an_empty_page_is_walked_in_the_same_order(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    context.models.accounts.replace_all([])
    page = accounts(window)
    assert window.focusWidget() is page._empty.button
    walked = chain(window, qtbot)
    wanted = [page.search, page.more_button, page.add_button, page._empty.button]
    assert walked[len(window.sidebar.buttons) :] == wanted


def test_opening_puts_the_focus_on_what_is_worked_with(window: MainWindow) -> None:
    assert window.focusWidget() is window.pages["overview"].first_focus
    page = accounts(window)
    assert window.focusWidget() is page.table
    window.sidebar.buttons["logs"].setFocus()
    window.come_forward()
    assert window.focusWidget() is page.table


def test_the_focus_that_qt_gives_a_window_that_gets_active_is_not_kept(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.come_forward()
    window.sidebar.buttons["inbox"].setFocus()  # as Qt does when it finds nothing better
    qtbot.waitUntil(lambda: window.focusWidget() is window.pages["overview"].first_focus)
    window.close_for_good()


def test_a_page_that_loads_gets_the_focus_once_it_is_there(window: MainWindow, context: Context) -> None:
    page = accounts(window)
    status = context.models.accounts.load_status
    status.state = "loading"
    page.refresh()
    window.show_page("accounts")
    context.models.accounts.replace_all([make_account("a1")])
    assert window.focusWidget() is page.table
    inbox = window.pages["inbox"]
    context.models.items.replace_all([], None)
    window.show_page("inbox")
    assert inbox.shown_state == "empty"
    context.models.items.add(make_item(3))
    inbox.refresh()
    assert window.focusWidget() is inbox.first_focus
    context.models.items.replace_all([], None)
    inbox.refresh()
    assert inbox.search is not None
    inbox.search.setFocus()
    context.models.items.add(make_item(4))
    inbox.refresh()
    assert window.focusWidget() is inbox.search


def test_a_closed_dialog_gives_the_focus_to_the_page(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    page = accounts(window)
    page.choose("a1")
    page.panel.delete.setFocus()
    page.delete()
    dialog = window.findChild(DeleteDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.reject()
    qtbot.waitUntil(lambda: window.focusWidget() is page.table)
    page.panel.delete.setFocus()
    context.models.accounts.remove("a1")
    context.models.accounts.settle()
    assert not page.panel.isVisible()
    assert window.focusWidget() is page.table


def test_escape_clears_the_search_and_goes_back_to_the_table(
    window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    page = accounts(window)
    assert page.search is not None
    page.search.setFocus()
    qtbot.keyClicks(page.search, "a2")
    qtbot.waitUntil(lambda: page.sentence.startswith("1 of 2 shown"))
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    assert context.models.accounts.rowCount() == 2
    assert page.sentence.startswith("2 account(s)")
    assert window.focusWidget() is page.table
    page.search.setFocus()
    qtbot.keyClicks(page.search, "zzz")
    qtbot.waitUntil(lambda: page.shown_state == "empty")
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert window.focusWidget() is page.table


def test_a_search_in_the_inbox_says_how_much_it_found(window: MainWindow, client: FakeClient, qtbot: QtBot) -> None:
    window.show_page("inbox")
    page = window.pages["inbox"]
    client.answers["items"] = Rows(rows=client.answers["items"].rows[:1])
    assert page.search is not None
    qtbot.keyClicks(page.search, "x")
    qtbot.waitUntil(lambda: page.sentence.endswith("1 shown"))
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert "shown" not in page.sentence
    assert window.focusWidget() is page.first_focus


def test_delete_asks_for_the_chosen_rows(window: MainWindow, qtbot: QtBot) -> None:
    page = accounts(window)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert window.findChild(DeleteDialog) is None
    page.choose("a2")
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    dialog = window.findChild(DeleteDialog)
    assert dialog is not None
    assert "a2@northwind.example" in dialog.windowTitle()
    dialog.reject()


def test_a_new_account_is_chosen_and_shown_though_a_search_would_hide_it(
    window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    page = accounts(window)
    assert page.search is not None
    page.search.setText("a2")
    qtbot.waitUntil(lambda: context.models.accounts.rowCount() == 1)
    page.add_account()
    dialog = window.findChild(AccountDialog)
    assert dialog is not None
    dialog.choose("imap")
    assert dialog.form is not None
    dialog.form.set_values({"host": "h", "username": "u", "password": "p", "name": "n"})
    dialog.save()
    assert dialog.gone
    assert page.table.chosen == []
    context.bridge.event_arrived.emit(Event(stream="s", seq=1, type="account.changed", data=make_account("a3")))
    context.models.accounts.settle()
    assert page.table.chosen == ["a3"]
    assert page.panel.account is not None
    assert page.panel.account.id == "a3"
    qtbot.waitUntil(lambda: window.focusWidget() is page.table)
