"""Even the workers out: every move with its reason before anything happens."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from master.api.client import ApiError
from master.api.schema import Rebalance, RebalanceReport

MOST = 200
"""Moves that are listed; the others are counted."""


class RebalanceDialog(BaseDialog):
    """Asks the master for a preview as soon as it is opened; the button does exactly that kind of round."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("Even the workers out"), parent)
        self.report: RebalanceReport | None = None
        self._sentence = self._label(self.tr("Looking at what would move…"), "muted")
        self.body.addWidget(self._sentence)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)
        self._close_button = self.add_cancel()
        self.move_button = self.add_button(self.tr("Move"), kind="primary")
        self.move_button.setEnabled(False)
        self.move_button.clicked.connect(lambda _checked=False: self.start(self._move()))
        working(self.context, self, self._preview())
        self.fit()

    @property
    def words(self) -> str:
        """The sentence above the moves."""
        return self._sentence.text()

    def _label(self, words: str, kind: str = "") -> PlainLabel:
        label = PlainLabel(words, self)
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        return label

    async def _preview(self) -> None:
        bridge = self.context.bridge
        try:
            report = await bridge.call(bridge.client.rebalance(Rebalance(dry_run=True)))
        except ApiError as error:
            if not self.gone:
                self._sentence.hide()
                self.on_refused(error)
            return
        if not self.gone:
            self._show(report)

    def _show(self, report: RebalanceReport) -> None:
        self.report = report
        count = len(report.moves)
        if not count:
            self._sentence.setText(self.tr("The workers are even. Nothing would move."))
            self.move_button.hide()
            self._close_button.setText(self.tr("Close"))
            self.fit()
            return
        self._sentence.setText(self.tr("%n account(s) would move.", "", count))
        self.move_button.setText(self.tr("Move %n account(s)", "", count))
        self.move_button.setEnabled(True)
        say, number = self.context.wording.say, self.context.wording.number
        row = 0
        for move in report.moves[:MOST]:
            self._grid.addWidget(self._label(move.name, "strong"), row, 0)
            way = self._label(
                self.tr("{before} → {after}").format(before=move.from_worker or "–", after=move.to_worker)
            )
            way.setWordWrap(False)
            self._grid.addWidget(way, row, 1, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(self._label(say(move.reason), "small"), row + 1, 0, 1, 2)
            row += 2
        if count > MOST:
            self._grid.addWidget(self._label(self.tr("and %n more", "", count - MOST), "muted"), row, 0, 1, 2)
            row += 1
        heading = self._label(self.tr("Accounts of each worker, before and after"), "label")
        heading.setContentsMargins(0, 12, 0, 0)
        self._grid.addWidget(heading, row, 0, 1, 2)
        for worker_id in sorted(report.after, key=str.casefold):
            row += 1
            self._grid.addWidget(self._label(worker_id), row, 0)
            figures = self.tr("{before} → {after}").format(
                before=number(report.before.get(worker_id, 0)), after=number(report.after[worker_id])
            )
            self._grid.addWidget(self._label(figures), row, 1, Qt.AlignmentFlag.AlignRight)
        self.fit()

    async def _move(self) -> None:
        bridge = self.context.bridge
        await bridge.call(bridge.client.rebalance(Rebalance(dry_run=False)))
        if not self.gone:
            self.accept()
