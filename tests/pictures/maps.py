"""A picture as a map of its blocks, and what differs between two of them that a person would see.

Pictures of one machine are equal to the last dot; those of another differ in how letters are drawn. Where the fonts
are the same (:func:`font_key`), blocks of 8 dots are compared one by one. Where they are not, words have other
widths, and only what is large is compared: blocks of 32 dots, each with what stands around it on the other side.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QImage, QPainter

BLOCK = 8
"""Dots of a side."""
COARSE = 4
"""Blocks of a side of a coarse one."""
LEVELS = 10
"""Steps of 255 in one colour by which a block may differ."""
BLOCKS = 2
"""So many blocks of a picture may differ by more: a caret, a version in a line of small text."""
COARSE_LEVELS = 12
COARSE_SHARE = 0.025
"""The same where the fonts are others; a share of the picture."""
STEP = 4
"""Colours are kept in steps, so that the references stay small."""

Map = NDArray[np.uint8]
"""Mean colours, ``(rows, columns, 3)``."""


@dataclass(frozen=True)
class Difference:
    """``places``: what differs, in dots of the picture; ``words``: why it is refused, empty when it is not."""

    places: list[QRect]
    words: str


def to_map(image: QImage) -> Map:
    """Return the mean colours of the blocks of a picture at 100 %; blocks at its edges may be smaller."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height = image.width(), image.height()
    dots = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())[:, : width * 3]
    wide = np.pad(dots.reshape(height, width, 3), ((0, -height % BLOCK), (0, -width % BLOCK), (0, 0)), mode="edge")
    rows, columns = wide.shape[0] // BLOCK, wide.shape[1] // BLOCK
    means = wide.reshape(rows, BLOCK, columns, BLOCK, 3).astype(np.float32).mean(axis=(1, 3))
    return np.minimum(np.round(means / STEP) * STEP, 255).astype(np.uint8)


def font_key(fonts: list[QFont]) -> str:
    """Return what tells how letters look here: families, versions, hinting; the same key, the same letters."""
    image = QImage(400, 40 * len(fonts), QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    for number, font in enumerate(fonts):
        painter.setFont(font)
        painter.drawText(QRect(0, 40 * number, 400, 40), Qt.AlignmentFlag.AlignVCenter, "Watchkeeper 守望者 0123 fi")
    painter.end()
    return hashlib.sha256(bytes(image.constBits())).hexdigest()[:16]


def compare(new: Map, old: Map, *, same_fonts: bool) -> Difference:
    """Compare two pictures of one scene."""
    if new.shape != old.shape and same_fonts:
        words = "it has {} x {} dots, not {} x {}".format(
            *(side * BLOCK for one in (new, old) for side in (one.shape[1], one.shape[0]))
        )
        return Difference([], words)
    return _compare_blocks(new, old) if same_fonts else _compare_coarse(new, old)


def _compare_blocks(new: Map, old: Map) -> Difference:
    far = np.abs(new.astype(np.int16) - old.astype(np.int16)).max(axis=2) > LEVELS
    count = int(far.sum())
    places = _places(far, BLOCK)
    return Difference(places, f"{count} of {far.size} blocks differ" if count > BLOCKS else "")


def _compare_coarse(new: Map, old: Map) -> Difference:
    rows, columns = (min(one, other) for one, other in zip(new.shape[:2], old.shape[:2], strict=True))
    for name, one, other in (("high", new.shape[0], old.shape[0]), ("wide", new.shape[1], old.shape[1])):
        if abs(one - other) > max(2 * COARSE, 0.2 * other):
            return Difference([], f"it is {one * BLOCK} dots {name}, not {other * BLOCK}")
    first, second = _coarse(new[:rows, :columns]), _coarse(old[:rows, :columns])
    far = _outside(first, second) | _outside(second, first)
    share = float(far.mean())
    return Difference(_places(far, BLOCK * COARSE), f"{share:.1%} of it differs" if share > COARSE_SHARE else "")


def _coarse(one: Map) -> NDArray[np.float32]:
    wide = np.pad(one, ((0, -one.shape[0] % COARSE), (0, -one.shape[1] % COARSE), (0, 0)), mode="edge")
    shape = (wide.shape[0] // COARSE, COARSE, wide.shape[1] // COARSE, COARSE, 3)
    return wide.reshape(shape).astype(np.float32).mean(axis=(1, 3))


def _outside(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which blocks are neither like the one at their place on the other side nor between those around it."""
    padded = np.pad(other, ((1, 1), (1, 1), (0, 0)), mode="edge")
    around = np.stack([
        padded[row : row + other.shape[0], column : column + other.shape[1]] for row in range(3) for column in range(3)
    ])  # fmt: skip
    low, high = around.min(axis=0) - COARSE_LEVELS, around.max(axis=0) + COARSE_LEVELS
    return ((one < low) | (one > high)).any(axis=2)


def _places(far: NDArray[np.bool_], side: int) -> list[QRect]:
    return [QRect(int(column) * side, int(row) * side, side, side) for row, column in np.argwhere(far)]


def to_image(one: Map) -> QImage:
    """Return a map as a picture of its own size in dots, each block a flat square."""
    dots = np.ascontiguousarray(one.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1))
    return QImage(dots.data, dots.shape[1], dots.shape[0], dots.shape[1] * 3, QImage.Format.Format_RGB888).copy()


def marked(image: QImage, places: list[QRect]) -> QImage:
    """Return a picture with what differs framed in red."""
    shown = image.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(shown)
    painter.setPen(Qt.GlobalColor.red)
    for place in places:
        painter.drawRect(place)
    painter.end()
    return shown
