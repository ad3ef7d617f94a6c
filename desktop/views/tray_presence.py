"""Where the window is while it is closed: in the tray, if there is one; and what the tray opens in it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.integration.tray import Tray
from desktop.integration.tray_watch import TrayWatch
from desktop.models.app_locks import AppLock
from desktop.settings import SettingsHolder
from desktop.views.main_window import MainWindow

FRONT_SECONDS = 0.5
"""A click on the icon takes the front from the window; so long after that it counts as having been in front."""


class TrayPresence(QObject):
    """``window`` gives the window of the moment; ``asks`` whether the watch ends with it."""

    quit_requested = Signal()
    explained = Signal(str, str)
    """Title and body of what the tray says of itself, once."""

    def __init__(
        self,
        app: QGuiApplication,
        tray: Tray,
        settings: SettingsHolder,
        window: Callable[[], MainWindow],
        asks: Callable[[], bool],
        available: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tray, self._settings, self._window, self._asks = tray, settings, window, asks
        self._left_front_at = float("-inf")
        self._question: ConfirmDialog | None = None
        self._watch = TrayWatch(available, self)
        self._watch.appeared.connect(tray.show)
        self._watch.vanished.connect(self._on_vanished)
        tray.open_requested.connect(lambda: self._window().come_forward())
        tray.toggle_requested.connect(self._on_toggle)
        menu = tray.menu
        menu.item_requested.connect(self._on_item)
        menu.account_requested.connect(self._on_account)
        menu.inbox_requested.connect(lambda: self._show_page("inbox"))
        menu.accounts_requested.connect(lambda: self._show_page("accounts"))
        menu.settings_requested.connect(lambda: self._show_page("settings"))
        menu.quit_requested.connect(self.quit_requested)
        app.applicationStateChanged.connect(self._on_application_state)

    def follow_lock(self, lock: AppLock) -> None:
        """Offer to lock the window while there is a passphrase."""
        self._tray.menu.lock_requested.connect(lock.lock)
        lock.changed.connect(lambda: self._tray.menu.offer_lock(lock.enabled))
        self._tray.menu.offer_lock(lock.enabled)

    def start(self) -> bool:
        """Put the icon into the tray; False where there is none."""
        if self._watch.there:
            self._tray.show()
        return self._watch.there

    def close(self) -> None:
        """Take the icon away for good."""
        self._watch.close()
        self._tray.close()

    def on_close_requested(self) -> None:
        """The window was closed: it goes to the tray, else the program ends; after a question if the watch ends too."""
        if not self._settings.values.close_to_tray:
            self.quit_requested.emit()
        elif self._watch.there:
            self._window().hide()
            self._explain_once()
        elif self._asks():
            self._ask_to_quit()
        else:
            self.quit_requested.emit()

    def _explain_once(self) -> None:
        if not self._settings.values.close_explained:
            self._settings.update(close_explained=True)
            self.explained.emit(
                self.tr("Watchkeeper goes on watching"),
                self.tr("It lives in the tray. Quit it from the menu of its icon."),
            )

    def _ask_to_quit(self) -> None:
        window = self._window()
        if self._question is not None:
            self._question.raise_()
            return
        self._question = ConfirmDialog(
            window.context,
            self.tr("Quit Watchkeeper?"),
            self.tr(
                "There is no tray to go to, so nothing is watched once the window is closed. To go on, minimize it."
            ),
            self.tr("Quit"),
            self._agree,
            window,
        )
        self._question.setProperty("lock_safe", True)  # it tells nothing, and a locked window can be closed too
        self._question.finished.connect(self._on_answered)
        self._question.open()

    def _on_answered(self) -> None:
        self._question = None

    async def _agree(self) -> None:
        self.quit_requested.emit()

    def _on_vanished(self) -> None:
        """Nobody would find a hidden window again."""
        self._tray.hide()
        window = self._window()
        if not window.isVisible():
            window.come_forward()
            window.toast(self.tr("The tray is gone"), self.tr("The window is here again, so that you find it."), "info")

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive:
            self._left_front_at = time.monotonic()

    def _on_toggle(self) -> None:
        window = self._window()
        front = window.isActiveWindow() or time.monotonic() - self._left_front_at < FRONT_SECONDS
        if window.isVisible() and not window.isMinimized() and front:
            window.hide()
            self._explain_once()
        else:
            window.come_forward()

    def _show_page(self, name: str) -> None:
        window = self._window()
        window.come_forward()
        window.show_page(name)

    def _on_item(self, item_id: int) -> None:
        self._window().come_forward()
        self._window().open_item(item_id)

    def _on_account(self, account_id: str) -> None:
        self._window().come_forward()
        self._window().open_account(account_id)
