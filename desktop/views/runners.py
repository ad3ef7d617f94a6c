"""The runners that the workers bring along: what each does, and what it wants to know."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.cells import draw_badge
from desktop.delegates.labels import PlainLabel
from desktop.delegates.scroll_rooms import WITHIN, ScrollRoom
from desktop.dialogs.context import Context
from desktop.theme import LARGE, Theme
from desktop.views.loaded_views import LoadedView
from worker.protocol.manifest import Field, Manifest

SQUARE = 32


class RunnerSquare(QWidget):
    """The coloured square of a runner."""

    def __init__(self, theme: Theme, manifest: Manifest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._manifest = theme, manifest
        self.setFixedSize(SQUARE, SQUARE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        font = self._theme.font(LARGE, bold=True)
        box = QRectF(0, 0, SQUARE, SQUARE)
        draw_badge(QPainter(self), box, self._manifest.icon, self._manifest.color, font)


class RunnerCard(QFrame):
    """One runner with its fields."""

    def __init__(self, context: Context, manifest: Manifest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        pick = context.wording.pick
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(16)
        layout.addWidget(RunnerSquare(context.theme, manifest, self), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        title = PlainLabel(pick(manifest.title), self)
        title.setProperty("kind", "strong")
        words.addWidget(title)
        words.addWidget(self._wrapped(pick(manifest.summary), ""))
        plain = [field for field in manifest.fields if not field.secret]
        words.addWidget(self._wrapped(self.tr("Fields: {names}").format(names=self._names(context, plain)), "small"))
        facts = [manifest.id]
        if manifest.libraries:
            facts.append(self.tr("uses {libraries}").format(libraries=", ".join(manifest.libraries)))
        if manifest.capabilities.credentials == "required":
            facts.append(self.tr("needs a credential"))
        elif manifest.capabilities.credentials == "optional":
            facts.append(self.tr("takes a credential"))
        words.addWidget(self._wrapped(" · ".join(facts), "small"))
        layout.addLayout(words, 1)
        self.button = QPushButton(self.tr("New job"), self)
        self.button.setAccessibleName(self.tr("New job: {runner}").format(runner=pick(manifest.title)))
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    def _names(self, context: Context, fields: list[Field]) -> str:
        mark = self.tr("{field} (required)")
        pick = context.wording.pick
        names = [mark.format(field=pick(one.title)) if one.required else pick(one.title) for one in fields]
        return ", ".join(names) or "–"

    def _wrapped(self, text: str, kind: str) -> PlainLabel:
        label = PlainLabel(text, self)
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        return label


class RunnersView(LoadedView):
    """A card each; the catalogue tells when there are others."""

    icon = "jobs"
    runner_wanted = Signal(str)
    workers_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.cards: dict[str, RunnerCard] = {}
        self._known: list[Manifest] | None = None
        area = QScrollArea(self.content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.tr("Runners"))
        self._inside = QWidget(area)
        self._inside.setProperty("kind", "scrolled")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(*WITHIN)
        self._column.setSpacing(12)
        self._column.addStretch(1)
        area.setWidget(self._inside)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        ScrollRoom(area, self._column)
        context.models.catalog_changed.connect(self._show)

    async def load(self) -> None:
        """They are known already."""
        self._show()

    def _show(self) -> None:
        runners = self.context.models.work.runners
        step = self.tr("Open Workers"), self.workers_wanted.emit
        self.say("" if runners else self.tr("No runner is known yet. The list comes from the workers."), step=step)
        if runners == self._known:
            return
        self._known = list(runners)
        for card in self.cards.values():
            card.hide()
            card.deleteLater()
        self.cards = {}
        for position, manifest in enumerate(runners):
            card = RunnerCard(self.context, manifest, self._inside)
            card.button.clicked.connect(lambda _checked=False, one=manifest.id: self.runner_wanted.emit(one))
            self.cards[manifest.id] = card
            self._column.insertWidget(position, card)
