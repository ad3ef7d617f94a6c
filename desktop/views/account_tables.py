"""The table of accounts: how each column is drawn."""

from PySide6.QtWidgets import QWidget

from desktop.delegates.accounts import AccountDelegate
from desktop.delegates.ages import AgeDelegate
from desktop.delegates.heartbeats import HeartbeatDelegate
from desktop.delegates.states import StateDelegate
from desktop.dialogs.context import Context
from desktop.models import accounts as columns
from desktop.models.accounts import now_ms
from desktop.views.grouped_tables import GroupedTable
from master.api.schema import Beat

NARROW = 900
"""Below this width two columns give way."""


class AccountTable(GroupedTable):
    """Accounts under the heads of their groups."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        model = context.models.accounts
        super().__init__(model, context.theme, parent)
        self._wording = wording = context.wording
        theme = context.theme
        self.setAccessibleName(self.tr("Accounts"))
        delegates = {
            columns.ACCOUNT: AccountDelegate(theme, model.badge, self),
            columns.STATE: StateDelegate(theme, wording.account_face, self),
            columns.BEATS: HeartbeatDelegate(
                theme,
                lambda row: model.beats.levels(row.id),
                lambda row: model.beats.beats(row.id),
                self._beat_words,
                self,
            ),
            columns.CHECKED: AgeDelegate(theme, lambda row: wording.ago(row.last_checked_at, now_ms()), self),
            columns.NEXT: AgeDelegate(theme, lambda row: model.next_words(row, now_ms()), self),
        }
        for column, delegate in delegates.items():
            self.setItemDelegateForColumn(column, delegate)
        self.set_widths([240, 130, 200, 80, 76, 108, 68], columns.ACCOUNT)

    def make_room(self, width: int) -> None:
        """In a page so narrow the name is worth more than worker and age."""
        for column in (columns.WORKER, columns.CHECKED):
            self.setColumnHidden(column, width < NARROW)

    def _beat_words(self, beat: Beat) -> str:
        words = {
            "ok": self.tr("succeeded"),
            "warn": self.tr("could not reach the server"),
            "bad": self.tr("failed"),
            "idle": self.tr("no check"),
        }
        duration = self.tr("{count} ms").format(count=self._wording.number(beat.ms))
        return f"{self._wording.moment(beat.at)}\n{words.get(beat.level, beat.level)} · {duration}"
