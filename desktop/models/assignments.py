"""Who holds which account, since when and why: the assignments as a table over the accounts' rows."""

import json
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt

from desktop.models.accounts import URGENCY, now_ms
from desktop.models.rows import AnyIndex, Column, RowTableModel, natural_key
from desktop.models.takeovers import TakeOvers
from desktop.words import Wording
from master.api.schema import Account

ACCOUNT, WORKER, SINCE, WHY = range(4)
"""Columns."""
MIME = "application/x-watchkeeper-accounts"
"""Rows that are dragged: a JSON list of the accounts' ids."""


def dragged(data: QMimeData) -> list[str]:
    """Return the ids of the accounts that are dragged; empty for anything else."""
    if not data.hasFormat(MIME):
        return []
    return [str(one) for one in json.loads(bytes(data.data(MIME).data()))]


class AssignmentTableModel(RowTableModel[Account]):
    """One row an account; what no worker holds stands first when sorted by worker."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        self.wording = wording
        self.takeovers = TakeOvers()
        super().__init__([], parent)
        self.columns = [
            Column(title=self.tr("Account"), text=lambda row: row.name, sort=lambda row: natural_key(row.name)),
            Column(
                title=self.tr("Worker"),
                text=self._worker,
                sort=lambda row: (natural_key(row.worker_id or ""), natural_key(row.name)),
            ),
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

    def replace_all(self, rows: Iterable[Account]) -> None:
        """Show these, and note what was taken over."""
        rows = list(rows)
        for row in sorted(rows, key=lambda row: row.assigned_since_at or 0):
            self.takeovers.note(row)
        super().replace_all(rows)

    def upsert(self, row: Account) -> None:
        """Add or change one, and note whether it was taken over."""
        self.takeovers.note(row)
        super().upsert(row)

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

    # -- dragging

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Rows can be dragged."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Accounts."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the accounts of the rows."""
        keys = [key for row in sorted({index.row() for index in indexes}) if (key := self.key_at(row)) is not None]
        data = QMimeData()
        data.setData(MIME, json.dumps(keys).encode())
        return data


class HeldTableModel(RowTableModel[Account]):
    """The accounts of one worker: name, state, since when, why."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__([], parent)
        self._wording = wording
        self.columns = [
            Column(title=self.tr("Account"), text=lambda row: row.name, sort=lambda row: natural_key(row.name)),
            Column(
                title=self.tr("State"),
                text=lambda row: wording.account_face(row).word,
                sort=lambda row: (URGENCY[row.state], natural_key(row.name)),
            ),
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
        """Its name."""
        return row.name.casefold()

    def show(self, rows: list[Account]) -> None:
        """Show these rows; what is the same stays untouched."""
        if not self.total:
            self.replace_all(rows)
            return
        wanted = {row.id: row for row in rows}
        for gone in [row.id for row in self.values() if row.id not in wanted]:
            self.remove(gone)
        for row in rows:
            if self.get(row.id) is not row:
                self.upsert(row)

    def tool_tip(self, row: Account, column: int) -> str:
        """The whole moment, the whole reason."""
        if column == SINCE:
            return self._wording.moment(row.assigned_since_at) if row.assigned_since_at else ""
        if column == WORKER:
            return self._wording.say(row.state_reason)
        return self._wording.say(row.assignment_reason) if column == WHY else ""
