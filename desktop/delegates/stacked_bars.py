"""Counts over time: one bar a period, its parts on top of each other, without frame or axis; each in its tooltip."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.theme import SMALL, Theme
from desktop.words import plain_tip

HEIGHT = 116
FOOT = 18
"""For the labels under the bars."""
WIDEST = 36
GAP = 0.28
"""Of a bar's share of the width between two."""
SQUARE = 10
APART = 12
"""Pixels between two labels."""
LEAST = 3.0
"""Pixels of a part that is not nothing."""


@dataclass(frozen=True)
class Bar:
    """One period: its label, its parts from the ground up (count, token, opacity 0 to 1), what its tooltip says."""

    label: str
    parts: tuple[tuple[int, str, float], ...]
    words: str

    @property
    def total(self) -> int:
        """All parts."""
        return sum(count for count, _tone, _opacity in self.parts)


class StackedBars(QWidget):
    """Bars from the oldest period to the newest."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.bars: list[Bar] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        theme.changed.connect(self.update)

    def set_bars(self, bars: list[Bar]) -> None:
        """Show these, oldest first."""
        self.bars = bars
        self.setAccessibleDescription("; ".join(bar.words.replace("\n", ", ") for bar in bars[-3:]))
        self.update()

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(240, HEIGHT)

    def bar_at(self, at: QPoint) -> Bar | None:
        """Return the bar under a point."""
        step = self._step()
        position = int(at.x() / step) if step else -1
        return self.bars[position] if 0 <= position < len(self.bars) else None

    def _step(self) -> float:
        return min(self.width() / len(self.bars), WIDEST / (1 - GAP)) if self.bars else 0.0

    def event(self, event: QEvent) -> bool:
        """The tooltip of the bar under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            bar = self.bar_at(event.pos())
            if bar is not None:
                QToolTip.showText(event.globalPos(), plain_tip(bar.words), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        if not self.bars:
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, floor = self._step(), self.height() - FOOT
        most = max(1, *(bar.total for bar in self.bars))
        painter.fillRect(QRectF(0, floor, self.width(), 1), tokens.color("line"))
        painter.setFont(self._theme.font(SMALL))
        for position, bar in enumerate(self.bars):
            left, width = position * step + step * GAP / 2, step * (1 - GAP)
            bottom = float(floor)
            for count, tone, opacity in bar.parts:
                if count:
                    height = max(LEAST, (floor - 6) * count / most)
                    painter.setPen(Qt.PenStyle.NoPen)
                    fill = QColor(tokens.color(tone))
                    fill.setAlphaF(opacity)
                    painter.setBrush(fill)
                    painter.drawRoundedRect(QRectF(left, bottom - height, width, height - 1), 2, 2)
                    bottom -= height
        painter.setPen(tokens.color("muted"))
        for box, label in self.labels():
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), label)

    def labels(self) -> list[tuple[QRectF, str]]:
        """Return the labels under the bars and where they stand: as many as fit beside each other, the newest first."""
        metrics, step = QFontMetricsF(self._theme.font(SMALL)), self._step()
        found: list[tuple[QRectF, str]] = []
        if not self.bars:
            return found
        widest = max(metrics.horizontalAdvance(bar.label) for bar in self.bars)
        every, free = max(1, math.ceil((widest + APART) / step)), float(self.width() + APART)
        for position in range(len(self.bars) - 1, -1, -every):
            label = self.bars[position].label
            wide = metrics.horizontalAdvance(label) + 1
            left = max(0.0, min((position + 0.5) * step - wide / 2, self.width() - wide))
            if left + wide + APART <= free:  # at the edges they stand closer
                found.append((QRectF(left, self.height() - FOOT + 3, wide, FOOT - 3), label))
                free = left
        return found


class Legend(QWidget):
    """A square in the colour of a part, and the word for it."""

    def __init__(self, theme: Theme, tone: str, opacity: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._tone, self._opacity = theme, tone, opacity
        self.word = PlainLabel(self)
        self.word.setProperty("kind", "small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SQUARE + 8, 0, 0, 0)
        layout.addWidget(self.word)
        theme.changed.connect(self.update)

    def set_word(self, word: str) -> None:
        """Name the part; an empty name hides it."""
        self.word.setText(word)
        self.setVisible(bool(word))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = QColor(self._theme.tokens.color(self._tone))
        fill.setAlphaF(self._opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(0, (self.height() - SQUARE) / 2, SQUARE, SQUARE), 2, 2)
