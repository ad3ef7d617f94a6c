"""Brings the first minutes into a window that has no account yet."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop.dialogs.context import Context
from desktop.integration.launches import start_demo
from desktop.views.page import Page
from desktop.views.welcome import WelcomePage


class WelcomeHost(Protocol):
    """What the window does for the page."""

    def add_page(self, page: Page) -> None:
        """Take a page that does not stand in the sidebar."""

    def show_page(self, name: str) -> None:
        """Show a page."""

    def open_settings(self, section: str) -> None:
        """Show a section of the settings."""

    def open_account(self, account_id: str) -> None:
        """Show one account."""

    def open_item(self, item_id: int) -> None:
        """Show one item."""


class Welcoming(QObject):
    """Decides once a profile: a window that already has accounts when it opens needs no welcome."""

    notification_wanted = Signal()
    """Show a notification of the system: the person wants to see one."""
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""

    def __init__(self, context: Context, host: WelcomeHost, goes_on: str, parent: QObject | None = None) -> None:
        """``goes_on``: the page after it."""
        super().__init__(parent)
        self._context, self._host, self._goes_on = context, host, goes_on
        self._page: WelcomePage | None = None
        if not context.settings.values.welcomed:
            context.models.accounts.load_status.changed.connect(self._decide)
            context.models.status_changed.connect(self._decide)
            self._decide()

    def show(self) -> None:
        """Show it, also to somebody who has seen it."""
        if self._page is None:
            page = self._page = WelcomePage(self._context)
            page.account_wanted.connect(self._host.open_account)
            page.item_wanted.connect(self._on_item)
            page.demo_wanted.connect(self._on_demo)
            page.move_wanted.connect(self._on_move)
            page.notification_wanted.connect(self.notification_wanted)
            page.finished.connect(self._on_finished)
            self._host.add_page(page)
        self._host.show_page(self._page.name)

    def _decide(self) -> None:
        models = self._context.models
        if models.accounts.load_status.state != "ready" or models.status is None:
            return
        models.accounts.load_status.changed.disconnect(self._decide)
        models.status_changed.disconnect(self._decide)
        if models.accounts.total or models.status.demo:
            self._context.settings.update(welcomed=True)
        else:
            self.show()

    def _on_move(self) -> None:
        self._host.open_settings("storage")

    def _on_demo(self) -> None:
        if not start_demo():
            title = self.tr("The demo could not be started")
            self.notice.emit(title, self.tr("Start it from a shell: watchkeeper demo"), "bad")

    def _on_item(self, item_id: int) -> None:
        self._context.settings.update(welcomed=True)
        self._host.open_item(item_id)

    def _on_finished(self) -> None:
        self._context.settings.update(welcomed=True)
        self._host.show_page(self._goes_on)
