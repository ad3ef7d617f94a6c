"""Makes ``icons/hicolor`` from ``resources/icons``: ``python -m uv run python packaging/linux/make_icons.py``.

``--check`` changes nothing and ends with 1 when a file is not what this makes. Changed only when the mark changes.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "icons" / "hicolor"
SOURCES: Final = Path(__file__).resolve().parents[2] / "resources" / "icons"
NAME: Final = "watchkeeper"
"""What desktop entries call the icon."""
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_SYMBOL_COLOUR: Final = "#2e3436"
"""Shells replace it by the colour of the text beside it."""


def drawn(size: int) -> bytes:
    """Return the mark as PNG, ``size`` pixels wide and high. Each size is drawn anew: a smaller copy is blurred."""
    from PySide6.QtCore import QBuffer
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(SOURCES / "app.svg")).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # bytes in the type, str in the program
    return bytes(buffer.data().data())


def make() -> dict[str, bytes]:
    """Return the content of every file by its path below ``hicolor``."""
    made = {f"{size}x{size}/apps/{NAME}.png": drawn(size) for size in SIZES}
    # Some caches of icons take a size from the file alone, and none from a view box.
    sized = 'width="64" height="64" viewBox='
    made[f"scalable/apps/{NAME}.svg"] = (SOURCES / "app.svg").read_bytes().replace(b"viewBox=", sized.encode(), 1)
    symbol = (SOURCES / "app_mask.svg").read_text(encoding="utf-8").replace("currentColor", _SYMBOL_COLOUR)
    symbol = symbol.replace("viewBox=", 'width="16" height="16" viewBox=', 1)
    made[f"symbolic/apps/{NAME}-symbolic.svg"] = symbol.encode()
    return made


def main() -> int:
    """Write or check the files."""
    parser = argparse.ArgumentParser(description="Make the icons of Linux.")
    parser.add_argument("--check", action="store_true", help="change nothing; end with 1 when a file would be another")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = make()
    if options.check:
        there = {str(path.relative_to(FOLDER)): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
        return 0 if there == made else 1
    for name, content in made.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
