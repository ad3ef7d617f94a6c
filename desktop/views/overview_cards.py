"""The cards of the overview: each loads, fails and tries again by itself, and the grid that they reflow in."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.elided import ElidedLabel, ElidedLink
from desktop.delegates.labels import PlainLabel
from desktop.delegates.scroll_rooms import WITHIN, ScrollRoom
from desktop.dialogs.context import Context
from desktop.models.rows import LoadStatus
from desktop.views.boundary import guard
from desktop.views.page_notices import SKELETON_MS

GAP = 12
COLUMNS = 12
MEDIUM, WIDE = 880, 1240
"""Widths of the grid, in pixels, from which more cards stand beside each other."""
BARS = 3


class OverviewCard(QFrame):
    """A title that leads to a place, a few words at the right, and the content or what stands in for it."""

    def __init__(self, context: Context, title: str, parent: QWidget | None = None, *, link: bool = True) -> None:
        """``link``: the title can be clicked (``title_link``)."""
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.context, self.title = context, title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(12)
        self.title_label = PlainLabel(title, self)
        self.title_label.setProperty("kind", "label")
        self.title_label.setVisible(not link)
        self.title_link = ElidedLink(self)
        self.title_link.setVisible(link)
        self.head.addWidget(self.title_label)
        self.head.addWidget(self.title_link)
        self.set_title(title)
        self.aside = ElidedLabel(self)
        self.aside.setProperty("kind", "small")
        self.aside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.head.addWidget(self.aside, 1)
        self.column.addLayout(self.head)
        self._stack = QStackedWidget(self)
        self.content = QWidget(self._stack)
        self._blank = QWidget(self._stack)
        for widget in (self._blank, self.content):
            self._stack.addWidget(widget)
        self._skeleton: QWidget | None = None
        self._error: CardError | None = None
        self.column.addWidget(self._stack)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SKELETON_MS)
        self._timer.timeout.connect(self._on_skeleton_wanted)
        self.on_again: Callable[[], object] = lambda: None
        """*Try again*."""

    def set_title(self, title: str) -> None:
        """Name the card."""
        self.title = title
        self.title_label.setText(title)
        self.title_link.set_words(title)
        self.setAccessibleName(title)

    @property
    def shown_state(self) -> str:
        """``content``, ``error`` or ``loading``."""
        current = self._stack.currentWidget()
        if current is self.content:
            return "content"
        return "error" if current is self._error and current is not None else "loading"

    def show_status(self, status: LoadStatus, fill: Callable[[], None]) -> None:
        """Show what a model has; ``fill`` puts it into the content."""
        if status.state == "failed":
            self.show_failure(status.message)
        elif status.state == "ready":
            self.fill(fill)
        else:
            self.show_loading()

    def fill(self, act: Callable[[], None]) -> None:
        """Show the content; what fails in ``act`` fails in this card alone."""

        def do() -> bool:
            act()
            return True

        def failed(error: Exception) -> bool:
            self.show_failure(self.tr("This part failed: {reason}").format(reason=str(error)[:200]))
            return False

        if guard(f"card {self.objectName()}", do, failed):
            self._timer.stop()
            self._put(self.content)

    def show_loading(self) -> None:
        """Grey bars after a moment."""
        if self._stack.currentWidget() is not self._skeleton and not self._timer.isActive():
            self._put(self._blank)
            self._timer.start()

    def show_failure(self, words: str) -> None:
        """Say what went wrong, with *Try again*."""
        self._timer.stop()
        if self._error is None:
            self._error = CardError(self._stack)
            self._error.button.clicked.connect(lambda _checked=False: self.on_again())
            self._stack.addWidget(self._error)
            QWidget.setTabOrder(self.title_link, self._error.button)
        self._error.say(words)
        self._put(self._error)

    def _put(self, widget: QWidget) -> None:
        """Show one of the stack, which is as high as that one."""
        if self._stack.currentWidget() is widget and not widget.isHidden():
            return
        for position in range(self._stack.count()):
            other = self._stack.widget(position)
            policy = QSizePolicy.Policy.Preferred if other is widget else QSizePolicy.Policy.Ignored
            if other is not None:
                other.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self._stack.setCurrentWidget(widget)

    def _on_skeleton_wanted(self) -> None:
        if self._skeleton is None:
            self._skeleton = QWidget(self._stack)
            self._skeleton.setAccessibleName(self.tr("Loading"))
            layout = QVBoxLayout(self._skeleton)
            layout.setContentsMargins(0, 0, 0, 0)
            for _bar in range(BARS):
                bar = QFrame(self._skeleton)
                bar.setProperty("kind", "skeleton")
                bar.setFixedHeight(22)
                layout.addWidget(bar)
            self._stack.addWidget(self._skeleton)
        self._put(self._skeleton)


class CardError(QWidget):
    """What went wrong with one card."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._words = PlainLabel(self)
        self._words.setProperty("kind", "muted")
        self._words.setWordWrap(True)
        self.button = QPushButton(self.tr("Try again"), self)
        self.button.setProperty("kind", "link")
        layout.addWidget(self._words)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def say(self, words: str) -> None:
        """Show a sentence."""
        self._words.setText(words)


@dataclass(frozen=True)
class Span:
    """How many of the twelve columns a card takes in a narrow, a medium and a wide window."""

    narrow: int
    medium: int
    wide: int

    def at(self, width: int) -> int:
        """Return it for a width in pixels."""
        return self.wide if width >= WIDE else self.medium if width >= MEDIUM else self.narrow


class CardGrid(QWidget):
    """Cards in rows of twelve columns; a card that does not fit begins a new row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "scrolled")
        self._cards: list[tuple[QWidget, Span]] = []
        self._spans: list[int] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(*WITHIN)
        self._grid.setSpacing(GAP)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)

    def make_room(self, area: QScrollArea) -> None:
        """The bar of what it is scrolled in stands beside the cards."""
        ScrollRoom(area, self._grid)

    def add(self, card: QWidget, span: Span) -> None:
        """Add a card after those that are there; Tab goes through them in this order."""
        self._cards.append((card, span))
        self._spans = []

    def rows(self) -> list[list[QWidget]]:
        """Return the cards as they stand, row by row."""
        found: dict[int, list[QWidget]] = {}
        for card, _span in self._cards:
            position = self._grid.indexOf(card)
            if position >= 0:
                found.setdefault(self._grid.getItemPosition(position)[0], []).append(card)  # type: ignore[index]
        return [found[row] for row in sorted(found)]

    def place(self) -> None:
        """Put every card where it belongs at this width."""
        spans = [span.at(self.width()) for _card, span in self._cards]
        if spans == self._spans:
            return
        self._spans = spans
        row = column = 0
        for (card, _span), wide in zip(self._cards, spans, strict=True):
            if column + wide > COLUMNS:
                row, column = row + 1, 0
            self._grid.removeWidget(card)
            self._grid.addWidget(card, row, column, 1, wide)
            column += wide
        for position in range(self._grid.rowCount()):
            self._grid.setRowStretch(position, 0)
        self._grid.setRowStretch(row + 1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Reflow."""
        super().resizeEvent(event)
        self.place()
