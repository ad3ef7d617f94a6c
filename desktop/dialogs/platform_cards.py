"""Platforms to choose from, as cards."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QTextLayout
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from desktop.delegates.cells import draw_badge
from desktop.theme import LARGE, NORMAL, SMALL, Theme
from desktop.words import Wording, plain_tip
from worker.protocol.manifest import Manifest

HEIGHT = 80
SQUARE = 28
COLUMNS = 2
STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -COLUMNS,
    Qt.Key.Key_Down: COLUMNS,
}
LINES = 3
"""Of a summary; all of it stands in the tooltip."""


class PlatformCard(QAbstractButton):
    """Square, title and summary of one platform."""

    left_by = Signal(int)
    """The focus goes so many cards on."""

    def __init__(self, manifest: Manifest, theme: Theme, wording: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._manifest, self._theme = manifest, theme
        self.title = wording.pick(manifest.title)
        self._summary = wording.pick(manifest.summary)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self._summary)
        self.setToolTip(plain_tip(self._summary))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Two beside each other in a dialog."""
        return QSize(228, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, as Space does; arrows go to the card that lies there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in STEPS:
            self.left_by.emit(STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.isDown()
        painter.setBrush(tokens.color("raised" if lit else "surface"))
        painter.setPen(QPen(tokens.color("accent" if self.hasFocus() else "line"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        square = QRectF(12, (HEIGHT - SQUARE) / 2, SQUARE, SQUARE)
        draw_badge(painter, square, self._manifest.icon, self._manifest.color, self._theme.font(LARGE, bold=True))
        left = 12 + SQUARE + 12
        width = self.width() - left - 10
        painter.setFont(self._theme.font(NORMAL, bold=True))
        painter.setPen(tokens.color("text"))
        painter.drawText(QRect(left, 10, width, 18), int(Qt.AlignmentFlag.AlignLeft), self.title)
        small = self._theme.font(SMALL)
        painter.setFont(small)
        painter.setPen(tokens.color("muted"))
        for number, line in enumerate(wrapped(self._summary, small, width, LINES)):
            high = QFontMetrics(small).lineSpacing()
            painter.drawText(QRect(left, 29 + number * high, width, high), int(Qt.AlignmentFlag.AlignLeft), line)


def wrapped(text: str, font: QFont, width: int, most: int) -> list[str]:
    """Return at most ``most`` lines of ``text``; what does not fit ends in an ellipsis."""
    layout = QTextLayout(text, font)
    lines: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        if len(lines) == most - 1:
            rest = text[line.textStart() :]
            lines.append(QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width))
            break
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].rstrip())
    layout.endLayout()
    return lines


class PlatformCards(QWidget):
    """The grid of cards."""

    chosen = Signal(str)
    """The id of a platform."""

    def __init__(
        self, manifests: list[Manifest], theme: Theme, wording: Wording, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self.cards: dict[str, PlatformCard] = {}
        for position, manifest in enumerate(manifests):
            card = PlatformCard(manifest, theme, wording, self)
            card.clicked.connect(lambda _checked=False, platform=manifest.id: self.chosen.emit(platform))
            card.left_by.connect(lambda step, position=position: self._go(position + step))
            self.cards[manifest.id] = card
            grid.addWidget(card, position // COLUMNS, position % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)  # spare room lies below them

    def _go(self, position: int) -> None:
        cards = list(self.cards.values())
        if 0 <= position < len(cards):
            cards[position].setFocus()

    def focus_first(self) -> None:
        """Give the focus to the first card."""
        for card in self.cards.values():
            card.setFocus()
            return
