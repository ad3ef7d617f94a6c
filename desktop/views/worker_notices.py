"""What stands in place of cards or assignments that are not there, and why."""

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.views.list_panes import Words


class WorkerNotices(QObject):
    """In the language of the window; None where there is something to show."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def of_cards(self, *, searched: bool, shown: bool) -> Words | None:
        """Say that no worker fits what is ``searched``."""
        if not searched or shown:
            return None
        return "search", self.tr("No worker fits this search"), "", self.tr("Clear the search")

    def of_assignments(self) -> Words | None:
        """Say why there is no account."""
        rows = self._context.models.assignments
        if rows.load_status.state == "failed":
            return "warning", self.tr("This could not be loaded"), rows.load_status.message, self.tr("Try again")
        if rows.load_status.state != "ready" or rows.rowCount():
            return None
        if rows.total:
            return "search", self.tr("No account fits this search"), "", self.tr("Clear the search")
        words = self.tr("Add one, and a worker takes it at once.")
        return "accounts", self.tr("No account is watched yet"), words, self.tr("Add account")
