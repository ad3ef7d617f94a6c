"""Accounts under their groups: heads that are seen and never chosen, in any order, through every change."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.accounts import AccountsPage
from master.api.groups import Group
from master.api.inheritance import Inheritable
from master.api.rules import QuietPlan, QuietWindow
from tests.unit.desktop.fakes import NOW, make_account


def make_group(group_id: str, position: int, **settings: Any) -> Group:
    return Group(
        id=group_id, name=group_id.title(), color="", notes="", position=position, settings=Inheritable(**settings),
        accounts=1, created_at=NOW, version=1,
    )  # fmt: skip


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> AccountsPage:
    quiet = QuietPlan(windows=[QuietWindow(start="22:00", end="08:00")])
    support = make_group("support", 0, interval_seconds=30, quiet_hours=quiet)
    inbox = context.models.inbox
    inbox.groups = {"watching": make_group("watching", 1), "support": support, "empty": make_group("empty", 2)}
    rows = [
        make_account("a", group_id="watching"),
        make_account("b", group_id="support"),
        make_account("c"),
        make_account("d", group_id="support"),
    ]
    context.models.accounts.replace_all(rows)
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


def lines(page: AccountsPage) -> list[str]:
    model = page.model
    found = []
    for position in range(model.rowCount()):
        head = model.head_at(position)
        found.append(f"= {head.words}" if head is not None else model.key_at(position) or "")
    return found


def test_rows_stand_under_their_groups_however_they_are_sorted(page: AccountsPage) -> None:
    support = "= Support · every 30 s · quiet 22:00–08:00"
    assert lines(page) == [support, "b", "d", "= Watching", "a", "= In no group", "c"]
    page.model.sort(0, Qt.SortOrder.DescendingOrder)
    assert lines(page) == [support, "d", "b", "= Watching", "a", "= In no group", "c"]
    assert (page.model.shown, page.model.total) == (4, 4)


def test_a_head_is_low_wide_and_cannot_be_chosen(page: AccountsPage, qtbot: QtBot) -> None:
    table = page.table
    qtbot.waitUntil(lambda: table.rowHeight(0) == 28)
    assert [table.rowHeight(row) for row in range(4)] == [28, 40, 40, 28]
    assert [table.columnSpan(row, 0) for row in range(4)] == [7, 1, 1, 7]
    table.selectAll()
    assert sorted(row.id for row in page.chosen()) == ["a", "b", "c", "d"]
    table.choose("d")
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert [row.id for row in page.chosen()] == ["a"], "the head between them is passed over"
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert [row.id for row in page.chosen()] == ["d"]
    qtbot.keyClick(table, Qt.Key.Key_Up)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert [row.id for row in page.chosen()] == ["b"], "above the first row stands a head"
    qtbot.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert [row.id for row in page.chosen()] == ["b"]
    assert not page.grab().isNull(), "every cell can be drawn"


def test_what_moves_takes_its_head_along(page: AccountsPage, context: Context, qtbot: QtBot) -> None:
    model = page.model
    page.choose("a")
    model.upsert(make_account("a", group_id="support"))
    model.settle()
    assert [line for line in lines(page) if "Watching" in line] == []
    assert [row.id for row in page.chosen()] == ["a"], "the choice stays with its row"
    model.remove("c")
    model.settle()
    assert lines(page)[-1] == "d"
    qtbot.waitUntil(lambda: page.table.rowHeight(3) == 40)
    inbox = context.models.inbox
    inbox.groups["support"] = make_group("support", 0)
    inbox.groups_changed.emit()
    assert lines(page)[0] == "= Support"


def test_a_search_finds_groups_and_leaves_their_heads(page: AccountsPage) -> None:
    page.on_search("watching")
    assert lines(page) == ["= Watching", "a"]
    assert "1 of 4 shown" in page._sentence.text()
    page.on_search("nothing like it")
    assert page.is_empty()


def test_groups_can_be_left_out(page: AccountsPage, context: Context) -> None:
    page.by_group.setChecked(False)
    assert lines(page) == ["a", "b", "c", "d"]
    assert not context.settings.values.group_accounts
    assert [page.table.columnSpan(row, 0) for row in range(4)] == [1, 1, 1, 1]
