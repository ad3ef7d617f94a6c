"""What takes longer than half a second says so, on the button or above the page; what is quick shows nothing."""

import asyncio
import time
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import BUSY_MS, LINE_NAME, BusyLine, ButtonSign, is_working, working
from desktop.tasks import Tasks
from desktop.views.page import Page
from tests.unit.desktop.fakes import Pauses


class Slow:
    """Requests that wait until they are let on."""

    def __init__(self, context: Context) -> None:
        import dataclasses

        self.pauses = Pauses()
        self.context = dataclasses.replace(context, run=self.pauses)
        self.done: list[str] = []

    async def request(self, name: str, error: Exception | None = None) -> None:
        await self.pauses.wait()
        if error is not None:
            raise error
        self.done.append(name)


@pytest.fixture
def slow(context: Context) -> Slow:
    return Slow(context)


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> Page:
    found = Page(context, "Page")
    qtbot.addWidget(found)
    found.resize(400, 300)
    found.show()
    return found


@pytest.fixture
def button(page: Page) -> QPushButton:
    found = page.add_action("Restart")
    found.show()
    return found


def sign(button: QPushButton) -> ButtonSign | None:
    return button.findChild(ButtonSign)


def test_a_ring_turns_on_the_button_after_half_a_second(slow: Slow, button: QPushButton, qtbot: QtBot) -> None:
    began = time.monotonic()
    working(slow.context, button, slow.request("one"))
    found = sign(button)
    assert found is not None
    assert not found.shown
    qtbot.waitUntil(lambda: found.shown)
    assert time.monotonic() - began >= BUSY_MS / 1000 * 0.9
    assert not button.icon().isNull()
    assert button.accessibleDescription() == "Working…"
    slow.pauses.go_on()
    assert slow.done == ["one"]
    assert button.icon().isNull()
    assert button.accessibleDescription() == ""


def test_what_is_quick_shows_nothing(slow: Slow, button: QPushButton) -> None:
    working(slow.context, button, slow.request("one"))
    slow.pauses.go_on()
    assert button.icon().isNull()
    assert not is_working(button)


def test_a_second_press_is_not_obeyed_and_the_focus_stays(slow: Slow, button: QPushButton, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    button.clicked.connect(lambda checked=False: pressed.append(checked))
    button.setFocus()
    working(slow.context, button, slow.request("one"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    working(slow.context, button, slow.request("two"))
    assert pressed == []
    assert button.window().focusWidget() is button
    slow.pauses.go_on()
    assert slow.done == ["one"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(pressed) == 1


def test_what_fails_gives_the_button_back(slow: Slow, button: QPushButton) -> None:
    working(slow.context, button, slow.request("one", RuntimeError("no")))
    with pytest.raises(RuntimeError):
        slow.pauses.go_on()
    assert not is_working(button)


def test_a_button_that_is_gone_meanwhile(slow: Slow, page: Page, qtbot: QtBot) -> None:
    button = QPushButton("Gone", page)
    button.show()
    working(slow.context, button, slow.request("one"))
    with qtbot.waitSignal(button.destroyed):
        button.deleteLater()
    slow.pauses.go_on()
    assert slow.done == ["one"]


def test_a_line_above_the_page_for_what_no_button_began(slow: Slow, page: Page, qtbot: QtBot) -> None:
    inside = QWidget(page.content)
    working(slow.context, inside, slow.request("one"))
    working(slow.context, page, slow.request("two"))
    line = page.findChild(BusyLine, LINE_NAME)
    assert line is not None
    assert line.isHidden()
    assert len(page.findChildren(BusyLine)) == 1
    qtbot.waitUntil(line.isVisible)
    assert line.width() == page.width()
    assert not line.grab().isNull()
    slow.pauses.go_on()
    assert line.isHidden()
    assert sorted(slow.done) == ["one", "two"]


async def test_errors_reach_those_who_tell_of_them(context: Context, page: Page, button: QPushButton) -> None:
    import dataclasses

    told: list[BaseException] = []
    tasks = Tasks(told.append)
    real = dataclasses.replace(context, run=tasks.run)

    async def fail() -> Any:
        await asyncio.sleep(0)
        raise LookupError("no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desktop.tasks.log.error", lambda *_args, **_more: None)
        working(real, button, fail())
        while is_working(button):
            await asyncio.sleep(0)
        await tasks.close()
        await asyncio.sleep(0)
    assert [type(one) for one in told] == [LookupError]


def test_a_dialog_that_closes_meanwhile(slow: Slow, context: Context, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    working(slow.context, window, slow.request("one"))
    line = window.findChild(BusyLine, LINE_NAME)
    assert line is not None
    gone: list[bool] = []
    line.destroyed.connect(lambda: gone.append(True))
    line.deleteLater()
    qtbot.waitUntil(lambda: bool(gone))
    slow.pauses.go_on()
    assert slow.done == ["one"]


def test_a_dialog_shows_a_line_while_its_request_runs(slow: Slow, qtbot: QtBot) -> None:
    dialog = BaseDialog(slow.context, "Title")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.start(slow.request("one"))
    line = dialog.findChild(BusyLine, LINE_NAME)
    assert line is not None
    qtbot.waitUntil(line.isVisible)
    slow.pauses.go_on()
    assert line.isHidden()
    dialog.close()
