"""A QR code as a widget: dark squares on light ground in every scheme, as cameras want it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

QUIET = 4
"""Light squares around it."""
SIDE = 220


class QrCode(QWidget):
    """Shows what a code says, or a picture that a service made of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[list[bool]] = []
        self._picture: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(QSize(SIDE, SIDE))
        self.setAccessibleName(self.tr("QR code"))

    def set_text(self, text: str) -> None:
        """Draw the code of a text. Raises ``ValueError`` for one that fits into none."""
        import segno  # only where somebody signs in by a code

        try:
            code = segno.make_qr(text, error="m")
        except segno.DataOverflowError as error:
            raise ValueError(str(error)) from error
        self._picture = None
        self._rows = [[bool(square) for square in row] for row in code.matrix_iter(border=QUIET)]
        self.update()

    def set_picture(self, png: bytes) -> None:
        """Show a picture. Raises ``ValueError`` for what is none."""
        picture = QPixmap()
        if not picture.loadFromData(png, "PNG"):
            raise ValueError("not a PNG picture")
        self._rows, self._picture = [], picture
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._rows, self._picture = [], None
        self.update()

    @property
    def squares(self) -> int:
        """Squares a side, the light ones around it included; 0 without a code."""
        return len(self._rows)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it on white, with whole pixels a square."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#ffffff"))
        if self._picture is not None:
            mode = Qt.AspectRatioMode.KeepAspectRatio
            picture = self._picture.scaled(self.size(), mode, Qt.TransformationMode.SmoothTransformation)
            painter.drawPixmap((self.width() - picture.width()) // 2, (self.height() - picture.height()) // 2, picture)
            return
        if not self._rows:
            return
        square = self.width() / len(self._rows)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#000000"))
        for top, row in enumerate(self._rows):
            for left, dark in enumerate(row):
                if dark:
                    # A hair of overlap: no light lines between squares where a pixel is not whole.
                    painter.drawRect(QRectF(left * square, top * square, square + 0.5, square + 0.5))
