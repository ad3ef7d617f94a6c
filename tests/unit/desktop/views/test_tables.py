"""The table of all pages: what is chosen, by hand and by the program."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.accounts import AccountsPage
from tests.unit.desktop.fakes import make_account


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> AccountsPage:
    context.models.accounts.replace_all([make_account(key, name=key) for key in "abcd"])
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


@pytest.mark.parametrize(
    ("key", "held"),
    [
        (Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_what_the_program_chooses_is_chosen_alone_whatever_keys_are_held(
    page: AccountsPage, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    table = page.table
    QTest.keyPress(page, key, held)
    assert QApplication.keyboardModifiers() == held
    for row in "bdb":
        assert table.choose(row)
        assert table.chosen == [row]
    QTest.keyRelease(page, key)
    assert QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier


def test_the_hand_adds_with_ctrl_and_reaches_with_shift_from_where_the_program_was(
    page: AccountsPage, qtbot: QtBot
) -> None:
    table = page.table
    table.choose("b")
    for row, held, chosen in (
        ("d", Qt.KeyboardModifier.ShiftModifier, ["b", "c", "d"]),
        ("c", Qt.KeyboardModifier.ControlModifier, ["b", "d"]),
        ("a", Qt.KeyboardModifier.NoModifier, ["a"]),
    ):
        position = table.rows.position_of(row)
        assert position is not None
        place = table.visualRect(table.rows.index(position, 0)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, held, place)
        assert table.chosen == chosen
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.chosen == ["a", "b"]
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert table.chosen == ["c"]
