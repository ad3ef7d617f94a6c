"""Makes ``watchkeeper.icns`` of ``resources/icons/app.svg``: ``python -m uv run python packaging/macos/make_icon.py``.

The mark fills 824 of 1024 points, as Apple draws its own. Changed only when the mark changes; the file is kept.
"""

import io
import os
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
SOURCE: Final = FOLDER.parents[1] / "resources" / "icons" / "app.svg"
TARGET: Final = FOLDER / "watchkeeper.icns"
SIZES: Final = (16, 32, 64, 128, 256, 512, 1024)
FILLED: Final = 824 / 1024
DRAWN: Final = 56 / 64
"""How much of its own canvas the mark fills."""


def render(size: int) -> bytes:
    """Return the mark as PNG, ``size`` pixels wide and high."""
    from PySide6.QtCore import QBuffer, QRectF
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = size * FILLED / DRAWN
    QSvgRenderer(str(SOURCE)).render(painter, QRectF((size - side) / 2, (size - side) / 2, side, side))
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def main() -> int:
    """Write the icon."""
    from PIL import Image
    from PySide6.QtGui import QGuiApplication

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication(sys.argv[:1])
    pictures = [Image.open(io.BytesIO(render(size))) for size in SIZES]
    pictures[-1].save(TARGET, format="ICNS", append_images=pictures[:-1])
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
