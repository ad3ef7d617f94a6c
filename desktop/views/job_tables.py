"""The table of jobs: how each column is drawn."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.delegates.ages import AgeDelegate
from desktop.delegates.badges import BadgeDelegate
from desktop.delegates.cells import CellDelegate
from desktop.delegates.states import StateDelegate
from desktop.dialogs.context import Context
from desktop.models import jobs as columns
from desktop.models.accounts import now_ms
from desktop.views.tables import RowTable


class JobTable(RowTable):
    """The newest on top."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        model, theme = context.models.jobs, context.theme
        words = model.words
        super().__init__(model, theme, parent)
        self.setAccessibleName(self.tr("Jobs"))
        self.setItemDelegateForColumn(columns.STATE, StateDelegate(theme, words.face, self))
        self.setItemDelegateForColumn(columns.NAME, BadgeDelegate(theme, model.badge, self))
        for column in (columns.RUNNER, columns.RESULT):
            self.setItemDelegateForColumn(column, CellDelegate(theme, self, muted=True))
        self.setItemDelegateForColumn(
            columns.DURATION, AgeDelegate(theme, lambda row: words.duration(row, now_ms()), self)
        )
        self.set_widths([118, 240, 120, 92, 92, 104, 160], columns.NAME)
        self.sortByColumn(columns.SUBMITTED, Qt.SortOrder.DescendingOrder)
