"""A start that failed is said on the screen, and in the shell alone where there is none."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.integration.failed_starts import make_box, show_failure
from worker.protocol.texts import Text


def test_the_box_says_why_and_what_to_do(qtbot: QtBot) -> None:
    box = make_box("The port <3000> is taken.")
    qtbot.addWidget(box)
    assert box.icon() is QMessageBox.Icon.Critical
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert box.informativeText().startswith("The port <3000> is taken.")
    assert "start Watchkeeper again" in box.informativeText()


async def test_without_a_screen_nothing_waits(qapp: QApplication) -> None:
    stop = asyncio.Event()
    await asyncio.wait_for(show_failure(qapp, Text(code="x", message="y"), stop, offscreen=False), 60)
    assert not stop.is_set()
