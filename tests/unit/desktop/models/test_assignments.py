"""Assignments as rows: counted like people count."""

import pytest
from PySide6.QtCore import Qt

from desktop.dialogs.context import Context
from desktop.models.assignments import HeldTableModel
from tests.unit.desktop.fakes import make_account, make_worker

NAMES = ["feed 1", "feed 2", "feed 10"]


@pytest.mark.parametrize("column", [0, 1])
def test_accounts_stand_in_the_order_of_their_numbers(context: Context, column: int) -> None:
    rows = [make_account(f"x{number}", name=name) for number, name in enumerate(reversed(NAMES))]
    models = context.models
    for model in (models.accounts, models.assignments, HeldTableModel(context.wording)):
        model.replace_all(rows)
        model.sort(column, Qt.SortOrder.AscendingOrder)
        shown = [row.name for at in range(3) if (row := model.get(model.key_at(at) or "")) is not None]
        assert shown == NAMES


def test_workers_stand_in_the_order_of_their_numbers(context: Context) -> None:
    wanted = ["local-1", "local-2", "local-10"]
    context.models.workers.replace_all([make_worker(one) for one in reversed(wanted)])
    assert [row.worker_id for row in context.models.workers.ordered()] == wanted
