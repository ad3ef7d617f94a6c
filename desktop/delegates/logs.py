"""The level of a log line: shape, word and colour."""

from PySide6.QtCore import QObject, QRect, QRectF
from PySide6.QtGui import QPainter

from desktop.delegates.cells import PADDING, AnyIndex, CellDelegate
from desktop.delegates.states import draw_shape
from desktop.theme import SMALL, Theme
from desktop.words import Wording
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel

FACES = {
    LogLevel.DEBUG: ("ring", "muted"),
    LogLevel.INFO: ("dot", "idle"),
    LogLevel.WARNING: ("triangle", "warn"),
    LogLevel.ERROR: ("cross", "bad"),
}
SHAPE = 8


class LevelDelegate(CellDelegate):
    """Shape and word, in the level's colour."""

    def __init__(self, theme: Theme, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._wording = wording

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the level."""
        record: LogRecord = self.row(index)
        shape, token = FACES[record.level]
        box = QRectF(rect.left() + PADDING, rect.center().y() - SHAPE / 2 + 1, SHAPE, SHAPE)
        draw_shape(painter, box, shape, self.theme.tokens.color(token))
        text = self.inner(rect).adjusted(SHAPE + 5, 0, 0, 0)
        self.draw_text(painter, text, self._wording.level(record.level), token, size=SMALL)
