"""Facts about the master's machine, what the last start repaired, and what the self-test found."""

from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.words import Face
from master.api.diagnostics import SelfTest, SystemFacts

MEGABYTE: Final = 1_000_000
GIGABYTE: Final = 1_000_000_000


class FactsPanel(QWidget):
    """Names at the left, values at the right; values can be marked and copied."""

    def __init__(self, context: Context, here: str, parent: QWidget | None = None) -> None:
        """``here``: Python and Qt of the window."""
        super().__init__(parent)
        self._context, self._here = context, here
        self.profile = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self.values: dict[str, PlainLabel] = {}
        for row, (name, title) in enumerate(self._titles().items()):
            self._grid.addWidget(self._name(title), row, 0, Qt.AlignmentFlag.AlignTop)
            self.values[name] = self._value(row)
        self.open_button = QPushButton(self.tr("Open folder"), self)
        self.open_button.clicked.connect(lambda _checked=False: self.open_profile())
        self.open_button.setEnabled(context.profile is not None)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open_button)
        buttons.addStretch(1)
        self._grid.addLayout(buttons, self._grid.rowCount(), 1)
        self.show_recovery()

    def _titles(self) -> dict[str, str]:
        return {
            "version": self.tr("Version"),
            "here": self.tr("Window"),
            "python": self.tr("Python of the master"),
            "system": self.tr("System"),
            "address": self.tr("Address"),
            "profile": self.tr("Profile folder"),
            "uptime": self.tr("Runs for"),
            "memory": self.tr("Memory of the master"),
            "disk": self.tr("Free on the disk"),
            "sizes": self.tr("Sizes"),
            "libraries": self.tr("Libraries"),
            "tasks": self.tr("Background tasks"),
            "recovery": self.tr("Last start"),
        }

    def _name(self, title: str) -> PlainLabel:
        label = PlainLabel(title, self)
        label.setProperty("kind", "muted")
        label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return label

    def _value(self, row: int) -> PlainLabel:
        label = PlainLabel("…", self)
        label.setWordWrap(True)
        label.setTextInteractionFlags(label.textInteractionFlags() | label.textInteractionFlags().TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._grid.addWidget(label, row, 1)
        return label

    def show_facts(self, facts: SystemFacts) -> None:
        """Show what the master says of itself."""
        wording = self._context.wording
        self.profile = facts.profile
        packaged = self.tr("packaged") if facts.packaged else self.tr("from a Python environment")
        sizes = [f"{self._place(one.place)} {self.say_bytes(one.bytes)}" for one in facts.sizes]
        texts = {
            "version": f"Watchkeeper {facts.version} · {packaged}",
            "here": self._here,
            "python": facts.python,
            "system": f"{facts.system} · {facts.machine}",
            "address": facts.address,
            "profile": facts.profile,
            "uptime": wording.span(facts.uptime),
            "memory": self.say_bytes(facts.memory_bytes),
            "disk": self.tr("{free} of {total}").format(
                free=self.say_bytes(facts.disk_free_bytes), total=self.say_bytes(facts.disk_total_bytes)
            ),
            "sizes": " · ".join(sizes),
            "libraries": " · ".join(f"{name} {version}" for name, version in facts.libraries.items()),
            "tasks": " · ".join(facts.tasks),
        }
        for name, words in texts.items():
            self.values[name].setText(words)

    def show_recovery(self) -> None:
        """Show what the last start found and repaired."""
        report, wording = self._context.models.recovery, self._context.wording
        if report is None:
            return
        before = self.tr("the one before stopped in order") if report.clean else self.tr("the one before was killed")
        lines = [f"{wording.moment(report.at)} · {before}"]
        lines += [wording.say(one.text) for one in report.repairs if one.repaired]
        if len(lines) == 1:
            lines.append(self.tr("There was nothing to repair."))
        self.values["recovery"].setText("\n".join(lines))

    def open_profile(self) -> None:
        """Show the folder in the system's own window."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._context.profile)))

    def say_bytes(self, count: int) -> str:
        """Return a size in words."""
        number = self._context.wording.number
        if count >= GIGABYTE:
            return self.tr("{count} GB").format(count=number(count / GIGABYTE, 1))
        return self.tr("{count} MB").format(count=number(count / MEGABYTE, 1))

    def _place(self, place: str) -> str:
        return {
            "database": self.tr("database"),
            "logs": self.tr("logs"),
            "workers": self.tr("workers"),
            "jobs": self.tr("jobs"),
            "backups": self.tr("backups"),
        }.get(place, place)


class SelfTestPanel(QWidget):
    """One sentence, and a line a step."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._result = SelfTest(state="never")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.pill = StatePill(context.theme, self)
        self.pill.hide()
        self.words = PlainLabel(self.tr("It did not run yet."), self)
        self.words.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.pill)
        head.addWidget(self.words, 1)
        column.addLayout(head)
        self.steps = PlainLabel(self)
        self.steps.setProperty("kind", "muted")
        self.steps.setWordWrap(True)
        self.steps.hide()
        column.addWidget(self.steps)

    @property
    def running(self) -> bool:
        """One is under way."""
        return self._result.state == "running"

    def say(self, words: str) -> None:
        """Say why it could not be asked for."""
        self.words.setText(words)

    def show_result(self, result: SelfTest) -> None:
        """Show the last run, or that one runs."""
        self._result = result
        wording = self._context.wording
        faces = {
            "running": Face("half", self.tr("Running"), "accent"),
            "passed": Face("dot", self.tr("Passed"), "ok"),
            "failed": Face("cross", self.tr("Failed"), "bad"),
        }
        face = faces.get(result.state)
        self.pill.setVisible(face is not None)
        if face is not None:
            self.pill.set_face(face)
        if result.problem is not None:
            self.words.setText(wording.say(result.problem))
        elif result.state == "running":
            self.tick()
        elif result.ended_at is not None:
            passed = sum(step.passed for step in result.steps)
            said = self.tr("{passed} of {total} steps passed, {time}")
            self.words.setText(
                said.format(passed=passed, total=len(result.steps), time=wording.moment(result.ended_at))
            )
        marks = {True: "✓", False: "✗"}
        lines = [
            f"{marks[step.passed]} {step.name} · {wording.number(step.milliseconds)} ms {step.message}".rstrip()
            for step in result.steps
        ]
        self.steps.setText("\n".join(lines))
        self.steps.setVisible(bool(lines))

    def tick(self) -> None:
        """Say for how long it runs."""
        if self._result.started_at is not None:
            span = self._context.wording.span((now_ms() - self._result.started_at) / 1000)
            self.words.setText(self.tr("It runs for {span}; it takes about ten seconds.").format(span=span))
