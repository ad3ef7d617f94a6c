"""The colours of printed output in both schemes: sixteen of our own, all others as far as they can be read."""

from functools import lru_cache

from PySide6.QtGui import QColor, QFont, QTextCharFormat

from desktop.models.terminals import Color, Style
from desktop.theme import Tokens

READABLE = 4.5
"""Least contrast of a letter on its ground."""
LIGHT = (
    "#1b1f24", "#b3202c", "#176f30", "#7d5300", "#1b5bc4", "#7b3fb0", "#0b6b74", "#5b6470",
    "#4d5661", "#c21c28", "#176f30", "#8a5c00", "#1b63d6", "#8a46c4", "#0a6f79", "#1b1f24",
)  # fmt: skip
DARK = (
    "#8b949e", "#ff6b63", "#3fb950", "#d29922", "#5b98ff", "#c38bff", "#39c5cf", "#c9d1d9",
    "#9aa3ad", "#ff938d", "#6fdd80", "#e3b341", "#8bb6ff", "#d7b0ff", "#6fdde5", "#ffffff",
)  # fmt: skip
GROUNDS = (
    "#000000", "#cd3131", "#0f8a4b", "#b58900", "#2472c8", "#a03fb8", "#11a8cd", "#e5e5e5",
    "#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
)  # fmt: skip


def luminance(color: QColor) -> float:
    """Return the relative luminance of a colour, 0 to 1."""
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(4096)
def readable(ink: str, ground: str) -> str:
    """Return ``ink``, brought nearer to black or white until it can be read on ``ground``."""
    color, below = QColor(ink), QColor(ground)
    goal = QColor("#ffffff" if contrast(QColor("#ffffff"), below) > contrast(QColor("#000000"), below) else "#000000")
    for step in range(1, 11):
        if contrast(color, below) >= READABLE:
            break
        part = step / 10
        start = QColor(ink)
        color = QColor(
            round(start.red() + (goal.red() - start.red()) * part),
            round(start.green() + (goal.green() - start.green()) * part),
            round(start.blue() + (goal.blue() - start.blue()) * part),
        )
    return color.name()


def _named(color: Color, table: tuple[str, ...], default: str) -> str:
    if color is None:
        return default
    return table[color] if isinstance(color, int) else color


def make_format(style: Style, tokens: Tokens, dark: bool) -> QTextCharFormat:
    """Return the format of a run in a scheme."""
    made = QTextCharFormat()
    if style.mark:
        made.setForeground(tokens.color("muted"))
        made.setFontItalic(True)
        return made
    ink = _named(style.ink, DARK if dark else LIGHT, tokens.text)
    ground = _named(style.ground, GROUNDS, tokens.surface)
    if style.inverse:
        ink, ground = ground, ink
    made.setForeground(QColor(readable(ink, ground)))
    if style.ground is not None or style.inverse:
        made.setBackground(QColor(ground))
    if style.bold:
        made.setFontWeight(QFont.Weight.Bold)
    made.setFontUnderline(style.underline)
    return made
