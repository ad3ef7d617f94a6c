"""Everything that is looked at in one worker, each thing by its name."""

from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.views.worker_tabs import WorkerTab
from desktop.words import Face
from master.api.schema import WorkerHealth

POLL_SECONDS = 5


class HealthTab(WorkerTab):
    """The state in one word, then one line for each check; looked at anew every five seconds."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._ticks = 0
        self.lines: dict[str, tuple[StatePill, PlainLabel]] = {}
        area = QScrollArea(self.content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.tr("Health"))
        inside = QWidget(area)
        inside.setProperty("kind", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        self.pill = StatePill(context.theme, inside)
        column.addWidget(self.pill)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        area.setWidget(inside)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    async def load(self, worker_id: str) -> None:
        """Look at everything."""
        bridge = self.context.bridge
        health = await bridge.call(bridge.client.worker_health(worker_id))
        if worker_id == self.worker_id:
            self._show(health)

    def tick(self) -> None:
        """Look again."""
        self._ticks += 1
        if self._ticks % POLL_SECONDS == 0:
            self.reload()

    def _show(self, health: WorkerHealth) -> None:
        wording = self.context.wording
        self.say("")
        self.pill.set_face(wording.health_face(health.status))
        for name in [one for one in self.lines if one not in health.checks]:
            for widget in self.lines.pop(name):
                widget.deleteLater()
        for row, (name, check) in enumerate(health.checks.items()):
            if name not in self.lines:
                pill, words = StatePill(self.context.theme, self.content), PlainLabel(self.content)
                words.setWordWrap(True)
                self._grid.addWidget(pill, row, 0)
                self._grid.addWidget(words, row, 2)
                self.lines[name] = (pill, words)
            pill, words = self.lines[name]
            face = wording.check_face(check.ok)
            pill.set_face(Face(face.shape, wording.named(name), face.level))
            pill.setAccessibleName(f"{wording.named(name)}: {face.word}")
            words.setText(wording.say(check.text))
