"""What the last start found and repaired, kind by kind."""

from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from master.api.schema import Recovery


class RecoveryDialog(BaseDialog):
    """A line a kind: how many were looked at, and what became of them."""

    def __init__(self, context: Context, report: Recovery, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("The last start"), parent)
        number, wording = context.wording.number, context.wording
        before = (
            self.tr("Started at {time}. The master before stopped in order.")
            if report.clean
            else self.tr("Started at {time}. The master before ended without warning.")
        )
        words = PlainLabel(before.format(time=wording.moment(report.at)), self)
        words.setWordWrap(True)
        self.body.addWidget(words)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, repair in enumerate(report.repairs):
            counts = self.tr("{repaired} of {examined}").format(
                repaired=number(repair.repaired), examined=number(repair.examined)
            )
            count = PlainLabel(counts, self)
            count.setProperty("kind", "strong" if repair.repaired else "muted")
            said = PlainLabel(wording.say(repair.text), self)
            said.setWordWrap(True)
            said.setProperty("kind", "" if repair.repaired else "muted")
            grid.addWidget(count, row, 0)
            grid.addWidget(said, row, 1)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        close = self.add_button(self.tr("Close"))
        close.clicked.connect(self.accept)
        self.fit()
