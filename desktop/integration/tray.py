"""The tray icon: the worst state and the unread count at a glance, and a menu with all that it can do."""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop.integration.tray_icons import Face, draw_icon
from desktop.integration.tray_menu import UNMUTE, TrayMenu
from desktop.integration.tray_pictures import TrayPicture
from desktop.theme import ink_balloons

Reason = QSystemTrayIcon.ActivationReason
MESSAGE_MS = 10_000


def tray_available() -> bool:
    """Whether this desktop shows tray icons now."""
    return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """The icon and its menu. What is asked for in the menu is told by the signals of :attr:`menu`.

    A click: on Windows and Linux it shows the window, or hides the one in front; on macOS the system opens the menu.
    A middle click mutes for an hour, or ends the mute. ``platform`` is that of ``sys``.
    """

    toggle_requested = Signal()
    """Show the window; hide it if it is in front."""
    open_requested = Signal()
    """Show the window."""
    menu_opening = Signal()
    """The menu is about to be seen: what it tells must be true now."""
    message_clicked = Signal()

    def __init__(self, parent: QObject | None = None, *, platform: str = sys.platform) -> None:
        super().__init__(parent)
        self._platform = platform
        self._face: Face | None = None
        self._picture = TrayPicture()
        self.menu = TrayMenu()
        self.menu.open_requested.connect(self.open_requested)
        self.menu.aboutToShow.connect(self.menu_opening)
        self.icon = self._make_icon()
        self.retranslate()

    @property
    def shown(self) -> bool:
        """The icon stands in the tray."""
        return self.icon.isVisible()

    def show(self) -> None:
        """Put the icon into the tray that is there now: Qt chooses its kind when an icon is made."""
        if not self.shown:
            self.icon.deleteLater()
            self.icon = self._make_icon()
        self._face = None
        self._draw()
        self.icon.setToolTip("\n".join(self._tip(self._picture)))
        self.icon.show()

    def show_message(
        self,
        title: str,
        body: str,
        icon: QSystemTrayIcon.MessageIcon = QSystemTrayIcon.MessageIcon.Information,
        milliseconds: int = MESSAGE_MS,
    ) -> None:
        """Show a message beside the icon."""
        self.icon.showMessage(title, body, icon, milliseconds)
        ink_balloons(QApplication.topLevelWidgets())

    def hide(self) -> None:
        """Take it out of the tray; it can be shown again."""
        self.icon.hide()

    def close(self) -> None:
        """Take it away for good, and its menu."""
        self.icon.hide()
        self.menu.deleteLater()

    def show_picture(self, picture: TrayPicture) -> None:
        """Show what is true now."""
        if picture != self._picture:
            self._picture = picture
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        if self.shown:
            self._draw()
        self.menu.show_picture(self._picture)
        self.icon.setToolTip("\n".join(self._tip(self._picture)))

    def _make_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(self)
        icon.setContextMenu(self.menu)
        icon.activated.connect(self._on_activated)
        icon.messageClicked.connect(self.message_clicked)
        return icon

    def _draw(self) -> None:
        picture = self._picture
        face = Face(level=picture.level, unread=min(picture.unread, 100), mask=self._platform == "darwin")
        if face != self._face:
            self._face = face
            self.icon.setIcon(draw_icon(face))

    def _tip(self, picture: TrayPicture) -> list[str]:
        lines = ["Watchkeeper", picture.sentence]
        if picture.unread:
            lines.append(self.tr("%n unread", "", picture.unread))
        if picture.muted and picture.muted_until:
            lines.append(self.tr("Muted until {time}").format(time=picture.muted_until))
        elif picture.muted:
            lines.append(self.tr("Muted"))
        elif picture.quiet:
            lines.append(self.tr("Quiet hours"))
        return [line for line in lines if line]

    def _on_activated(self, reason: Reason) -> None:
        if reason is Reason.MiddleClick:
            if self._picture.connected and not self._picture.locked:
                self.menu.mute_requested.emit(UNMUTE if self._picture.muted else "1h")
        elif self._platform == "darwin":
            return  # the click has opened the menu
        elif reason is Reason.DoubleClick:
            self.open_requested.emit()
        elif reason is Reason.Trigger:
            self.toggle_requested.emit()
