"""Heartbeat bars: one tick a check or heartbeat, newest right. Height tells as much as colour."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QStyleOptionViewItem, QToolTip, QWidget

from desktop.delegates.cells import PADDING, AnyIndex, CellDelegate, new_pixmap
from desktop.theme import Theme, Tokens
from desktop.words import plain_tip
from master.api.schema import Beat

TICKS = 36
TICK, GAP = 3, 2
HEIGHT = 18
WIDTH = TICKS * (TICK + GAP) - GAP

LEVELS = {"o": ("ok", 1.0), "w": ("warn", 2 / 3), "b": ("bad", 1 / 3)}
"""Token and share of the height; any other letter is a dot."""

BeatWords = Callable[[Beat], str]


def draw_bar(levels: str, tokens: Tokens, ratio: float) -> QPixmap:
    """Return the bar of ``levels`` (one letter a tick, oldest first) as a pixmap of ``WIDTH`` × ``HEIGHT``."""
    pixmap = new_pixmap(WIDTH, HEIGHT, ratio)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    shown = levels[-TICKS:].rjust(TICKS, "-")
    for position, letter in enumerate(shown):
        left = position * (TICK + GAP)
        token, share = LEVELS.get(letter, ("", 0.0))
        if token:
            height = round(HEIGHT * share)
            painter.setBrush(tokens.color(token))
            painter.drawRoundedRect(QRectF(left, HEIGHT - height, TICK, height), 1, 1)
        else:
            painter.setBrush(tokens.color("idle" if letter == "i" else "line"))
            painter.drawEllipse(QRectF(left, HEIGHT - TICK, TICK, TICK))
    painter.end()
    return pixmap


def tick_at(x: int, count: int) -> int | None:
    """Return the position among ``count`` beats (oldest first) of the tick at ``x`` pixels, None where none is."""
    position = x // (TICK + GAP) - (TICKS - min(count, TICKS))
    return position + max(0, count - TICKS) if 0 <= x < WIDTH and position >= 0 else None


class HeartbeatDelegate(CellDelegate):
    """The bar of the row's key; rows that look alike share one pixmap."""

    def __init__(
        self,
        theme: Theme,
        levels_of: Callable[[Any], str],
        beats_of: Callable[[Any], list[Beat]],
        words: BeatWords,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._levels_of, self._beats_of, self._words = levels_of, beats_of, words

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the kept bar."""
        levels = self._levels_of(self.row(index))[-TICKS:]
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.kept((levels, ratio))
        if pixmap is None:
            pixmap = self.keep((levels, ratio), draw_bar(levels, self.theme.tokens, ratio))
        painter.drawPixmap(rect.left() + PADDING, rect.top() + (rect.height() - HEIGHT) // 2, pixmap)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        """Tell time, duration and result of the tick under the pointer."""
        if event.type() == QEvent.Type.ToolTip and index.isValid():
            beats = self._beats_of(self.row(index))
            rect: QRect = option.rect
            position = tick_at(event.pos().x() - rect.left() - PADDING, len(beats))
            if position is not None and position < len(beats):
                QToolTip.showText(event.globalPos(), plain_tip(self._words(beats[position])), view)
                return True
        return super().helpEvent(event, view, option, index)


class HeartbeatBar(QWidget):
    """A bar as a widget."""

    def __init__(self, theme: Theme, words: BeatWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._beats: list[Beat] = []
        self._drawn: tuple[str, float, Tokens] | None = None
        self._pixmap: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Heartbeat"))
        theme.changed.connect(self.update)

    def set_beats(self, beats: list[Beat]) -> None:
        """Show these ticks, oldest first."""
        if beats == self._beats:
            return
        self._beats = beats
        said = self.tr("{good} of %n good", "", len(beats)).format(good=sum(beat.level == "ok" for beat in beats))
        self.setAccessibleDescription(f"{said}; {self._words(beats[-1])}" if beats else self.tr("nothing yet"))
        self.update()

    def sizeHint(self) -> QSize:
        """36 ticks."""
        return QSize(WIDTH, HEIGHT)

    def event(self, event: QEvent) -> bool:
        """Tell of the tick under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            position = tick_at(event.pos().x(), len(self._beats))
            if position is not None and position < len(self._beats):
                QToolTip.showText(event.globalPos() + QPoint(0, 8), plain_tip(self._words(self._beats[position])), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar, anew only if it changed."""
        levels = "".join(beat.level[:1] for beat in self._beats[-TICKS:])
        wanted = (levels, self.devicePixelRatioF(), self._theme.tokens)
        if self._pixmap is None or wanted != self._drawn:
            self._drawn = wanted
            self._pixmap = draw_bar(levels, self._theme.tokens, wanted[1])
        QPainter(self).drawPixmap(0, 0, self._pixmap)
