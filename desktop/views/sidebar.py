"""The sidebar: the pages with their badges, the master's state at its foot; icons only in a narrow window."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import draw_shape
from desktop.theme import BRAND, ICON, NORMAL, SMALL, Theme, render_svg
from desktop.words import plain_tip

WIDTH, NARROW = 204, 64
MARK, SIDE = 20, 8
"""The program's mark, and the room before, between and after; icons stand in the middle below it."""
HEIGHT, LOW = 32, 24
"""Of a button, and as low as it gets in a window that is not high enough for all."""


class SidebarButton(QAbstractButton):
    """Icon, title and badge of one page. A badge is unread (accent), problems (red) or a plain count."""

    def __init__(self, theme: Theme, icon: str, title: str, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icon_name, self.title = theme, icon, title
        self._shortcut = shortcut
        self.badge, self.badge_kind = "", "plain"
        self.narrow = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(LOW)
        self.setMaximumHeight(HEIGHT)
        self._name()
        theme.changed.connect(self.update)

    def set_badge(self, count: int, kind: str) -> None:
        """Show a count; 0 shows nothing. ``kind``: ``unread``, ``bad`` or ``plain``."""
        text = "" if count <= 0 else "999+" if count > 999 else str(count)
        if (text, kind) != (self.badge, self.badge_kind):
            self.badge, self.badge_kind = text, kind
            self._name()
            self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone."""
        self.narrow = narrow
        self._name()
        self.update()

    def _name(self) -> None:
        words = {"unread": self.tr("unread"), "bad": self.tr("problems")}.get(self.badge_kind, "")
        name = " ".join(part for part in (self.title, self.badge, words if self.badge else "") if part)
        self.setAccessibleName(name)
        self.setToolTip(f"{self.title} ({self._shortcut})" if self.narrow else self._shortcut)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(WIDTH - 20, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The icon, and hardly more."""
        return QSize(ICON, LOW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button."""
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        chosen = self.isChecked()
        painter.setPen(tokens.color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(
            tokens.color("accent_surface")
            if chosen
            else tokens.color("raised")
            if self.underMouse()
            else Qt.BrushStyle.NoBrush
        )
        painter.drawRoundedRect(box, 6, 6)
        tone = "accent" if chosen else "text"
        left = (self.width() - ICON) // 2 if self.narrow else SIDE + (MARK - ICON) // 2
        icon = self._theme.icon(self._icon_name, tone if chosen else "muted")
        painter.drawPixmap(left, (self.height() - ICON) // 2, icon.pixmap(QSize(ICON, ICON), self.devicePixelRatioF()))
        if not self.narrow:
            painter.setFont(self._theme.font(NORMAL, bold=chosen))
            painter.setPen(tokens.color(tone))
            text = QRectF(SIDE + MARK + SIDE, 0, self.width() - 90, self.height())
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), self.title)
        if self.badge:
            self._paint_badge(painter)

    def _paint_badge(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        font = self._theme.font(SMALL, bold=self.badge_kind != "plain")
        width = max(18, QFontMetrics(font).horizontalAdvance(self.badge) + 12)
        if self.narrow:
            if self.badge_kind != "plain":
                shape, tone = ("triangle", "bad") if self.badge_kind == "bad" else ("dot", "accent")
                draw_shape(painter, QRectF(self.width() - 14, 4, 9, 9), shape, tokens.color(tone))
            return
        box = QRectF(self.width() - width - SIDE, (self.height() - 18) / 2, width, 18)
        painter.setFont(font)
        fills = {"unread": ("accent_fill", "on_fill"), "bad": ("bad", "on_bad")}
        fill, ink = fills.get(self.badge_kind, ("", "muted"))
        if fill:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color(fill))
            painter.drawRoundedRect(box, 9, 9)
        painter.setPen(tokens.color(ink))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.badge)


class StateDot(QWidget):
    """The shape of the master's state."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._shape, self._tone = theme, "ring", "idle"
        self.setFixedSize(10, 10)
        theme.changed.connect(self.update)

    def set(self, shape: str, tone: str) -> None:
        """Show a state."""
        self._shape, self._tone = shape, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        draw_shape(QPainter(self), QRectF(0.5, 0.5, 9, 9), self._shape, self._theme.tokens.color(self._tone))


class Sidebar(QFrame):
    """Emits the name of the page that was clicked."""

    page_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "sidebar")
        self._theme = theme
        self.buttons: dict[str, SidebarButton] = {}
        self._marking = False
        self._at_foot = 0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 16, 8, 16)
        self._layout.setSpacing(2)
        brand = QHBoxLayout()
        brand.setContentsMargins(8, 0, 0, 12)
        brand.setSpacing(8)
        mark = PlainLabel(self)
        mark.setPixmap(render_svg("app", BRAND, MARK, self.devicePixelRatioF()))
        self._brand = PlainLabel("Watchkeeper", self)
        self._brand.setProperty("kind", "brand")
        brand.addWidget(mark)
        brand.addWidget(self._brand, 1)
        self._layout.addLayout(brand)
        self._layout.addStretch(1)
        self.foot = QWidget(self)
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(8, 8, 0, 4)
        foot.setSpacing(8)
        self._dot = StateDot(theme, self.foot)
        self.mute_sign = PlainLabel(self.foot)
        self._words = PlainLabel(self.foot)
        self._words.setProperty("kind", "small")
        self._words.setWordWrap(True)
        foot.addWidget(self._dot)
        foot.addWidget(self.mute_sign)
        foot.addWidget(self._words, 1)
        foot.addStretch(0)
        self._layout.addWidget(self.foot)
        theme.changed.connect(self._draw)
        self._draw()
        self._muted = False
        self._narrow = False
        self.mute_sign.hide()
        self.setFixedWidth(WIDTH)

    def add_page(self, name: str, icon: str, title: str, shortcut: str, *, foot: bool = False) -> SidebarButton:
        """Add the button of a page, below the others or at the foot."""
        button = SidebarButton(self._theme, icon, title, shortcut, self)
        button.toggled.connect(lambda _on: self._on_toggled(name))  # what assistive programs do is no click
        self.buttons[name] = button
        self._layout.insertWidget(self._layout.count() - 1 if foot else self._end, button)
        self._at_foot += foot
        return button

    @property
    def _end(self) -> int:
        """Where the next page goes: before the room above the foot."""
        return self._layout.count() - 2 - self._at_foot

    def add_rule(self) -> None:
        """Divide the pages before it from those after it."""
        rule = QFrame(self)
        rule.setProperty("kind", "rule")
        self._layout.insertSpacing(self._end, 8)
        self._layout.insertWidget(self._end, rule)
        self._layout.insertSpacing(self._end, 8)

    def set_chosen(self, name: str) -> None:
        """Mark the page that is shown."""
        self._marking = True
        for one, button in self.buttons.items():  # in a group of Qt's, only one of them could be reached by Tab
            button.setChecked(one == name)
        self._marking = False

    def _on_toggled(self, name: str) -> None:
        if not self._marking:
            self.page_chosen.emit(name)

    def set_narrow(self, narrow: bool) -> None:
        """Icons only, or icons and titles."""
        self.setFixedWidth(NARROW if narrow else WIDTH)
        self._brand.setVisible(not narrow)
        self._words.setVisible(not narrow)
        self._narrow = narrow
        self.mute_sign.setVisible(self._muted and narrow)
        for button in self.buttons.values():
            button.set_narrow(narrow)

    def set_master(self, shape: str, tone: str, words: str, *, muted: bool = False) -> None:
        """Show how the master is; a narrow window has the words in the tooltip, and a sign of the mute."""
        self._dot.set(shape, tone)
        self._dot.setAccessibleName(words.replace("\n", " · "))
        self.foot.setToolTip(plain_tip(words))
        self._words.setText(words)
        self._muted = muted
        self.mute_sign.setVisible(muted and self._narrow)

    def _draw(self) -> None:
        self.mute_sign.setPixmap(self._theme.icon("muted", "muted").pixmap(QSize(ICON, ICON)))
