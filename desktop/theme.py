"""Tokens and style: every colour and size of the window, as data; palette, style sheet and icons are made from them."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QIcon, QPainter, QPalette, QPixmap, QStyleHints
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

SMALL, NORMAL, LARGE, TITLE = 11, 13, 15, 20
"""Text sizes in device-independent pixels."""
ROW, ROW_COMPACT, ROW_HEAD = 40, 28, 38
"""Heights of a row, of a low one, and of a table's head with the table's own lines, in device-independent pixels."""
ICON, ICON_GAP = 18, 4
SIGN = 36
"""Side of the picture above a sentence that stands alone."""
TURN_MS = 30
"""Between two parts of the window that nobody sees, when the colours change."""
BRAND, GREY, ON_BADGE = "#1f6feb", "#626b76", "#ffffff"
"""In both schemes: the application's mark, the badge of what names no colour, and the letter on badges."""
CJK = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The colours of one scheme as ``#rrggbb``."""

    base: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    accent_surface: str
    accent_fill: str
    on_fill: str
    """Text on ``accent_fill``."""
    ok: str
    warn: str
    bad: str
    idle: str
    ok_surface: str
    warn_surface: str
    bad_surface: str
    idle_surface: str
    on_bad: str
    """Text on a badge filled with ``bad``."""

    def color(self, name: str) -> QColor:
        """Return the token ``name`` as a colour. Raises ``AttributeError`` for an unknown one."""
        return _color(getattr(self, name))


LIGHT = Tokens(
    base="#f6f7f9",
    surface="#ffffff",
    raised="#f0f2f5",
    line="#e3e6eb",
    text="#1b1f24",
    muted="#5b6470",
    accent="#1b63d6",
    accent_surface="#e7f0fe",
    accent_fill="#1f6feb",
    on_fill="#ffffff",
    ok="#176f30",
    warn="#8a5c00",
    bad="#c21c28",
    idle="#626b76",
    ok_surface="#dafbe1",
    warn_surface="#fff3cd",
    bad_surface="#ffe5e5",
    idle_surface="#f0f2f5",
    on_bad="#ffffff",
)
DARK = Tokens(
    base="#16181c",
    surface="#1d2025",
    raised="#262a31",
    line="#333942",
    text="#e6e8eb",
    muted="#9aa3ad",
    accent="#5b98ff",
    accent_surface="#1c2c48",
    accent_fill="#2f6fe0",
    on_fill="#ffffff",
    ok="#3fb950",
    warn="#d29922",
    bad="#ff6b63",
    idle="#939ca6",
    ok_surface="#12301c",
    warn_surface="#332808",
    bad_surface="#3a1617",
    idle_surface="#262a31",
    on_bad="#16181c",
)


@cache
def _color(value: str) -> QColor:
    return QColor(value)


@cache
def _resource(folder: str, name: str) -> str:
    return resources.files(f"resources.{folder}").joinpath(name).read_text(encoding="utf-8")


def style_sheet(tokens: Tokens, icons: Path | None = None) -> str:
    """Return ``window.qss`` with each ``@token`` replaced; ``icons``: a folder instead of the resources' own.

    An unknown token raises ``KeyError``. The folder may have any name: its addresses stand in quotes.
    """
    values = {field.name: getattr(tokens, field.name) for field in fields(tokens)}
    values["icons"] = str(icons or resources.files("resources.icons")).replace("\\", "/").replace('"', r"\"")
    return re.sub(r"@([a-z_]+)", lambda match: str(values[match[1]]), _resource("styles", "window.qss"))


def make_palette(tokens: Tokens) -> QPalette:
    """Return the palette of a scheme; disabled texts are muted."""
    palette = QPalette()
    role = QPalette.ColorRole
    for one, name in {
        role.Window: "base",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "raised",
        role.Text: "text",
        role.Button: "surface",
        role.ButtonText: "text",
        role.BrightText: "bad",
        role.PlaceholderText: "muted",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.Highlight: "accent_surface",
        role.HighlightedText: "text",
        role.Link: "accent",
        role.Light: "raised",
        role.Midlight: "line",
        role.Mid: "line",
        role.Dark: "line",
        role.Shadow: "line",
    }.items():
        palette.setColor(one, tokens.color(name))
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, one, tokens.color("muted"))
    return palette


