"""Keys: none twice, all of them in the sheet, each does what it says; the menu bar of macOS."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.actions import Action, Undo, key_words, sequences, with_keys
from desktop.views.main_window import MainWindow
from desktop.views.page_histories import PageHistory
from desktop.views.shortcut_sheet import ShortcutSheet
from desktop.views.shortcuts import page_keys
from tests.unit.desktop.fakes import FakeClient

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.come_forward()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close_for_good()


def shown(window: MainWindow) -> str:
    return next(name for name, page in window.pages.items() if page.isVisible())


def bound(window: MainWindow) -> dict[str, list[tuple[QWidget, str]]]:
    """Every key that Qt obeys in the window: the widget in which it works, and what it is."""
    found: dict[str, list[tuple[QWidget, str]]] = defaultdict(list)
    for action in window.findChildren(QAction):
        for keys in action.shortcuts():
            for widget in action.associatedObjects():
                if isinstance(widget, QWidget) and widget.isWindow() and not action.menu():
                    found[keys.toString()].append((window, action.text()))
    for shortcut in window.findChildren(QShortcut):
        where = shortcut.parent()
        assert isinstance(where, QWidget)
        place = where if shortcut.context() != Qt.ShortcutContext.WindowShortcut else where.window()
        found[shortcut.key().toString()].append((place, str(shortcut.objectName())))
    return found


def test_no_two_actions_have_the_same_key(window: MainWindow) -> None:
    """Keys of two widgets may be the same unless one lies in the other: then Qt does neither."""
    doubled = []
    keys = bound(window)
    assert len(keys) > 20
    for written, places in keys.items():
        for number, (one, words) in enumerate(places):
            for other, others in places[number + 1 :]:
                if one is other or one.isAncestorOf(other) or other.isAncestorOf(one):
                    doubled.append((written, words, others))
    assert doubled == []


def test_what_the_widgets_obey_by_themselves_is_no_key_of_the_window(window: MainWindow) -> None:
    everywhere = {keys for keys, places in bound(window).items() if any(place is window for place, _words in places)}
    for page in window.pages.values():
        for action in page.actions_here():
            assert not {one.toString() for one in sequences(action.keys)} & everywhere, action.name


def test_names_of_actions_are_unique_and_say_something(window: MainWindow) -> None:
    listed = [*window.commands.page_actions(), *window.commands.actions.all()]
    listed += [action for page in window.pages.values() for action in page.actions_here()]
    names = [one.name for one in listed]
    assert len(names) == len(set(names))
    assert all(one.title.strip() for one in listed)


def test_the_sheet_tells_every_key_that_works(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    told = {keys for _title, _words, all_keys in sheet.rows for keys in all_keys.split("  ")}
    known = {QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in bound(window)}
    # Of the search in a job's output, which has its own buttons; and the Return of the number pad.
    assert known - told - {"F3", "Shift+F3", "Enter"} == set()
    sections = [title for title, _words, _keys in sheet.rows]
    assert {"Everywhere", "Pages", "Inbox", "Rules"} <= set(sections)
    assert sections.index("Inbox") < sections.index("Rules"), "the page that is shown comes first"
    sheet.reject()
    qtbot.waitUntil(lambda: window.findChild(ShortcutSheet) is None or not sheet.isVisible())


def test_ctrl_slash_opens_it_too(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Slash, CONTROL)
    assert window.findChild(ShortcutSheet) is not None


def test_pages_by_number_and_back_and_forth(window: MainWindow, qtbot: QtBot) -> None:
    names = list(window.pages)
    first = shown(window)
    for number, name in enumerate(names[:10], 1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number % 10), CONTROL)
        assert shown(window) == name
    qtbot.keyClick(window, Qt.Key.Key_Left, ALT)
    assert shown(window) == names[8]
    qtbot.keyClick(window, Qt.Key.Key_Left, ALT)
    assert shown(window) == names[7]
    qtbot.keyClick(window, Qt.Key.Key_Right, ALT)
    assert shown(window) == names[8]
    window.show_page(first)
    assert not window.commands.can_go(1)


def test_settings_have_the_usual_key(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Comma, CONTROL)
    assert shown(window) == "settings"


def test_f5_checks_where_accounts_are_shown_and_asks_again_elsewhere(
    window: MainWindow, client: FakeClient, qtbot: QtBot
) -> None:
    window.show_page("rules")
    client.calls.clear()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert client.called("rules")
    assert not client.called("batch_accounts")
    window.show_page("accounts")
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert client.called("batch_accounts")[0][0][0].action == "check"


def test_undo_takes_back_what_the_newest_message_offers(window: MainWindow, qtbot: QtBot) -> None:
    done: list[str] = []
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    window.toast("first", action=Undo("Undo", lambda: done.append("first")))
    window.toast("second", action=Undo("Undo", lambda: done.append("second")))
    window.toast("no undo", "", "bad", ("Open", lambda: done.append("opened")))
    for _time in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert done in (["second", "first"], ["second"])  # of harmless ones only so many are shown at once
    search = window.pages["inbox"].search
    assert search is not None
    search.setFocus()
    qtbot.keyClicks(search, "abc")
    window.toast("third", action=Undo("Undo", lambda: done.append("third")))
    qtbot.keyClick(search, Qt.Key.Key_Z, CONTROL)
    assert "third" not in done
    assert search.text() != "abc"


def test_closing_and_quitting_ask_the_owner(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.close_requested):
        qtbot.keyClick(window, Qt.Key.Key_W, CONTROL)
    with qtbot.waitSignal(window.quit_requested):
        qtbot.keyClick(window, Qt.Key.Key_Q, CONTROL)


def test_the_menu_bar_of_macos_shows_the_same_actions_in_their_places(window: MainWindow) -> None:
    window.commands.fill_menu_bar()
    bar = window.menuBar()
    menus = {action.text(): action.menu() for action in bar.actions()}
    assert list(menus) == ["File", "Edit", "View", "Go", "Help"]
    actions = window.commands.shortcuts.actions
    assert actions["window.quit"].menuRole() is QAction.MenuRole.QuitRole
    assert actions["window.settings"].menuRole() is QAction.MenuRole.PreferencesRole
    view = menus["View"]
    assert view is not None
    assert actions["page.jobs"] in view.actions()
    assert {one.name for one in window.commands.actions.with_keys() if one.role is not QAction.MenuRole.NoRole} == {
        "window.quit",
        "window.settings",
    }
    for name in ("window.undo", "window.find", "window.palette", "window.sheet"):
        assert any(menu is not None and actions[name] in menu.actions() for menu in menus.values())


def test_keys_are_written_as_the_platform_does() -> None:
    assert key_words(("Ctrl+K", "F1")) == QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
    assert key_words(()) == ""
    assert with_keys("Check now", ("F5",)) == "Check now (F5)"
    assert [one.toString() for one in sequences(("Ctrl+W", "Ctrl+W", "F5"))] == ["Ctrl+W", "F5"]
    assert page_keys(10) == ("Ctrl+0",)
    assert page_keys(11) == ()
    assert Action(name="x", title="y", act=lambda: None).enabled()


def test_the_history_of_pages_forgets_what_lay_ahead() -> None:
    history = PageHistory()
    for name in ("a", "b", "c"):
        history.visit(name)
    assert history.step(-1) == "b"
    history.visit("b")
    assert history.step(-1) == "a"
    assert history.step(-1) is None
    history.visit("d")
    assert not history.can(1)
    assert history.step(-1) == "a"
