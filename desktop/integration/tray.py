"""The tray icon: the worst state and the unread count at a glance, and a menu with all that it can do."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

COLORS = {"ok": "#2f9e44", "warn": "#d29922", "bad": "#e5484d", "idle": "#868e96"}
SIZE = 64


def tray_available() -> bool:
    """Whether this desktop shows tray icons now."""
    return QSystemTrayIcon.isSystemTrayAvailable()


def draw_icon(base: QIcon, level: str, unread: int) -> QIcon:
    """Return ``base`` with a state dot (``ok warn bad idle``, its shape tells too) and the unread count."""
    pixmap = QPixmap(SIZE, SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    base.paint(painter, 0, 0, SIZE, SIZE)
    if unread:
        _draw_badge(painter, "99+" if unread > 99 else str(unread))
    if level != "ok":
        _draw_state(painter, level)
    painter.end()
    return QIcon(pixmap)


def _draw_badge(painter: QPainter, label: str) -> None:
    width = 30 + 11 * (len(label) - 1)
    box = QRectF(SIZE - width, 0, width, 32)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#c21c28"))
    painter.drawRoundedRect(box, 16, 16)
    font = QFont()
    font.setPixelSize(24)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("white"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)


def _draw_state(painter: QPainter, level: str) -> None:
    box = QRectF(0, SIZE - 28, 28, 28)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("white"))
    painter.drawEllipse(box.adjusted(-2, -2, 2, 2))
    painter.setBrush(QColor(COLORS[level]))
    if level == "bad":
        painter.drawRect(box.adjusted(3, 3, -3, -3))
    else:
        painter.drawEllipse(box)


class Tray(QObject):
    """The icon and its menu. Every function also stands in the menu: some desktops drop activations."""

    open_requested = Signal()
    pause_all_requested = Signal(bool)
    """True: pause all accounts; False: resume them."""
    mute_requested = Signal(int)
    """Seconds; 0 ends the mute."""
    menu_opening = Signal()
    """The menu is about to be seen: what it tells must be true now."""
    autostart_requested = Signal(bool)
    """Start at login from now on, or no longer."""
    quit_requested = Signal()
    message_clicked = Signal()

    def __init__(self, base: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._base = base
        self._shown: tuple[str, int] | None = None
        self._all_paused = False
        self._muted_until = ""
        self._sentence = ""
        self._unread = 0
        self._menu = QMenu()
        self._open = self._add("open", self.open_requested.emit)
        self._menu.addSeparator()
        self._pause = self._add("pause", lambda: self.pause_all_requested.emit(not self._all_paused))
        self._mute = self._add("mute", lambda: self.mute_requested.emit(0 if self._muted_until else 3600))
        self._menu.addSeparator()
        self._autostart = self._menu.addAction("")
        self._autostart.setObjectName("autostart")
        self._autostart.setCheckable(True)
        self._autostart.setVisible(False)
        self._autostart.triggered.connect(self.autostart_requested)
        self._quit = self._add("quit", self.quit_requested.emit)
        self.icon = QSystemTrayIcon(self)
        self._menu.aboutToShow.connect(self.menu_opening)
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(self.message_clicked)
        self.update_state("idle", 0, "")
        self.retranslate()

    @property
    def shown(self) -> bool:
        """The icon stands in the tray."""
        return self.icon.isVisible()

    def show(self) -> None:
        """Put the icon into the tray."""
        self.icon.show()

    def hide(self) -> None:
        """Take it away, and its menu."""
        self.icon.hide()
        self._menu.deleteLater()

    def update_state(self, level: str, unread: int, sentence: str) -> None:
        """Show the worst state and the unread count; ``sentence`` is the tooltip."""
        if self._shown != (level, unread):
            self._shown = (level, unread)
            self.icon.setIcon(draw_icon(self._base, level, unread))
        self._unread, self._sentence = unread, sentence
        self.retranslate()

    def update_switches(self, *, all_paused: bool, muted_until: str) -> None:
        """Word menu and tooltip after what is switched now. ``muted_until``: a time in words, empty: not muted."""
        self._all_paused = all_paused
        self._muted_until = muted_until
        self.retranslate()

    def offer_autostart(self, enabled: bool) -> None:
        """Show the switch for the start at login as it stands."""
        self._autostart.setVisible(True)
        self._autostart.setChecked(enabled)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._open.setText(
            self.tr("Open Watchkeeper (%n unread)", "", self._unread) if self._unread else self.tr("Open Watchkeeper")
        )
        self._pause.setText(self.tr("Resume all") if self._all_paused else self.tr("Pause all"))
        self._mute.setText(self.tr("Unmute") if self._muted_until else self.tr("Mute for 1 hour"))
        muted = self.tr("Muted until {time}").format(time=self._muted_until) if self._muted_until else ""
        self.icon.setToolTip("\n".join(part for part in ("Watchkeeper", self._sentence, muted) if part))
        self._autostart.setText(self.tr("Start at login"))
        self._quit.setText(self.tr("Quit"))

    def _add(self, name: str, triggered: Callable[[], None]) -> QAction:
        action = self._menu.addAction("")
        action.setObjectName(name)
        action.triggered.connect(lambda _checked=False: triggered())
        return action

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open_requested.emit()
