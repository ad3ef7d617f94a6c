"""The slots of a worker: one cell each, taken or free; many as one bar."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import Theme

HEIGHT = 16
CELL, GAP = 14, 3
MOST = 24
"""More slots than this are drawn as one bar."""
WIDTH = (CELL + GAP) * MOST


class SlotBar(QWidget):
    """``taken`` of ``total``; taken cells are filled, free ones only outlined."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.taken, self.total = 0, 0
        self._full = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_slots(self, taken: int, total: int, words: str, *, full: bool = False) -> None:
        """Show them; ``words`` says it; ``full``: nothing else may come."""
        self.taken, self.total, self._full = taken, total, full
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its cells."""
        return QSize((CELL + GAP) * min(self.total, MOST), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells."""
        if not self.total:
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.taken > self.total
        tone = tokens.color("warn" if over or self._full else "accent_fill")
        outline = QPen(tokens.color("muted"), 1)
        if self.total <= MOST:
            for position in range(self.total):
                box = QRectF(position * (CELL + GAP) + 0.5, 1.5, CELL - 1, HEIGHT - 3)
                taken = position < self.taken or self._full
                painter.setPen(Qt.PenStyle.NoPen if taken else outline)
                painter.setBrush(tone if taken else Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box, 3, 3)
            return
        whole = QRectF(0.5, 1.5, self.width() - 1, HEIGHT - 3)
        painter.setPen(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(whole, 3, 3)
        part = min(1.0, self.taken / self.total)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawRoundedRect(QRectF(whole.left(), whole.top(), whole.width() * part, whole.height()), 3, 3)
