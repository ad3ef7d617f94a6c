"""Long lists: pages asked for ahead, nothing jumps, the chosen row stays chosen; keys."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.delegates.cells import CellDelegate
from desktop.dialogs.context import Context
from desktop.models.items import ItemListModel
from desktop.views.entry_lists import EntryList
from tests.unit.desktop.fakes import make_item

HEIGHT = 76


@pytest.fixture
def model() -> ItemListModel:
    model = ItemListModel()
    model.replace_all([make_item(number) for number in range(1000, 0, -1)], None)
    return model


@pytest.fixture
def view(model: ItemListModel, context: Context, qtbot: QtBot) -> EntryList:
    view = EntryList(model, CellDelegate(context.theme), HEIGHT)
    qtbot.addWidget(view)
    view.resize(300, 400)
    view.show()
    return view


def top(view: EntryList) -> int:
    row = view.entries.at(view.rowAt(2))
    assert row is not None
    return int(row.id)


def test_what_arrives_above_moves_nothing_that_is_looked_at(view: EntryList, model: ItemListModel) -> None:
    view.verticalScrollBar().setValue(20 * HEIGHT)
    assert top(view) == 980
    for number in (1001, 1002, 1003):
        model.add(make_item(number))
    assert top(view) == 980
    assert view.fresh == 3
    assert (view.pill.isVisible(), view.pill.text()) == (True, "↑ 3 new")
    model.remove_at([0])
    assert top(view) == 980
    view.pill.click()
    assert (top(view), view.fresh, view.pill.isVisible()) == (1002, 0, False)


def test_at_the_top_new_rows_are_seen_at_once(view: EntryList, model: ItemListModel) -> None:
    model.add(make_item(1001))
    assert (top(view), view.fresh) == (1001, 0)


def test_at_the_top_nothing_moves_away_from_what_is_read(view: EntryList, model: ItemListModel) -> None:
    view.step(1)
    model.add(make_item(1001))
    model.add(make_item(1002))
    assert (top(view), view.fresh) == (1000, 2)
    view.pill.click()
    assert top(view) == 1002


def test_a_list_that_has_room_shows_what_is_new(view: EntryList, model: ItemListModel) -> None:
    model.replace_all([make_item(2), make_item(1)], None)
    view.step(1)
    model.add(make_item(3))
    assert (view.fresh, view.pill.isVisible(), top(view)) == (0, False, 3)


def test_the_next_page_is_asked_for_before_the_end(view: EntryList, model: ItemListModel, qtbot: QtBot) -> None:
    model.next_cursor = "c"
    bar = view.verticalScrollBar()
    with qtbot.assertNotEmitted(model.more_wanted):
        bar.setValue(500 * HEIGHT)
    with qtbot.waitSignal(model.more_wanted):
        bar.setValue(950 * HEIGHT)
    model.append_page([make_item(-1)], None)
    assert bar.value() == 950 * HEIGHT


def test_the_focus_alone_chooses_nothing(view: EntryList, qtbot: QtBot) -> None:
    chosen: list[int] = []
    view.chosen.connect(lambda row: chosen.append(row.id))
    view.setFocus()
    qtbot.waitUntil(lambda: view.hasFocus())
    assert (chosen, view.row) == ([], None)
    assert view.step(1)
    assert chosen == [1000]


def test_keys(view: EntryList, model: ItemListModel, qtbot: QtBot) -> None:
    chosen: list[int] = []
    pages: list[int] = []
    opened: list[bool] = []
    view.chosen.connect(lambda row: chosen.append(row.id))
    view.paged.connect(pages.append)
    view.opened.connect(lambda: opened.append(True))
    assert view.choose(999)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert not view.step(1)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen == [999, 998, 1, 1000]
    assert (pages, opened) == ([1, -1], [True])
    assert not view.choose(5000)


def test_a_reload_keeps_what_is_chosen(view: EntryList, model: ItemListModel) -> None:
    view.choose(990)
    model.replace_all([make_item(number) for number in range(1005, 0, -1)], None)
    assert view.row == make_item(990)
    model.replace_all([make_item(1)], None)
    assert view.row is None
    view.forget()
    model.replace_all([make_item(990)], None)
    assert view.row is None
