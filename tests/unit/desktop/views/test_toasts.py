"""Messages in the corner: however many come, the window lives."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QPushButton, QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views import toasts
from desktop.views.actions import Undo
from desktop.views.main_window import MainWindow
from desktop.views.toasts import ToastArea
from tests.unit.desktop.fakes import make_alert

FLOOD = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from desktop.theme import Theme
from desktop.views.toasts import MOST, ToastArea

app = QApplication([])
window = QWidget()
window.resize(800, 600)
area = ToastArea(Theme(app), window)
window.show()
rounds = 0

def more():
    global rounds
    for number in range(10):
        area.add(f"{rounds} {number}", action=("Open", lambda: None))
    assert len(area.toasts) == MOST
    rounds += 1
    QTimer.singleShot(10, more if rounds < 40 else app.quit)

QTimer.singleShot(0, more)
app.exec()
print(rounds)
"""


def test_a_flood_of_messages_is_no_end_of_the_process() -> None:
    # A process of its own: the fault that this looks for is no exception.
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", FLOOD], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "40"), done.stderr


@pytest.fixture
def area(context: Context, qtbot: QtBot) -> ToastArea:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(1200, 800)
    QLineEdit(over).setFocus()  # what a page has: else the first message would get the focus
    area = ToastArea(context.theme, over)
    over.show()
    return area


def tell(area: ToastArea, number: int, done: list[str], account: str = "") -> None:
    item: tuple[str, Callable[[], None]] = ("Open", lambda: done.append(f"item {number}"))
    area.add_item(f"item {number}", "", account or f"a{number}", item, ("Open", lambda: done.append("inbox")))


def test_items_that_come_at_once_are_counted_in_one_message(area: ToastArea, qtbot: QtBot) -> None:
    done: list[str] = []
    for number in range(40):
        tell(area, number, done)
    (toast,) = area.toasts
    assert toast.title == "40 new item(s) in 40 account(s)"
    assert toast.accessibleName() == toast.title
    (button,) = toast.findChildren(QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == ["inbox"]
    assert area.toasts == []


def test_items_that_come_one_by_one_are_told_until_there_is_no_room(
    area: ToastArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toasts, "GATHER_SECONDS", 0.0)
    for number in range(2):
        tell(area, number, [], "a1")
    assert [one.title for one in area.toasts] == ["item 0", "item 1"]
    tell(area, 2, [], "a1")
    assert [one.title for one in area.toasts] == ["3 new item(s) in 1 account(s)"]


def test_at_most_two_harmless_messages_stand_beside_bad_ones(area: ToastArea) -> None:
    area.add("wrong", level="bad")
    for number in range(3):
        area.add(f"{number}")
    assert [one.title for one in area.toasts] == ["wrong", "1", "2"]
    area.add("worse", level="bad")
    assert [one.title for one in area.toasts] == ["wrong", "1", "2", "worse"]


def test_the_window_counts_items_and_opens_alerts(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show_page("logs")
    context.models.alerts.replace_all([make_alert(1), make_alert(2, cleared_at=5)])
    for account_id in ("a1", "a2"):
        window.toast_item("New", "", account_id, ("Open", lambda: None))
    (toast,) = window.toasts.toasts
    qtbot.mouseClick(toast.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert context.settings.values.page == "inbox"
    for alert_id in (1, 2):
        window.open_alert(alert_id)
        assert context.settings.values.page == "alerts"
        alert = window.pages["alerts"].panel.alert  # type: ignore[attr-defined]
        assert alert.id == alert_id
    window.close_for_good()


def test_messages_are_no_higher_than_their_words(area: ToastArea, qtbot: QtBot) -> None:
    area.add("Watchkeeper ended without warning", "14 accounts are watched again")
    area.add("Short", "", action=("Open", lambda: None))
    (first, second) = area.toasts
    qtbot.waitUntil(
        lambda: area.height() == first.heightForWidth(area.width()) + second.heightForWidth(area.width()) + 8
    )
    assert first.height() < 90


def test_a_message_that_counts_what_keeps_coming_leaves_at_last(
    area: ToastArea, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toasts, "SHOW_MS", 100)
    monkeypatch.setattr(toasts, "LONGEST_MS", 200)
    monkeypatch.setattr(toasts, "STEP_MS", 10)
    for number in range(2):
        tell(area, number, [])
    (counting,) = area.toasts
    left: list[object] = []
    counting.gone.connect(left.append)

    def one_more() -> bool:
        tell(area, 2, [])
        return bool(left)

    qtbot.waitUntil(one_more)


def test_two_deeds_of_the_same_words_can_both_be_taken_back(area: ToastArea) -> None:
    done: list[str] = []
    for name in ("first", "second"):
        area.add("2 jobs deleted", action=Undo("Undo", partial(done.append, name)))
    area.undo()
    area.undo()
    assert done == ["second", "first"]


def test_a_small_window_has_room_for_two_narrow_ones(area: ToastArea, qtbot: QtBot) -> None:
    over = area.parentWidget()
    assert over is not None
    over.resize(1000, 600)
    for number in range(3):
        area.add(f"wrong {number}", level="bad")
    assert [one.title for one in area.toasts] == ["wrong 1", "wrong 2"]
    qtbot.waitUntil(lambda: area.width() == toasts.NARROW)


def test_a_message_that_is_pointed_at_or_has_the_focus_stays(
    area: ToastArea, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toasts, "UNDO_MS", 100)
    monkeypatch.setattr(toasts, "STEP_MS", 10)
    done: list[str] = []
    area.add("deleted", action=Undo("Undo", lambda: done.append("undone")))
    (toast,) = area.toasts
    gone: list[object] = []
    toast.gone.connect(gone.append)
    (button,) = toast.findChildren(QPushButton)
    area.window().activateWindow()
    button.setFocus()
    before = toast._left
    for _step in range(30):
        toast._on_time()
    assert toast._left == before
    assert not gone
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert (gone, done) == ([toast], [])


def test_escape_that_nothing_else_wants_puts_the_newest_away(area: ToastArea, qtbot: QtBot) -> None:
    over = area.parentWidget()
    assert over is not None
    table = QTableView(over)
    table.show()
    for words in ("one", "two"):
        area.add(words)
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert [one.title for one in area.toasts] == ["one"]


def test_messages_lie_where_they_cover_no_button_and_move_when_one_comes(area: ToastArea, qtbot: QtBot) -> None:
    over = area.parentWidget()
    assert over is not None
    area.add("one")
    qtbot.waitUntil(lambda: area.geometry().bottom() > 700)
    button = QPushButton("Delete", over)
    button.setGeometry(area.geometry())
    button.show()
    qtbot.waitUntil(lambda: not area.geometry().intersects(button.geometry()))
    assert area.geometry().right() > 1100, "above it, at the right as always"


def test_where_every_place_has_a_button_the_page_gives_way(area: ToastArea, qtbot: QtBot) -> None:
    over = area.parentWidget()
    assert over is not None
    column = QVBoxLayout(over)
    page = QListView(over)
    column.addWidget(page, 1)
    column.setContentsMargins(0, 0, 0, 0)
    area.pushed = column
    area.add("one")
    qtbot.waitUntil(lambda: page.geometry().bottom() < area.geometry().top())
    area.toasts[0].leave()
    qtbot.waitUntil(lambda: page.geometry().bottom() > 780)
