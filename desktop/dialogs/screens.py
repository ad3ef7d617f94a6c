"""Windows stay on their screen: sizes within what panels and frames leave, places where all of a window is seen."""

from PySide6.QtCore import QMargins, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

USUAL_FRAME = QMargins(4, 36, 4, 4)
"""Assumed until the window system has drawn the frame."""
OFFSCREEN_FRAME = QMargins(2, 2, 2, 2)
"""What Qt's platform without a screen says of every window. It complains of limits that change once one is shown."""


def available_to(window: QWidget) -> QRect:
    """Return the part of the screen of ``window`` that panels leave free; of one not yet seen, that of its parent.

    WORKAROUND: ``QWidget.screen()`` of PySide 6.11 makes the screen a child of the widget, which takes it along when
    Python collects both; the next window is then made on a screen that is not there.
    """
    parent = window.parentWidget()
    seen = window if window.isVisible() or parent is None else parent.window()
    screen = QGuiApplication.screenAt(seen.frameGeometry().center()) or QGuiApplication.primaryScreen()
    return screen.availableGeometry()


def frame_of(window: QWidget) -> QMargins:
    """Return the frame around ``window``: the real one, or the usual one while it is not known."""
    handle = window.windowHandle()
    real = handle.frameMargins() if handle is not None else QMargins()
    if not real.isNull():
        return real
    if QGuiApplication.platformName() == "offscreen":
        return OFFSCREEN_FRAME
    return USUAL_FRAME if handle is None or not handle.isExposed() else real


def bounded(wanted: QSize, available: QRect, frame: QMargins) -> QSize:
    """Return ``wanted``, made smaller where window and frame would not fit into ``available``."""
    return wanted.boundedTo(available.marginsRemoved(frame).size())


def place_inside(framed: QRect, available: QRect) -> QPoint:
    """Return where the upper left corner of ``framed`` goes so that all of it, or its top, is in ``available``."""
    x = max(available.left(), min(framed.left(), available.right() - framed.width() + 1))
    y = max(available.top(), min(framed.top(), available.bottom() - framed.height() + 1))
    return QPoint(x, y)


def keep_inside(window: QWidget, available: QRect) -> None:
    """Move ``window`` so that nothing of it is beyond ``available``; one that fits where it is stays."""
    frame = frame_of(window)
    framed = window.geometry().marginsAdded(frame)
    place = place_inside(framed, available)
    if place != framed.topLeft():
        window.move(place)
