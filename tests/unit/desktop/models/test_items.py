"""Items: pages, arrivals that fit the filter, read marks."""

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.models.items import ItemListModel
from desktop.models.rows import ObjectRole
from master.api.events import ItemsRead
from master.api.schema import ItemFilter
from tests.unit.desktop.fakes import NOW, make_item
from worker.protocol.states import ItemKind


@pytest.fixture
def model(qapp: QApplication) -> ItemListModel:
    model = ItemListModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.replace_all([make_item(5), make_item(4, account_id="a2")], "next")
    return model


def ids(model: ItemListModel) -> list[int]:
    return [model.index(row).data(ObjectRole).id for row in range(model.rowCount())]


def test_new_items_stand_on_top_once(model: ItemListModel) -> None:
    model.add(make_item(7))
    model.add(make_item(6))
    model.add(make_item(7))
    assert ids(model) == [7, 6, 5, 4]


def test_what_does_not_fit_the_filter_stays_out(model: ItemListModel) -> None:
    model.filter = ItemFilter(unread=True, account_id="a1", kind=ItemKind.MAIL, since=NOW - 5)
    model.add(make_item(8, account_id="a2"))
    model.add(make_item(80, read=True))
    model.add(make_item(9, kind=ItemKind.ENTRY))
    model.add(make_item(10, detected_at=NOW - 6))
    model.add(make_item(8))
    assert ids(model) == [8, 5, 4]


def test_the_end_asks_for_the_next_page_once(qapp: QApplication, qtbot: QtBot) -> None:
    model = ItemListModel()
    model.replace_all([make_item(5), make_item(4)], "next")
    root = model.index(-1)
    assert model.canFetchMore(root)
    with qtbot.waitSignal(model.more_wanted):
        model.fetchMore(root)
    assert not model.canFetchMore(root)
    model.append_page([make_item(4), make_item(3)], None)
    assert ids(model) == [5, 4, 3]
    assert not model.canFetchMore(root)


def test_a_page_that_failed_may_be_asked_for_again(model: ItemListModel) -> None:
    root = model.index(-1)
    model.fetchMore(root)
    model.page_failed()
    assert model.canFetchMore(root)


@pytest.mark.parametrize(
    ("event", "read"),
    [
        (ItemsRead(ids=[5], read=True), {5}),
        (ItemsRead(ids=[], read=True), {5, 4}),
        (ItemsRead(ids=[], read=True, account_id="a2"), {4}),
        (ItemsRead(ids=[], read=True, until_id=4), {4}),
    ],
)
def test_read_marks(model: ItemListModel, event: ItemsRead, read: set[int]) -> None:
    model.apply_read(event)
    assert {item for row, item in enumerate(ids(model)) if model.index(row).data(ObjectRole).read} == read


def test_items_of_a_deleted_account_leave(model: ItemListModel) -> None:
    model.forget_account("a2")
    assert ids(model) == [5]
    assert model.position_of(5) == 0
    assert model.at(1) is None
