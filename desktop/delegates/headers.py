"""The head of a table that can be sorted: a small arrow beside the title, up where the rows ascend."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.delegates.cells import LEAD, PADDING
from desktop.theme import SMALL, Theme

WIDE, HIGH = 7.0, 3.5
GAP = 6


class TableHeader(QHeaderView):
    """The style draws the titles. Its own arrow would stand at the far end of a column, beside the next title."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        theme.changed.connect(self.viewport().update)

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        """Draw the title, and the arrow of the column that the rows are sorted by."""
        painter.save()
        super().paintSection(painter, rect, index)
        painter.restore()
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == index:
            self._draw_arrow(painter, rect, index)

    def _draw_arrow(self, painter: QPainter, rect: QRect, index: int) -> None:
        model, role = self.model(), Qt.ItemDataRole
        title = str(model.headerData(index, Qt.Orientation.Horizontal, role.DisplayRole) or "")
        side = model.headerData(index, Qt.Orientation.Horizontal, role.TextAlignmentRole)
        wide = QFontMetrics(self._theme.font(SMALL, bold=True)).horizontalAdvance(title)
        lead = LEAD if self.logicalIndexAt(0) == index else 0
        if side is not None and side & Qt.AlignmentFlag.AlignRight:
            left = max(rect.left() + 2.0, rect.right() - PADDING - wide - GAP - WIDE)
        else:
            left = min(rect.right() - WIDE - 1, rect.left() + PADDING + lead + wide + float(GAP))
        middle = rect.center().y() + 0.5
        up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        tip, foot = (middle - HIGH / 2, middle + HIGH / 2) if up else (middle + HIGH / 2, middle - HIGH / 2)
        pen = QPen(self._theme.tokens.color("text"), 1.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        ends = QPointF(left, foot), QPointF(left + WIDE / 2, tip), QPointF(left + WIDE, foot)
        painter.drawPolyline(QPolygonF(ends))
        painter.restore()
