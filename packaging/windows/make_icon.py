"""Makes ``watchkeeper.ico`` from ``resources/icons/app.svg``: ``python packaging/windows/make_icon.py``.

Needs Pillow and PySide6 of the development environment. ``--check`` changes nothing and ends with 1 when the file is
not what this makes.
"""

import argparse
import io
import os
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
SOURCE: Final = HERE.parents[1] / "resources" / "icons" / "app.svg"
ICON: Final = HERE / "watchkeeper.ico"
SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""What Windows takes at 100 to 250 %, and the large views of folders."""


def drawn(size: int) -> bytes:
    """Return the drawing as PNG, ``size`` pixels wide and high. Each size is drawn anew: a smaller copy is blurred."""
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # bytes in the type, str in the program
    return bytes(buffer.data().data())


def icon() -> bytes:
    """Return the whole file."""
    from PIL import Image

    images = [Image.open(io.BytesIO(drawn(size))) for size in SIZES]
    out = io.BytesIO()
    images[-1].save(out, format="ICO", sizes=[(size, size) for size in SIZES], append_images=images[:-1])
    return out.getvalue()


def main() -> int:
    """Write or check the file."""
    parser = argparse.ArgumentParser(description="Make watchkeeper.ico.")
    parser.add_argument("--check", action="store_true", help="change nothing; end with 1 when it would be another")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = icon()
    if options.check:
        return 0 if ICON.read_bytes() == made else 1
    ICON.write_bytes(made)
    print(ICON)
    return 0


if __name__ == "__main__":
    sys.exit(main())
