"""Where windows may stand."""

import re
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.screens import available_to

ROOT = Path(__file__).parents[4]


def test_a_dialog_that_is_not_seen_yet_belongs_on_the_screen_of_its_parent(qtbot: QtBot, qapp: QApplication) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = QDialog(parent)
    dialog.move(-30000, -30000)
    assert available_to(dialog) == available_to(parent) == qapp.primaryScreen().availableGeometry()


def test_nobody_asks_a_widget_for_its_screen() -> None:
    asked = re.compile(r"(?<!primaryScreen)\.screen\(\)")
    found = [path for path in (ROOT / "desktop").rglob("*.py") if asked.search(path.read_text("utf-8"))]
    assert [path.name for path in found if path.name != "screens.py"] == []
