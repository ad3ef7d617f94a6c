"""Who holds which account, since when and why: the assignments as a table over the accounts' rows."""

from PySide6.QtCore import QObject

from desktop.models.accounts import now_ms
from desktop.models.rows import Column, RowTableModel
from desktop.words import Wording
from master.api.schema import Account

ACCOUNT, WORKER, SINCE, WHY = range(4)
"""Columns."""


class AssignmentTableModel(RowTableModel[Account]):
    """One row an account; what no worker holds stands first when sorted by worker."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        self.wording = wording
        super().__init__([], parent)
        self.columns = [
            Column(title=self.tr("Account"), text=lambda row: row.name, sort=lambda row: row.name.casefold()),
            Column(title=self.tr("Worker"), text=self._worker, sort=lambda row: (row.worker_id or "", row.name)),
            Column(
                title=self.tr("Since"),
                text=lambda row: wording.clock(row.assigned_since_at, now_ms()) if row.assigned_since_at else "–",
                sort=lambda row: row.assigned_since_at or 0,
            ),
            Column(title=self.tr("Why"), text=lambda row: wording.say(row.assignment_reason)),
        ]

    def key_of(self, row: Account) -> str:
        """The account's id."""
        return row.id

    def search_text(self, row: Account) -> str:
        """Account, worker and reason."""
        return "\n".join((row.name, row.worker_id or "", self.wording.say(row.assignment_reason))).casefold()

    def _worker(self, row: Account) -> str:
        if row.worker_id is None:
            return self.tr("Unassigned")
        return (
            self.tr("{worker} (pinned)").format(worker=row.worker_id)
            if row.pinned_to == row.worker_id
            else row.worker_id
        )

    def tool_tip(self, row: Account, column: int) -> str:
        """The whole moment, the whole reason."""
        if column == SINCE:
            return self.wording.moment(row.assigned_since_at) if row.assigned_since_at else ""
        return self.wording.say(row.assignment_reason) if column == WHY else ""