def render_svg(name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Draw ``resources/icons/<name>.svg`` with ``currentColor`` replaced; ``size`` in device-independent pixels."""
    source = _resource("icons", f"{name}.svg").replace("currentColor", color)
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def app_icon() -> QIcon:
    """Return the application's icon in the sizes that window systems ask for."""
    icon = QIcon()
    for size in (16, 22, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(render_svg("app", BRAND, size))
    return icon


def _families(system: str, language: str) -> list[str]:
    """The system's font and a CJK one. In Chinese that comes first: as a fallback, Qt on Linux draws its bold cut."""
    if not sys.platform.startswith("linux"):
        return [system]
    there = set(QFontDatabase.families())
    chinese = [name for name in CJK if name in there]
    return [*chinese, system] if language.startswith("zh") else [system, *chinese]


class Theme(QObject):
    """The scheme in use. ``mode`` is ``system`` (follows the desktop as it changes), ``light`` or ``dark``."""

    changed = Signal()
    """Tokens changed; what is drawn by hand draws again."""

    def __init__(
        self, app: QApplication, mode: str = "system", language: str = "en", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._mode = mode
        self._hints: QStyleHints = app.styleHints()
        self.tokens = self._choose()
        self._turns = 0
        self.sheet = style_sheet(self.tokens)
        """The style sheet of the scheme in use."""
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._system_family = QFontInfo(app.font()).family()
        self._families = _families(self._system_family, language)
        self._hints.colorSchemeChanged.connect(self._on_scheme_changed)

    @property
    def dark(self) -> bool:
        """The dark scheme is in use."""
        return self.tokens is DARK

    def apply(self) -> None:
        """Give the application style, font and palette. What it shows is dressed part by part (:meth:`dress`).

        With a sheet for the application too, Qt would lose a kilobyte with every combo box that goes.
        """
        self._app.setStyle("Fusion")
        self._app.setFont(self.font())
        self._refresh()

    def set_mode(self, mode: str) -> None:
        """Switch to ``system``, ``light`` or ``dark``."""
        if mode != self._mode:
            self._mode = mode
            self._on_scheme_changed()

    def set_language(self, language: str) -> None:
        """Prefer the fonts of another language; windows that are there keep theirs."""
        self._families = _families(self._system_family, language)
        self._app.setFont(self.font())

    def dress(self, widget: QWidget) -> "Dress":
        """Give a part of the window, and all in it, the style sheet of the scheme as it is and as it will be."""
        return Dress(self, widget)

    def next_turn(self) -> int:
        """Return in how many milliseconds the next part that nobody sees changes its colours."""
        self._turns += 1
        return self._turns * TURN_MS

    def font(self, size: int = NORMAL, *, bold: bool = False) -> QFont:
        """Return the system's font in one of the four sizes, with figures of equal width where the font has them."""
        font = QFont(self._app.font())
        font.setFamilies(self._families)
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def icon(self, name: str, tone: str = "text") -> QIcon:
        """Return a line icon in the colour of the token ``tone``, as the scheme is now."""
        color = getattr(self.tokens, tone)
        icon = self._icons.get((name, color))
        if icon is None:
            icon = QIcon()
            for ratio in (1.0, 2.0, 3.0):
                icon.addPixmap(render_svg(name, color, ICON, ratio))
            self._icons[name, color] = icon
        return icon

    def sign(self, name: str, tone: str, ratio: float) -> QPixmap:
        """Return an icon as large as it stands above a sentence, for a display of ``ratio``."""
        return render_svg(name, getattr(self.tokens, tone), SIGN, ratio)

    def _choose(self) -> Tokens:
        if self._mode == "system":
            return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

    def _on_scheme_changed(self) -> None:
        chosen = self._choose()
        if chosen is not self.tokens:
            self.tokens = chosen
            self._refresh()

    def _refresh(self) -> None:
        self._app.setPalette(make_palette(self.tokens))
        self.sheet = style_sheet(self.tokens)
        self._turns = 0
        self.changed.emit()


class Dress(QObject):
    """Keeps the style sheet of a part of the window: a new one at once while it is seen, else one part after the other.

    One sheet for the whole application is the same to look at, but to replace it takes Qt six times as long, and the
    window stands still until what nobody sees is styled too.
    """

    def __init__(self, theme: Theme, widget: QWidget) -> None:
        super().__init__(widget)
        self._theme, self._widget = theme, widget
        theme.changed.connect(self._on_changed)
        self.put_on()

    def _on_changed(self) -> None:
        if self._widget.isVisible():
            self.put_on()
        else:
            QTimer.singleShot(self._theme.next_turn(), self, self.put_on)

    def put_on(self) -> None:
        """Put on what was chosen meanwhile."""
        if self._widget.styleSheet() != self._theme.sheet:
            self._widget.setStyleSheet(self._theme.sheet)


def ink_balloons(windows: Iterable[QWidget]) -> None:
    """Give dark letters to those of ``windows`` that are a tray's balloon: Qt's has a pale ground in both schemes."""
    for one in windows:
        if one.metaObject().className() == "QBalloonTip":
            one.setStyleSheet(f"QLabel {{ color: {LIGHT.text}; }}")


def _spaced(icon: QIcon) -> QIcon:
    """Return an icon with room behind it: the style leaves 4 dots between icon and words, whatever their size."""
    found = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        pixmap = QPixmap(QSize(ICON + ICON_GAP, ICON) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.drawPixmap(0, 0, icon.pixmap(QSize(ICON, ICON), ratio))
        painter.end()
        found.addPixmap(pixmap)
    return found


class IconBinding(QObject):
    """Keeps the icon of a button in the colours of the scheme; lives and dies with the button."""

    def __init__(self, theme: Theme, button: QAbstractButton, name: str, tone: str = "text") -> None:
        super().__init__(button)
        self._theme, self._button, self._name, self._tone = theme, button, name, tone
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Draw it anew; beside words it keeps its distance from them."""
        icon = self._theme.icon(self._name, self._tone)
        spaced = bool(self._button.text())
        self._button.setIcon(_spaced(icon) if spaced else icon)
        self._button.setIconSize(QSize(ICON + (ICON_GAP if spaced else 0), ICON))
