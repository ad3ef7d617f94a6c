"""The history of one account: the states that it was in, how long and why, and how its checks went."""

from PySide6.QtWidgets import QFrame, QHeaderView, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.delegates.states import StateDelegate
from desktop.dialogs.base import MAX_WIDTH, BaseDialog
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.tables import Row, SmallTableModel
from master.api.account_statistics import AccountStateRow, AccountStatistics, CheckCounts
from master.api.client import ApiError
from master.api.schema import Account

STATE, SINCE, LASTED, WHY = range(4)
MOST = 200
HEIGHT = 320


class AccountHistoryDialog(BaseDialog):
    """Newest first."""

    usual_width = MAX_WIDTH

    def __init__(self, context: Context, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("History of {name}").format(name=account.name), parent)
        self._account = account
        self.figures = PlainLabel(self)
        self.figures.setWordWrap(True)
        self.body.addWidget(self.figures)
        titles = (self.tr("State"), self.tr("Since"), self.tr("For"), self.tr("Why"))
        self.states = SmallTableModel(titles, frozenset(), self)
        self.table = plain_table(self.states, context.theme, self)
        self.table.setAccessibleName(self.tr("States"))
        self.table.setItemDelegateForColumn(
            STATE, StateDelegate(context.theme, lambda row: context.wording.state_face(row.state), self.table)
        )
        self.table.setItemDelegateForColumn(WHY, CellDelegate(context.theme, self.table, muted=True))
        for column, width in ((STATE, 132), (SINCE, 148), (LASTED, 72)):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setSectionResizeMode(WHY, QHeaderView.ResizeMode.Stretch)
        self.table.setFixedHeight(HEIGHT)
        card = QFrame(self)
        card.setProperty("kind", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.table)
        self.body.addWidget(card)
        self.body.addStretch(1)
        close = self.add_button(self.tr("Close"), busy=False)
        close.clicked.connect(self.accept)
        self.load()

    def load(self) -> None:
        """Ask the master, for the first time or again."""
        self.start(self._load())

    def on_refused(self, error: ApiError) -> None:
        """Nothing was typed here: what can be done is to ask again."""
        self.show_problem(self.context.wording.refusal(error), self.load)

    async def _load(self) -> None:
        bridge, account_id = self.context.bridge, self._account.id
        page = await bridge.call(bridge.client.account_states(account_id, limit=MOST))
        if not self.gone:
            self.states.show([self._row(row) for row in page.rows])
        stats: AccountStatistics = await bridge.call(bridge.client.account_stats())
        rate = next((row for row in stats.accounts if row.account_id == account_id), None)
        if not self.gone and rate is not None:
            day = self._rate(self.tr("24 hours"), rate.day)
            self.figures.setText("\n".join([day, self._rate(self.tr("7 days"), rate.week)]))

    def _row(self, row: AccountStateRow) -> Row:
        wording = self.context.wording
        lasted = ((row.until_at or now_ms()) - row.since_at) / 1000
        why = wording.say(row.reason)
        texts = (
            wording.account_state(row.state),
            wording.minute(row.since_at),
            wording.span(max(0.0, lasted)),
            why,
        )
        tip = "\n".join(part for part in (why, wording.moment(row.since_at)) if part)
        return Row(texts, row, tip)

    def _rate(self, span: str, counts: CheckCounts) -> str:
        number = self.context.wording.number
        if counts.success_rate is None:
            return self.tr("{span}: no check that says something").format(span=span)
        percent = 100 * counts.success_rate
        words = self.tr("{span}: {percent} % of {count} checks succeeded").format(
            span=span, percent=number(percent, 0 if percent == round(percent) else 1), count=number(counts.total)
        )
        aside = counts.network + counts.rate_limited
        if aside:
            words += self.tr(" (network and rate limits aside: {count})").format(count=number(aside))
        return words
