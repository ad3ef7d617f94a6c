"""Bars of the hours of a day, before those of the day before."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.delegates.plots import Plot
from desktop.delegates.scales import Words, halved
from desktop.theme import SMALL, Theme


@dataclass(frozen=True)
class HourBar:
    """An hour of today: its mark on the scale, what was found in it and in that of the day before, the tooltip."""

    mark: str
    found: int
    before: int
    words: str


class HourBars(Plot):
    """The hours of a day; those of the day before stand wide and pale behind them."""

    def __init__(self, theme: Theme, title: str, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(theme, title, words, parent)
        self.bars: list[HourBar] = []

    def set_bars(self, bars: list[HourBar]) -> None:
        """Show the hours of a day."""
        self.bars = bars
        self._scale = halved(max((max(bar.found, bar.before) for bar in bars), default=0), self._words)
        self.update()

    def bar_at(self, at: QPoint) -> HourBar | None:
        """Return the bar at a point."""
        box = self._box(QFontMetrics(self._theme.font(SMALL)))
        position = int((at.x() - box.left()) / max(1.0, box.width()) * len(self.bars)) if at.x() >= box.left() else -1
        return self.bars[position] if 0 <= position < len(self.bars) else None

    def tell(self, at: QPoint) -> str:
        """What was found in the hour under the pointer."""
        bar = self.bar_at(at)
        return bar.words if bar is not None else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw scale and bars."""
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setFont(self._theme.font(SMALL))
        box = self._box(QFontMetrics(painter.font()))
        self._draw_scale(painter, box)
        if not self.bars:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = box.width() / len(self.bars)
        pale = QColor(tokens.color("idle"))
        pale.setAlphaF(0.28)
        for position, bar in enumerate(self.bars):
            for count, share, color in ((bar.before, 0.78, pale), (bar.found, 0.46, tokens.color("accent"))):
                if count:
                    height = max(2.0, box.height() * min(1.0, count / self._scale.top))
                    left = box.left() + step * (position + (1 - share) / 2)
                    painter.setBrush(color)
                    painter.drawRoundedRect(QRectF(left, box.bottom() - height, step * share, height), 1.5, 1.5)
        every = max(1, len(self.bars) // 4)
        for position in range(0, len(self.bars), every):
            self._draw_mark(painter, box, box.left() + step * (position + 0.5), self.bars[position].mark)
