"""The lock over a window: what it hides, which keys pass, when it comes, and that it brings everything back."""

import dataclasses
from collections.abc import AsyncIterator, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMainWindow, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.delegates.announcements import may_be_said
from desktop.dialogs.context import Context
from desktop.models import app_locks
from desktop.models.app_locks import AppLock
from desktop.settings import SettingsHolder
from desktop.tasks import Tasks
from desktop.theme import Theme
from desktop.views import toasts
from desktop.views.lock_screen import LOCK_SAFE
from desktop.views.locking import Locking
from desktop.views.main_window import MainWindow
from tests.helpers.deadlines import until

RIGHT = "correct horse"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


async def compute(work: Callable[[], bytes]) -> bytes:
    return work()


class Scene:
    """A window with a field, a shortcut and a dialog, and its lock."""

    def __init__(self, app: QApplication, qtbot: QtBot, lock: AppLock, clock: Clock) -> None:
        self.lock, self.clock, self.tasks, self.settings = lock, clock, Tasks(), SettingsHolder()
        self.window = QMainWindow()
        inside = QWidget()
        self.field = QLineEdit("half typed", inside)
        QVBoxLayout(inside).addWidget(self.field)
        self.window.setCentralWidget(inside)
        self.pressed: list[str] = []
        shortcut = QShortcut(QKeySequence("Ctrl+J"), self.window)
        shortcut.activated.connect(lambda: self.pressed.append("Ctrl+J"))
        self.window.resize(600, 400)
        qtbot.addWidget(self.window)
        self.locking = Locking(app, lock, self.settings, Theme(app), self.tasks.run, clock=clock)
        self.locking.follow(self.window)
        self.window.show()


