"""Accounts that are dragged onto a worker: moved, and moved back."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.views.undo_offers import undo_by
from master.api.client import ApiError
from master.api.schema import Account, AssignmentPut


class AccountMoves(QObject):
    """``page`` shows that it works."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self.context, self._page = context, page

    def accounts(self, ids: list[str]) -> list[Account]:
        """Return those that are still there."""
        return [row for one in ids if (row := self.context.models.accounts.get(one)) is not None]

    def move_to(self, worker_id: str, ids: list[str]) -> None:
        """Rows were dropped on a worker."""
        rows = [row for row in self.accounts(ids) if row.worker_id != worker_id]
        if rows:
            working(self.context, self._page, self._move(worker_id, rows))

    async def _move(self, worker_id: str, rows: list[Account]) -> None:
        failed = await self._assign(rows, lambda _row: worker_id)
        moved = len(rows) - len(failed)
        done = self.tr("%n account(s) moved to {worker}", "", moved).format(worker=worker_id) if moved else ""
        if failed:
            self._complain([*failed, done], len(failed))
        else:
            self.offer.emit(done, "", "info", undo_by(self.context, self._page, lambda: self._assign_as_before(rows)))

    async def _assign_as_before(self, rows: list[Account]) -> None:
        """Give accounts back to the workers that had them; one that has none now is placed as any."""
        failed = await self._assign(rows, lambda row: row.pinned_to if row.pinned else row.worker_id)
        if failed:
            self._complain(failed, len(failed))

    async def _assign(self, rows: list[Account], wanted: Callable[[Account], str | None]) -> list[str]:
        """Assign each to the worker that is wanted for it; return what was refused, by name."""
        bridge = self.context.bridge
        failed: list[str] = []
        for row in rows:
            body = AssignmentPut(worker_id=wanted(row), pinned=row.pinned, pin_policy=row.pin_policy)
            try:
                await bridge.call(bridge.client.assign_account(row.id, body))
            except ApiError as error:
                failed.append(f"{row.name}: {self.context.wording.refusal(error)}")
        return failed

    def _complain(self, lines: list[str], count: int) -> None:
        self.notice.emit(self.tr("%n account(s) could not be moved", "", count), "\n".join(lines), "bad")
