"""The menus of the Accounts page: what is done with all of them, and with those that are chosen."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from desktop.dialogs.context import Context
from desktop.views.account_actions import AccountActions
from desktop.views.account_panel import AccountPanel
from desktop.views.actions import show_keys
from master.api.schema import Account
from worker.protocol.states import AccountState


class MenuHost(Protocol):
    """The page, as far as these go."""

    context: Context
    panel: AccountPanel
    actions_of_accounts: AccountActions

    def chosen(self) -> list[Account]: ...
    def can_check(self) -> bool: ...
    def check_now(self) -> None: ...
    def sign_in(self) -> None: ...
    def test(self) -> None: ...
    def edit(self) -> None: ...
    def assign(self) -> None: ...
    def pause(self, on: bool) -> None: ...
    def delete(self) -> None: ...
    def open_groups(self) -> None: ...
    def open_import(self) -> None: ...
    def open_settings(self, section: str) -> None: ...


class AccountMenus(QObject):
    """Made anew whenever one is opened, but for the one of the button."""

    def __init__(self, page: MenuHost, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._parent = page, parent

    def of_all(self) -> tuple[QMenu, QAction]:
        """Return the menu of *Manage*, and the entry in it that shows accounts by their groups."""
        page, menu = self._page, QMenu(self._parent)
        menu.addAction(self.tr("Groups…"), page.open_groups)
        menu.addAction(self.tr("Proxies…"), partial(page.open_settings, "proxies"))
        by_group = menu.addAction(self.tr("Show by group"))
        by_group.setCheckable(True)
        by_group.toggled.connect(lambda on: page.context.settings.update(group_accounts=on))
        menu.addSeparator()
        menu.addAction(self.tr("Import accounts…"), page.open_import)
        menu.addAction(self.tr("Export as CSV…"), partial(page.actions_of_accounts.export, "csv"))
        menu.addAction(self.tr("Export feeds as OPML…"), partial(page.actions_of_accounts.export, "opml"))
        menu.addSeparator()
        menu.addAction(self.tr("Backups and moving…"), partial(page.open_settings, "storage"))
        return menu, by_group

    def of_chosen(self) -> QMenu:
        """Return what can be done with the chosen accounts."""
        page, chosen = self._page, self._page.chosen()
        menu = QMenu(self._parent)
        menu.aboutToHide.connect(menu.deleteLater)
        show_keys(menu.addAction(self.tr("Check now"), page.check_now), "F5").setEnabled(page.can_check())
        if len(chosen) == 1:
            if words := page.panel.sign_in_words(chosen[0]):
                menu.addAction(words, page.sign_in)
            menu.addAction(self.tr("Test connection"), page.test)
            show_keys(menu.addAction(self.tr("Edit…"), page.edit), "Return")
        menu.addAction(self.tr("Assign…"), page.assign)
        menu.addSeparator()
        page.actions_of_accounts.fill(menu, chosen)
        menu.addSeparator()
        if any(row.state is not AccountState.PAUSED for row in chosen):
            menu.addAction(self.tr("Pause"), lambda: page.pause(True))
        if any(row.state is AccountState.PAUSED for row in chosen):
            menu.addAction(self.tr("Resume"), lambda: page.pause(False))
        menu.addSeparator()
        show_keys(menu.addAction(self.tr("Delete…"), page.delete), "Del")
        return menu
