"""The steps of *Test connection*, each with its time and what it ran into."""

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.theme import Theme
from desktop.words import Face, Wording
from master.api.schema import TestReport


class ConnectionTestPanel(QFrame):
    """Hidden until a test begins."""

    __test__ = False

    def __init__(self, theme: Theme, wording: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._wording = theme, wording
        self.setProperty("kind", "card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 12, 12, 12)
        self._inside: QWidget | None = None
        self.hide()

    def show_running(self) -> None:
        """Say that the test runs."""
        grid = self._fresh()
        face = Face("half", self.tr("Testing"), "accent")
        self._add_result(grid, 0, face, self.tr("Connecting with these settings…"))
        self.show()

    def show_report(self, report: TestReport, placed: Collection[str] = ()) -> None:
        """Show the steps and the result. A sentence of ``placed`` stands at a field already; it is not repeated."""
        grid = self._fresh()
        for line, step in enumerate(report.steps):
            failed = step.error is not None
            mark = Face("cross", self.tr("Failed"), "bad") if failed else Face("dot", self.tr("Done"), "ok")
            pill = StatePill(self._theme, self)
            pill.set_face(mark)
            name = PlainLabel(self._wording.say(step.name), self)
            time = PlainLabel(self.tr("{count} ms").format(count=self._wording.number(step.milliseconds)), self)
            time.setProperty("kind", "muted")
            grid.addWidget(pill, line, 0)
            grid.addWidget(name, line, 1)
            grid.addWidget(time, line, 2, Qt.AlignmentFlag.AlignRight)
        line = len(report.steps)
        if report.success:
            words = self.tr("It works.")
            if report.identity:
                words = self.tr("It works. The server calls this account {identity}.").format(identity=report.identity)
            self._add_words(grid, line, words, "ok")
        else:
            errors = [step.error for step in report.steps if step.error is not None]
            reason = report.error or (errors[0] if errors else None)
            words = self._wording.say(reason)
            if not words or (words in placed and not report.steps):
                words = self.tr("The test failed.")
            if words not in placed:
                self._add_words(grid, line, words, "bad")
        self.show()

    def clear(self) -> None:
        """Hide; what was tested has changed."""
        self.hide()

    def _fresh(self) -> QGridLayout:
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = QWidget(self)
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._layout.addWidget(self._inside)
        return grid

    def _add_result(self, grid: QGridLayout, line: int, face: Face, words: str) -> None:
        pill = StatePill(self._theme, self)
        pill.set_face(face)
        grid.addWidget(pill, line, 0)
        grid.addWidget(PlainLabel(words, self), line, 1)

    def _add_words(self, grid: QGridLayout, line: int, words: str, kind: str) -> None:
        label = PlainLabel(words, self)
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        grid.addWidget(label, line, 0, 1, 3)
