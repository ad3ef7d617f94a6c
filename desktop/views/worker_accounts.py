"""The accounts that one worker holds."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.states import StateDelegate
from desktop.dialogs.context import Context
from desktop.models.assignments import HeldTableModel
from desktop.views.tables import RowTable
from desktop.views.worker_tabs import WorkerTab

ACCOUNT, STATE, SINCE, WHY = range(4)


class AccountsTab(WorkerTab):
    """Follows the accounts' rows while it is seen; Enter or a double click opens one."""

    account_wanted = Signal(str)
    assignments_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = HeldTableModel(context.wording, self)
        self.table = RowTable(self.model, context.theme, self.content)
        self.table.setAccessibleName(self.tr("Accounts of this worker"))
        self.table.setItemDelegateForColumn(
            STATE, StateDelegate(context.theme, context.wording.account_face, self.table)
        )
        self.table.setItemDelegateForColumn(WHY, CellDelegate(context.theme, self.table, muted=True))
        self.table.set_widths([280, 140, 90, 200], WHY)
        self.table.set_compact(True)
        self.table.opened.connect(self.account_wanted)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        context.models.assignments.settled.connect(self._on_settled)

    def clear(self) -> None:
        """No rows."""
        self.model.replace_all([])

    async def load(self, worker_id: str) -> None:
        """Take the rows that are there."""
        self._show()

    def _on_settled(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        rows = self.context.models.accounts.values()
        self.model.show([row for row in rows if row.worker_id == self.worker_id])
        step = self.tr("Open the assignments"), self.assignments_wanted.emit
        self.say("" if self.model.total else self.tr("It holds no account."), step=step)
