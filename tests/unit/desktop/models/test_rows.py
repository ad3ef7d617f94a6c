"""The base of the tables: one change, one row; settling moves rows; selections stay."""

import time
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from desktop.models.accounts import ACCOUNT, STATE, UNREAD, AccountTableModel
from desktop.models.rows import ObjectRole, SortRole, natural_key
from desktop.words import Wording
from tests.unit.desktop.fakes import make_account
from worker.protocol.states import AccountState


@pytest.fixture
def model(qapp: QApplication) -> AccountTableModel:
    model = AccountTableModel(Wording("en"))
    model.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    return model


def names(model: AccountTableModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_rows_are_sorted_and_found(model: AccountTableModel) -> None:
    model.replace_all([make_account("b"), make_account("a"), make_account("c")])
    assert names(model) == [f"{one}@northwind.example" for one in "abc"]
    assert model.key_at(1) == "b"
    assert model.position_of("c") == 2
    assert model.index(0, 0).data(ObjectRole).id == "a"
    assert model.index(0, UNREAD).data(SortRole) == 0
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Account"
    assert model.load_status.state == "ready"


def test_a_change_announces_its_row_alone(model: AccountTableModel) -> None:
    model.replace_all([make_account(str(number)) for number in range(5)])
    spy = QSignalSpy(model.dataChanged)
    model.upsert(make_account("3", unread=7))
    assert spy.count() == 1
    first, last = spy.at(0)[:2]
    assert (first.row(), last.row()) == (3, 3)
    assert model.index(3, UNREAD).data() == "7"


def test_a_row_that_must_move_waits_for_the_settling(model: AccountTableModel) -> None:
    model.replace_all([make_account("a"), make_account("b"), make_account("c")])
    kept = QPersistentModelIndex(model.index(0, 0))
    model.upsert(make_account("a", name="zebra"))
    assert names(model)[0] == "zebra"
    layout = QSignalSpy(model.layoutChanged)
    model.settle()
    assert names(model)[-1] == "zebra"
    assert layout.count() == 1
    assert kept.row() == 2
    model.settle()
    assert layout.count() == 1


def test_new_rows_come_at_the_end_until_they_settle(model: AccountTableModel) -> None:
    model.replace_all([make_account("b")])
    model.upsert(make_account("a"))
    assert model.rowCount() == 2
    assert model.key_at(1) == "a"
    model.settle()
    assert model.key_at(0) == "a"


def test_removing(model: AccountTableModel) -> None:
    model.replace_all([make_account("a"), make_account("b")])
    model.remove("a")
    model.remove("never there")
    assert names(model) == ["b@northwind.example"]
    assert model.position_of("b") == 0


def test_the_filter_hides_and_shows_again(model: AccountTableModel) -> None:
    model.replace_all([make_account("a", tags=["Work"]), make_account("b"), make_account("c", tags=["work"])])
    model.set_filter("WORK north")
    assert [model.key_at(row) for row in range(model.rowCount())] == ["a", "c"]
    model.upsert(make_account("a"))
    model.settle()
    assert [model.key_at(row) for row in range(model.rowCount())] == ["c"]
    assert model.total == 3
    model.set_filter("")
    assert model.rowCount() == 3


def test_a_filter_over_many_rows_resets(model: AccountTableModel) -> None:
    model.replace_all([make_account(f"{number:04}") for number in range(300)])
    model.set_filter("0007")
    assert model.rowCount() == 1
    model.set_filter("")
    assert model.rowCount() == 300


def test_sorting_by_state_brings_what_needs_a_person_to_the_top(model: AccountTableModel) -> None:
    model.replace_all([make_account("a"), make_account("b", state=AccountState.LOGIN_NEEDED)])
    model.sort(STATE)
    assert model.key_at(0) == "b"
    model.sort(STATE, Qt.SortOrder.DescendingOrder)
    assert model.key_at(0) == "a"
    model.sort(ACCOUNT)
    assert model.key_at(0) == "a"


def test_ten_thousand_accounts_with_three_hundred_changes_a_second(qapp: QApplication) -> None:
    model = AccountTableModel(Wording("en"))
    rows = {f"{number:05}": make_account(f"{number:05}") for number in range(10_000)}
    model.replace_all(rows.values())
    model.sort(UNREAD)

    def best(act: Any, times: int = 3) -> float:
        spent = []
        for _turn in range(times):
            begin = time.thread_time()
            act()
            spent.append(time.thread_time() - begin)
        return min(spent)

    def second_of_changes() -> None:
        for number in range(0, 9000, 30):
            key = f"{number:05}"
            rows[key] = msgspec.structs.replace(rows[key], unread=rows[key].unread + 1)
            model.upsert(rows[key])

    assert best(second_of_changes) < 0.05

    def settle() -> None:
        model._moved = True
        model.settle()

    assert best(settle) < 0.05
    model._timer.stop()


def test_no_row_has_children(model: AccountTableModel) -> None:
    model.replace_all([make_account("a")])
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


def test_numbers_in_names_are_counted() -> None:
    names = ["feed 10", "Feed 2", "feed 1", "feed 02b", "10", "9", "a" + "9" * 5000, "²"]
    assert sorted(names, key=natural_key) == [
        "9",
        "10",
        "a" + "9" * 5000,
        "feed 1",
        "Feed 2",
        "feed 02b",
        "feed 10",
        "²",
    ]