@pytest.fixture
async def scene(qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(app_locks, "COST", 2**4)
    clock = Clock()
    lock = AppLock(None, compute, clock=clock)
    await lock.set_passphrase(RIGHT)
    made = Scene(qapp, qtbot, lock, clock)
    yield made
    if lock.locked:
        clock.now += 10**7
        await lock.unlock(RIGHT)
    made.locking.close()
    await made.tasks.close()


async def test_it_covers_everything_and_brings_it_back(scene, qtbot):
    dialog = QDialog(scene.window)
    typed = QLineEdit("a form", dialog)
    dialog.open()
    scene.lock.lock()
    screen = scene.locking.screen
    assert screen is not None
    assert screen.isVisible()
    assert screen.geometry() == scene.window.rect()
    assert not scene.field.isVisible()
    assert not dialog.isVisible()
    scene.window.resize(700, 500)
    assert screen.size() == scene.window.size()
    screen.field.setText(RIGHT)
    screen.try_it()
    await until(lambda: not scene.lock.locked)
    assert scene.locking.screen is None
    assert scene.field.isVisible()
    assert scene.field.text() == "half typed"
    assert dialog.isVisible()
    assert typed.text() == "a form"
    dialog.close()


async def test_keys_of_the_window_do_nothing_under_it(scene, qtbot):
    qtbot.keyClick(scene.window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert scene.pressed == ["Ctrl+J"]
    scene.lock.lock()
    qtbot.keyClick(scene.window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(scene.locking.screen.field, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(scene.field, "x")
    assert scene.pressed == ["Ctrl+J"]
    assert scene.field.text() == "half typed"
    qtbot.keyClicks(scene.locking.screen.field, "ab")
    assert scene.locking.screen.field.text() == "ab"


async def test_a_dialog_that_opens_meanwhile_waits(scene, qtbot):
    scene.lock.lock()
    late, safe = QDialog(scene.window), QDialog(scene.window)
    safe.setProperty(LOCK_SAFE, True)
    late.open()
    safe.show()
    qtbot.waitUntil(lambda: not late.isVisible())
    assert safe.isVisible()
    safe.close()
    assert await scene.lock.unlock(RIGHT)
    assert late.isVisible()
    late.close()


async def test_wrong_tries_are_told_and_then_wait(scene, qtbot):
    scene.lock.lock()
    screen = scene.locking.screen
    for number in range(3):
        screen.field.setText(f"wrong {number}")
        screen.try_it()
        await until(lambda: screen.field.text() == "")
        assert screen.problem.words
    assert not screen.field.isEnabled()
    assert "Try again" in screen.problem.words
    scene.clock.now += 5_000
    qtbot.waitUntil(screen.field.isEnabled)
    assert screen.problem.words == ""


async def test_it_comes_after_a_time_without_a_key(scene, qtbot):
    scene.settings.update(lock_after_minutes=2)
    scene.clock.now += 119_000
    scene.locking.look()
    assert not scene.lock.locked
    scene.clock.now += 1_000
    scene.locking.look()
    assert scene.lock.locked


async def test_a_clock_that_is_set_back_puts_it_off_no_longer_than_once_more(scene, qtbot):
    scene.settings.update(lock_after_minutes=2)
    scene.clock.now -= 86_400_000
    scene.locking.look()
    assert not scene.lock.locked
    scene.clock.now += 120_000
    scene.locking.look()
    assert scene.lock.locked


async def test_never_by_itself_where_the_person_says_so(scene):
    scene.settings.update(lock_after_minutes=0)
    scene.clock.now += 10**9
    scene.locking.look()
    assert not scene.lock.locked


async def test_a_window_made_anew_is_covered_too(scene, qtbot):
    scene.lock.lock()
    other = QMainWindow()
    other.setCentralWidget(QLineEdit("secret"))
    qtbot.addWidget(other)
    scene.locking.follow(other)
    other.show()
    assert scene.locking.screen is not None
    assert scene.locking.screen.window() is other
    assert not other.centralWidget().isVisible()


async def test_the_real_window_shows_nothing_of_what_it_has(context: Context, qapp: QApplication, qtbot: QtBot) -> None:
    lock = AppLock(None, compute)
    await lock.set_passphrase(RIGHT)
    locking = Locking(qapp, lock, context.settings, context.theme, context.run)
    window = MainWindow(dataclasses.replace(context, lock=lock))
    qtbot.addWidget(window)
    locking.follow(window)
    with qtbot.waitActive(window):
        window.come_forward()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert lock.locked
    screen = locking.screen
    window.toast("Ada Fischer", "wrote to you", "bad")
    window.open_item(2)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    texts = [one.text() for one in window.findChildren(QLabel) if one.isVisible()]
    assert screen is not None
    assert sorted(texts) == sorted({one.text() for one in screen.findChildren(QLabel) if one.isVisible()})
    assert not [one for one in qapp.topLevelWidgets() if one.isVisible() and one is not window]
    assert qapp.focusWidget() in (None, screen.field)
    assert await lock.unlock(RIGHT)
    assert window.centralWidget().isVisible()
    assert any(one.title == "Ada Fischer" for one in window.toasts.toasts)
    locking.close()
    window.close_for_good()


async def test_the_focus_comes_back_to_where_it_was(context: Context, qapp: QApplication, qtbot: QtBot) -> None:
    lock = AppLock(None, compute)
    await lock.set_passphrase(RIGHT)
    locking = Locking(qapp, lock, context.settings, context.theme, context.run)
    window = MainWindow(dataclasses.replace(context, lock=lock))
    qtbot.addWidget(window)
    locking.follow(window)
    with qtbot.waitActive(window):
        window.come_forward()
    window.show_page("accounts")
    before = window.focusWidget()
    assert before is window.pages["accounts"].first_focus
    lock.lock()
    assert await lock.unlock(RIGHT)
    assert window.focusWidget() is before
    locking.close()
    window.close_for_good()


async def test_menus_go_with_those_that_they_came_from(scene, qtbot):
    menu, below = QMenu(scene.window), QMenu("accounts", scene.window)
    menu.addMenu(below)
    below.addAction("anna@example.org")
    menu.popup(scene.window.mapToGlobal(scene.window.rect().center()))
    below.popup(scene.window.mapToGlobal(scene.window.rect().topLeft()))
    assert menu.isVisible()
    scene.lock.lock()
    assert not below.isVisible()
    assert not menu.isVisible()


async def test_menus_above_the_screen_open_nothing(scene, qtbot):
    bar = scene.window.menuBar()
    edit, away = bar.addMenu("Edit"), bar.addMenu("Away")
    away.setEnabled(False)
    bar.hide()  # as one that the system shows elsewhere: it is no visible widget
    scene.lock.lock()
    assert not edit.menuAction().isEnabled()
    assert await scene.lock.unlock(RIGHT)
    assert edit.menuAction().isEnabled()
    assert not away.menuAction().isEnabled()


async def test_what_comes_up_under_it_is_not_said_aloud_and_waits(scene, qtbot, monkeypatch):
    monkeypatch.setattr(toasts, "STEP_MS", 1)
    monkeypatch.setattr(toasts, "SHOW_MS", 20)
    area = toasts.ToastArea(Theme(scene.locking._app), scene.window.centralWidget())
    assert may_be_said(area)
    scene.lock.lock()
    area.add("job of anna@example.org failed")
    (toast,) = area.toasts
    assert not may_be_said(toast)
    assert scene.locking.screen is not None
    assert may_be_said(scene.locking.screen.problem)
    for _step in range(50):
        toast._on_time()
    assert area.toasts == [toast], "its time runs when it is seen"
    assert await scene.lock.unlock(RIGHT)
    assert may_be_said(toast)
    qtbot.waitUntil(lambda: area.toasts == [])
