"""Enter and Space press the button that has the focus; in a dialog the dialog says what Enter does."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.presses import enter_presses


@pytest.fixture(autouse=True)
def presses(qapp: QApplication) -> Iterator[None]:
    qapp.focusChanged.connect(enter_presses)
    yield
    qapp.focusChanged.disconnect(enter_presses)


def _pressed(qtbot: QtBot, window: QWidget) -> list[str]:
    pressed: list[str] = []
    layout = QVBoxLayout(window)
    for name in ("first", "second"):
        button = QPushButton(name, window)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False, name=name: pressed.append(name))
        layout.addWidget(button)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    second = window.findChildren(QPushButton)[1]
    second.setFocus()
    qtbot.waitUntil(second.hasFocus)
    qtbot.keyClick(second, Qt.Key.Key_Return)
    return pressed


def test_enter_presses_what_has_the_focus_in_a_window(qtbot: QtBot) -> None:
    assert _pressed(qtbot, QWidget()) == ["second"]


def test_a_dialog_keeps_what_its_buttons_say(qtbot: QtBot) -> None:
    assert _pressed(qtbot, QDialog()) == []
