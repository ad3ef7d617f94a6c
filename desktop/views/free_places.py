"""Where something may lie over a window without covering what can be pressed or typed into."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListView,
    QRadioButton,
    QTabBar,
    QWidget,
)

ACTIVE: Final = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QListView)
STEP: Final = 4
APART: Final = 4
"""Left free around what can be pressed."""
WORTH: Final = 200
"""A place at the right may be so much higher than one elsewhere: messages are looked for there."""


def actions_of(over: QWidget, but: QWidget) -> list[QRect]:
    """Return where in ``over`` something can be pressed or typed into now, except for what is in ``but``."""
    return list(_actions(over, over, over.rect(), but))


def _actions(widget: QWidget, over: QWidget, seen: QRect, but: QWidget) -> Iterator[QRect]:
    for child in widget.children():
        if not isinstance(child, QWidget) or child is but or child.isHidden() or child.isWindow():
            continue
        part = QRect(child.mapTo(over, QPoint(0, 0)), child.size()).intersected(seen)
        if part.isEmpty():
            continue  # scrolled out of sight
        if isinstance(child, ACTIVE):
            if isinstance(child, QCheckBox | QRadioButton):  # beside its words it hears no click
                part.setWidth(min(part.width(), child.sizeHint().width()))
            if child.isEnabled():
                yield part
        else:
            yield from _actions(child, over, part, but)


def is_free(place: QRect, actions: list[QRect]) -> bool:
    """Whether nothing that can be pressed lies there."""
    wide = place.adjusted(-APART, -APART, APART, APART)
    return not any(wide.intersects(one) for one in actions)


def free_place(over: QWidget, size: QSize, left: int, margin: int, actions: list[QRect]) -> QPoint | None:
    """Return where ``size`` fits: as low as can be, at the right unless it is much lower in the middle or at the left.

    Nothing is put left of ``left``. None: there is no such place.
    """
    right = over.width() - size.width() - margin
    lowest = over.height() - size.height() - margin
    best, worth = None, -1
    for x in (right, (left + right + margin) // 2, left + margin):
        if x < left:
            continue
        for y in range(lowest, margin, -STEP):
            if is_free(QRect(QPoint(x, y), size), actions):
                if y + (WORTH if x == right else 0) > worth:
                    best, worth = QPoint(x, y), y + (WORTH if x == right else 0)
                break
    return best
