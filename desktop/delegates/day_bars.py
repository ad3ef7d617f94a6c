"""How jobs ended, day by day: one bar a day, what failed on top, without frame or axis; each day in its tooltip."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.theme import SMALL, Theme
from desktop.words import plain_tip

HEIGHT = 128
FOOT = 18
"""For the days under the bars."""
WIDEST = 36
GAP = 0.28
"""Of a day's width between two bars."""
LEAST = 3.0
"""Pixels of a part that is not nothing."""


@dataclass(frozen=True)
class Day:
    """One bar: its label, the ends of its jobs, and what its tooltip says."""

    label: str
    completed: int
    failed: int
    cancelled: int
    words: str

    @property
    def total(self) -> int:
        """All ends."""
        return self.completed + self.failed + self.cancelled


class DayBars(QWidget):
    """Bars from the oldest day to today."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.days: list[Day] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        theme.changed.connect(self.update)

    def set_days(self, days: list[Day]) -> None:
        """Show these, oldest first."""
        self.days = days
        self.setAccessibleDescription("; ".join(day.words.replace("\n", ", ") for day in days[-3:]))
        self.update()

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(240, HEIGHT)

    def day_at(self, at: QPoint) -> Day | None:
        """Return the day under a point."""
        step = self._step()
        position = int(at.x() / step) if step else -1
        return self.days[position] if 0 <= position < len(self.days) else None

    def _step(self) -> float:
        return min(self.width() / len(self.days), WIDEST / (1 - GAP)) if self.days else 0.0

    def event(self, event: QEvent) -> bool:
        """The tooltip of the day under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            day = self.day_at(event.pos())
            if day is not None:
                QToolTip.showText(event.globalPos(), plain_tip(day.words), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        if not self.days:
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, floor = self._step(), self.height() - FOOT
        most = max(1, *(day.total for day in self.days))
        painter.fillRect(QRectF(0, floor, self.width(), 1), tokens.color("line"))
        painter.setFont(self._theme.font(SMALL))
        every = max(1, round(52 / step))
        for position, day in enumerate(self.days):
            left, width = position * step + step * GAP / 2, step * (1 - GAP)
            bottom = float(floor)
            for count, tone in ((day.completed, "ok"), (day.cancelled, "idle"), (day.failed, "bad")):
                if count:
                    height = max(LEAST, (floor - 6) * count / most)
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(tokens.color(tone))
                    painter.drawRoundedRect(QRectF(left, bottom - height, width, height - 1), 2, 2)
                    bottom -= height
            if (len(self.days) - 1 - position) % every == 0:
                painter.setPen(tokens.color("muted"))
                box = QRectF(position * step - 20, floor + 3, step + 40, FOOT - 3)
                side = Qt.AlignmentFlag.AlignHCenter
                if box.left() < 0:
                    box, side = QRectF(0, floor + 3, 80, FOOT - 3), Qt.AlignmentFlag.AlignLeft
                elif box.right() > self.width():
                    box, side = QRectF(self.width() - 80, floor + 3, 80, FOOT - 3), Qt.AlignmentFlag.AlignRight
                painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), day.label)
