"""Rows that are chosen are copied whole; what is hidden is not, and none is no copy."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.delegates.copied_rows import rows_text
from desktop.delegates.hovered_rows import is_hovered
from desktop.delegates.plain_tables import PlainTable, plain_table
from desktop.models.tables import Row, SmallTableModel
from desktop.theme import Theme
from desktop.views.tables import RowTable
from tests.unit.desktop.fakes import make_account, make_context


@pytest.fixture
def table(qtbot: QtBot, qapp: QApplication) -> PlainTable:
    model = SmallTableModel(("Name", "State", "Since"), frozenset(), qapp)
    model.show([Row(("Office", "up", "14:13")), Row(("Home", "down\nsince noon", "12:00"))])
    made = plain_table(model, Theme(qapp, "light"))
    assert isinstance(made, PlainTable)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_chosen_row_is_copied_with_the_columns_that_are_seen(table: PlainTable, qtbot: QtBot) -> None:
    table.setColumnHidden(2, True)
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Home\tdown since noon"


def test_no_chosen_row_leaves_the_clipboard_alone(table: PlainTable, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("before")
    table.clearSelection()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"
    assert rows_text(table) == ""


@pytest.fixture
def accounts(qtbot: QtBot, qapp: QApplication) -> RowTable:
    context: Any = make_context(qapp)
    model = context.models.accounts
    model.replace_all([make_account(f"a{number}") for number in range(20)])
    made = RowTable(model, context.theme)
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    return made


def test_all_rows_are_copied_in_the_order_shown(accounts: RowTable, qtbot: QtBot) -> None:
    qtbot.keyClick(accounts, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(accounts, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines] == [f"a{number}@northwind.example" for number in range(20)]


def test_a_chosen_row_stays_seen_when_its_details_take_the_room(accounts: RowTable, qapp: QApplication) -> None:
    accounts.choose("a9")
    before = accounts.visualRect(accounts.currentIndex())
    assert before.top() > 200
    accounts.resize(600, 200)
    qapp.processEvents()
    after = accounts.visualRect(accounts.currentIndex())
    assert after.top() >= 0
    assert after.bottom() <= accounts.viewport().height()


def test_the_row_under_the_pointer_is_marked_until_the_pointer_leaves(accounts: RowTable, qapp: QApplication) -> None:
    accounts.entered.emit(accounts.rows.index(3, 0))
    assert [row for row in range(20) if is_hovered(accounts, row)] == [3]
    accounts.entered.emit(accounts.rows.index(4, 2))
    assert [row for row in range(20) if is_hovered(accounts, row)] == [4]
    spot = QPointF(1, 1)
    QApplication.sendEvent(accounts, QEnterEvent(spot, spot, spot))
    QApplication.sendEvent(accounts, QEvent(QEvent.Type.Leave))
    assert not any(is_hovered(accounts, row) for row in range(20))
