"""The arrow of the sorted column stands beside its title, and points up where the rows ascend."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.models import accounts as columns
from desktop.views.tables import RowTable
from tests.unit.desktop.fakes import make_account, make_context

WIDE = 300


@pytest.fixture
def table(qtbot: QtBot, qapp: QApplication) -> RowTable:
    context: Any = make_context(qapp)
    context.models.accounts.replace_all([make_account("a1")])
    made = RowTable(context.models.accounts, context.theme)
    context.theme.dress(made)
    qtbot.addWidget(made)
    for column in range(made.rows.columnCount()):
        made.setColumnWidth(column, WIDE)
    made.resize(WIDE * made.rows.columnCount() + 2, 200)
    made.show()
    return made


def head(table: RowTable, column: int, order: Qt.SortOrder) -> QImage:
    """Return the picture of a title while the rows are sorted by its column."""
    table.sortByColumn(column, order)
    header = table.horizontalHeader()
    left = header.sectionViewportPosition(column)
    return header.grab().toImage().copy(left, 0, WIDE, header.height())


def inked(one: QImage, other: QImage) -> list[QPoint]:
    """Return where two pictures differ."""
    size = one.size()
    return [
        QPoint(x, y) for x in range(size.width()) for y in range(size.height()) if one.pixel(x, y) != other.pixel(x, y)
    ]


@pytest.mark.parametrize("column", [columns.ACCOUNT, columns.WORKER, columns.NEXT])
def test_the_arrow_stands_beside_the_title(table: RowTable, column: int) -> None:
    sorted_by_it = head(table, column, Qt.SortOrder.AscendingOrder)
    other = columns.STATE
    table.sortByColumn(other, Qt.SortOrder.AscendingOrder)
    header = table.horizontalHeader()
    plain = header.grab().toImage().copy(header.sectionViewportPosition(column), 0, WIDE, header.height())
    arrow = [point.x() for point in inked(sorted_by_it, plain)]
    title = header.fontMetrics().horizontalAdvance(str(table.rows.headerData(column, Qt.Orientation.Horizontal)))
    assert arrow, "there is an arrow"
    assert max(arrow) - min(arrow) < 12
    if column == columns.NEXT:
        assert WIDE - 2 * title - 60 < min(arrow)
    else:
        assert max(arrow) < 2 * title + 60


def test_it_points_up_where_rows_ascend(table: RowTable) -> None:
    up = head(table, columns.ACCOUNT, Qt.SortOrder.AscendingOrder)
    down = head(table, columns.ACCOUNT, Qt.SortOrder.DescendingOrder)
    differing = inked(up, down)
    middle = (min(point.x() for point in differing) + max(point.x() for point in differing)) // 2
    row = min(point.y() for point in differing)
    # The tip of the one that points up is above, in the middle; the other has its ends there.
    assert up.pixelColor(middle, row).alpha() > down.pixelColor(middle, row).alpha()
