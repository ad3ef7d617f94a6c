"""Tries a rule before it is saved: on a pasted text while one types, and on what was found last."""

from collections.abc import Callable
from typing import Final

from msgspec import UNSET
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.dialogs.fields import LOW, WheelGuard
from desktop.dialogs.progress import working
from desktop.words import Face
from master.api.client import ApiError
from master.api.rules import RuleCreate, RuleSample, RuleTest, RuleTestReport, RuleTestRow
from worker.protocol.states import ItemKind

WAIT_MS: Final = 350
HISTORY: Final = 100
SHOWN: Final = 6
"""Items of the history that are listed."""


class RuleTester(QFrame):
    """``rule`` gives what stands in the form; None while it is not complete."""

    def __init__(
        self,
        context: Context,
        rule: Callable[[], RuleCreate | None],
        rule_id: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._context, self._rule, self._rule_id = context, rule, rule_id
        self._asked = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(self._head())
        self.sample = QPlainTextEdit(self)
        self.sample.setAccessibleName(self.tr("A text to try it on"))
        self.sample.setPlaceholderText(self.tr("Paste a text here: its first line is the title."))
        self.sample.setTabChangesFocus(True)
        self.sample.setFixedHeight(LOW)
        self.sample.textChanged.connect(self.edited)
        layout.addWidget(self.sample)
        verdict = QHBoxLayout()
        verdict.setSpacing(8)
        self.pill = StatePill(context.theme, self)
        self.verdict = PlainLabel(self)
        self.verdict.setWordWrap(True)
        verdict.addWidget(self.pill)
        verdict.addWidget(self.verdict, 1)
        layout.addLayout(verdict)
        self.reasons = PlainLabel(self)
        self.reasons.setProperty("kind", "small")
        self.reasons.setWordWrap(True)
        layout.addWidget(self.reasons)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.try_sample)
        self._say(None, "", "")

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        title = PlainLabel(self.tr("Try it"), self)
        title.setProperty("kind", "label")
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(self.tr("Kind of the text"))
        self.kind.setAccessibleDescription(self.kind.accessibleName())  # where the name is what is chosen
        self.kind.installEventFilter(WheelGuard(self.kind))
        for kind in ItemKind:
            self.kind.addItem(self._context.wording.kind(kind), kind)
        self.kind.setCurrentIndex(self.kind.findData(ItemKind.MAIL))
        self.kind.activated.connect(lambda _position: self.edited())
        self.history_button = QPushButton(self.tr("Try it on the last {count}").format(count=HISTORY), self)
        self.history_button.clicked.connect(lambda _checked=False: self.try_history())
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.kind)
        head.addWidget(self.history_button)
        return head

    def edited(self) -> None:
        """Something of the rule or the text changed: try again after a short rest."""
        self._asked += 1
        if self.sample.toPlainText().strip():
            self._timer.start()
        else:
            self._timer.stop()
            self._say(None, "", "")

    def try_sample(self) -> None:
        """Try it on the pasted text now."""
        self._timer.stop()
        title, _, text = self.sample.toPlainText().strip().partition("\n")
        if title:
            sample = RuleSample(title=title[:8192], text=text[:65_536], kind=self.kind.currentData())
            working(self._context, self, self._try(sample, 0))

    def try_history(self) -> None:
        """Try it on what was found last."""
        working(self._context, self, self._try(None, HISTORY))

    async def _try(self, sample: RuleSample | None, history: int) -> None:
        self._asked += 1
        asked, rule = self._asked, self._rule()
        if rule is None:
            self._say(None, self.tr("First mend what is marked above."), "")
            return
        test = RuleTest(sample=sample or UNSET, history=history, rule=rule, rule_id=self._rule_id or UNSET)
        bridge = self._context.bridge
        try:
            report: RuleTestReport = await bridge.call(bridge.client.test_rules(test))
        except ApiError as error:
            if asked == self._asked:
                self._say(None, self._context.wording.refusal(error), "")
            return
        if asked == self._asked:
            if history:
                self._show_history(report)
            elif report.rows:
                self._show_sample(report.rows[0])

    def _show_sample(self, row: RuleTestRow) -> None:
        words = self._context.models.telling.words
        ours = row.decided and row.rule_id in (None, self._rule_id)
        if not row.decided:
            said = self.tr("No rule decides: it is told.")
        elif ours:
            said = self.tr("This rule decides.")
        else:
            said = self.tr("“{rule}” decides, as it comes first.").format(rule=row.rule_name)
        say = self._context.wording.say
        lines = [f"{'✔' if one.matched else '–'} {one.name}: {say(one.reason)}" for one in row.verdicts]
        self._say(words.action(row.action), said, "\n".join(lines))

    def _show_history(self, report: RuleTestReport) -> None:
        words, number = self._context.models.telling.words, self._context.wording.number
        ours = [row for row in report.rows if row.decided and row.rule_id in (None, self._rule_id)]
        said = self.tr("It decides {count} of the last {total} items.").format(
            count=number(len(ours)), total=number(len(report.rows))
        )
        lines = [f"{row.title or '–'} · {self._account(row)}" for row in ours[:SHOWN]]
        if len(ours) > SHOWN:
            lines.append(self.tr("and {count} more").format(count=number(len(ours) - SHOWN)))
        self._say(words.action(ours[0].action) if ours else None, said, "\n".join(lines))

    def _account(self, row: RuleTestRow) -> str:
        return self._context.models.account_name(row.account_id) if row.account_id else ""

    def _say(self, face: Face | None, verdict: str, reasons: str) -> None:
        if face is not None:
            self.pill.set_face(face)
        self.pill.setVisible(face is not None)
        self.verdict.setText(verdict)
        self.verdict.setVisible(bool(verdict))
        self.reasons.setText(reasons)
        self.reasons.setVisible(bool(reasons))
