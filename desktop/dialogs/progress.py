"""What takes longer than half a second says so: a turning ring on the button that was pressed, else a line above.

A button that works takes no second press until it is done; it keeps the focus.
"""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from desktop.dialogs.context import Context
from desktop.theme import ICON, Theme

BUSY_MS = 500
TURN_MS = 80
STEPS = 12
LINE = 3
LINE_NAME = "busy_line"
PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.KeyPress)
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)

_at_work: "dict[QAbstractButton, ButtonSign]" = {}


def working(context: Context, where: QWidget, request: Coroutine[Any, Any, Any]) -> None:
    """Run a request of a person, whose errors are shown as always. ``where``: the button, or what it stands in.

    A button that is at work already is not obeyed again.
    """
    if isinstance(where, QAbstractButton) and where in _at_work:
        request.close()
        return
    sign = sign_of(context.theme, where)
    sign.begin()
    context.run(_follow(sign, request))


def is_working(button: QAbstractButton) -> bool:
    """Whether a request of this button is on its way."""
    return button in _at_work


async def _follow(sign: "Sign", request: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await request
    finally:
        sign.end()


def sign_of(theme: Theme, where: QWidget) -> "Sign":
    """Return what shows work: of a button that is seen the button itself, else the line above what it stands in."""
    if isinstance(where, QPushButton | QToolButton) and where.isVisible():
        return ButtonSign(theme, where)
    host: QWidget | None = where
    while host is not None and not getattr(host, "hosts_progress", False):
        host = host.parentWidget()
    host = host or where.window()
    line = host.findChild(BusyLine, LINE_NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    return LineSign(line or BusyLine(theme, host))


class Sign:
    """Shows that something works, once it has for half a second."""

    def begin(self) -> None:
        """It begins."""
        raise NotImplementedError

    def end(self) -> None:
        """It is over, whatever came of it."""
        raise NotImplementedError


class ButtonSign(QObject, Sign):
    """A ring in place of the button's icon. Lives and dies with the button."""

    def __init__(self, theme: Theme, button: QPushButton | QToolButton) -> None:
        super().__init__(button)
        self._theme, self._button = theme, button
        self._gone = False
        self._icon: QIcon | None = None
        self._size, self._told, self._step = button.iconSize(), button.accessibleDescription(), 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        button.destroyed.connect(self._on_gone)

    def _on_gone(self) -> None:
        self._gone = True
        _at_work.pop(self._button, None)

    def begin(self) -> None:
        """Take no other press from now on."""
        _at_work[self._button] = self
        self._button.installEventFilter(self)
        self._timer.start(BUSY_MS)

    def end(self) -> None:
        """Give the button back as it was."""
        _at_work.pop(self._button, None)
        if self._gone:
            return
        self._timer.stop()
        self._button.removeEventFilter(self)
        if self._icon is not None:
            self._button.setIcon(self._icon)
            self._button.setIconSize(self._size)
            self._button.setAccessibleDescription(self._told)
        self.deleteLater()

    @property
    def shown(self) -> bool:
        """The ring turns."""
        return self._icon is not None

    def _turn(self) -> None:
        if self._icon is None:
            self._icon = self._button.icon()
            self._button.setAccessibleDescription(self.tr("Working…"))
            self._timer.setInterval(TURN_MS)
        self._step = (self._step + 1) % STEPS
        filled = self._button.property("kind") == "primary"
        color = self._theme.tokens.color("on_fill" if filled else "accent")
        self._button.setIcon(QIcon(_ring(color, self._step, self._button.devicePixelRatioF())))
        self._button.setIconSize(QSize(ICON, ICON))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow presses."""
        if event.type() in PRESSES:
            return event.type() != QEvent.Type.KeyPress or event.key() in KEYS  # type: ignore[attr-defined]
        return False


def _ring(color: QColor, step: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(ICON, ICON) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(3, 3, ICON - 6, ICON - 6)
    pale = QColor(color)
    pale.setAlphaF(0.25)
    for ink, span in ((pale, 360), (color, 100)):
        pen = QPen(ink, 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, -step * 360 // STEPS * 16, span * 16)
    painter.end()
    return pixmap


class LineSign(Sign):
    """The line above a page."""

    def __init__(self, line: "BusyLine") -> None:
        self._line = line

    def begin(self) -> None:
        """One more works."""
        self._line.begin()

    def end(self) -> None:
        """One less."""
        self._line.end()


class BusyLine(QWidget):
    """A piece of a line that runs along the top of its parent while something works there."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count, self._step = 0, 0
        self._gone = gone = [False]
        """Whether Qt has taken it away: nothing may be asked of it any more."""
        self.setObjectName(LINE_NAME)
        self.setAccessibleName(self.tr("Working…"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        self.destroyed.connect(lambda: gone.__setitem__(0, True))
        self.hide()

    def begin(self) -> None:
        """One more works."""
        self._count += 1
        if self._count == 1:
            self._timer.start(BUSY_MS)

    def end(self) -> None:
        """One less."""
        self._count -= 1
        if not self._count and not self._gone[0]:
            self._timer.stop()
            self.hide()

    def _turn(self) -> None:
        if self.isHidden():
            self._timer.setInterval(TURN_MS)
            self.show()
            self.raise_()
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(0, 0, parent.width(), LINE)
        self._step += 1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the piece where it is now."""
        width = max(1, self.width())
        piece = width / 4
        left = (self._step * width / 24) % (width + piece) - piece
        QPainter(self).fillRect(QRectF(left, 0, piece, LINE), self._theme.tokens.color("accent_fill"))
