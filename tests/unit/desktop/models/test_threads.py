"""Conversations in their order: one with a newer item moves up, and stays what it is."""

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from desktop.models.threads import ThreadListModel
from master.api.item_threads import ThreadFilter
from tests.unit.desktop.fakes import make_item
from tests.unit.desktop.inbox_fakes import make_talk
from worker.protocol.states import ItemKind


@pytest.fixture
def model(qapp: QApplication) -> ThreadListModel:
    model = ThreadListModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.replace_all([make_talk(number, thread=f"t{number}") for number in (9, 7, 5, 3)], "c")
    return model


def ids(model: ThreadListModel) -> list[int]:
    rows = [model.at(position) for position in range(model.rowCount())]
    return [row.last_id for row in rows if row is not None]


def test_a_newer_item_moves_its_conversation_up(model: ThreadListModel) -> None:
    kept = QPersistentModelIndex(model.index(2))
    model.put(make_talk(11, thread="t5", count=4))
    assert ids(model) == [11, 9, 7, 3]
    assert kept.row() == 0
    model.put(make_talk(8, thread="t3"))
    assert ids(model) == [11, 9, 8, 7]
    model.put(make_talk(12, thread="t5"))
    assert ids(model) == [12, 9, 8, 7]
    assert model.position_of(11) is None
    assert [model.position_of(number) for number in (12, 9, 8, 7)] == [0, 1, 2, 3]


def test_an_item_is_taken_in_once(model: ThreadListModel) -> None:
    model.take_item(make_item(20, thread="t7", text="x" * 900, author="Lea"))
    model.take_item(make_item(20, thread="t7"))
    model.take_item(make_item(6, thread="t7"))
    model.take_item(make_item(21, thread=""))
    row = model.at(0)
    assert row is not None
    assert (row.count, row.unread, len(row.excerpt), row.author) == (4, 2, 200, "Lea")
    assert ids(model) == [20, 9, 5, 3]


def test_what_does_not_fit_stays_out_and_a_page_brings_nothing_twice(model: ThreadListModel) -> None:
    model.filter = ThreadFilter(kind=ItemKind.DIRECT_MESSAGE, account_id="a1", unread=True)
    model.take_item(make_item(30, thread="new", kind=ItemKind.MAIL))
    model.take_item(make_item(31, thread="new", kind=ItemKind.DIRECT_MESSAGE, account_id="a2"))
    model.take_item(make_item(32, thread="new", kind=ItemKind.DIRECT_MESSAGE, read=True))
    assert ids(model) == [9, 7, 5, 3]
    model.put(make_talk(12, thread="t3"))
    model.append_page([make_talk(3, thread="t3"), make_talk(2, thread="t2")], None)
    assert ids(model) == [12, 9, 7, 5, 2]


def test_read_marks_and_deleted_accounts(model: ThreadListModel) -> None:
    model.put(make_talk(7, thread="t7", unread=0))
    assert "unread" not in model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "1 unread" in model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    model.put(make_talk(40, account_id="a2", thread="x"))
    model.forget_account("a1")
    assert ids(model) == [40]
