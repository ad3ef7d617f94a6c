"""Rows of the left pane: groups with their accounts, counts that change in place."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from desktop.models import scopes
from desktop.models.accounts import Badge
from desktop.models.rows import ObjectRole
from desktop.models.scopes import Member, Scope, ScopeListModel, account_rows

BADGE = Badge("I", "#d9455f", "Mailbox")


def member(name: str, group: str = "", unread: int = 0) -> Member:
    return Member(name, name, BADGE, unread, group)


def test_groups_stand_in_their_order_and_accounts_as_people_count() -> None:
    members = [member("feed 10", "g2", 1), member("feed 9", "g2", 2), member("alone"), member("lost", "deleted", 5)]
    rows = account_rows(members, [("g2", "Watching"), ("g1", "Empty")], "Without a group")
    assert [(row.sort, row.title, row.unread, row.indent) for row in rows] == [
        (scopes.GROUP, "Watching", 3, 0),
        (scopes.ACCOUNT, "feed 9", 2, 1),
        (scopes.ACCOUNT, "feed 10", 1, 1),
        (scopes.GROUP, "Empty", 0, 0),
        (scopes.HEADING, "Without a group", 0, 0),
        (scopes.ACCOUNT, "alone", 0, 0),
        (scopes.ACCOUNT, "lost", 5, 0),
    ]
    assert account_rows([], [], "x") == []


def test_counts_change_in_place_and_other_rows_are_a_reset(qapp: QApplication) -> None:
    model = ScopeListModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    rows = [Scope(scopes.ALL, "All"), Scope(scopes.HEADING, "Accounts", "accounts"), Scope(scopes.ACCOUNT, "a", "a1")]
    resets: list[int] = []
    changed: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda first, _last, _roles: changed.append(first.row()))
    model.show(rows)
    model.show([*rows[:2], rows[2]._replace(unread=3)])
    model.count("account:a1", 2)
    model.count("account:gone", 2)
    model.count("account:a1", 0)
    assert (resets, changed) == ([1], [2, 2])
    row = model.at(2)
    assert row is not None
    assert row.unread == 5
    assert model.index(2).data(ObjectRole) == row
    assert "5 unread" in model.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert not model.flags(model.index(1)) & Qt.ItemFlag.ItemIsSelectable
    assert model.flags(model.index(0)) & Qt.ItemFlag.ItemIsSelectable
    assert model.position_of("heading:accounts") == 1
    model.show(rows[:1])
    assert resets == [1, 1]
    assert model.at(5) is None
