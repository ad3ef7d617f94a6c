"""Menus of the inbox: of the page, of a row, and of what stands at the left."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.dialogs.context import Context
from desktop.models import scopes
from desktop.models.inbox_filters import Wish
from desktop.models.scopes import Scope
from desktop.theme import IconBinding
from desktop.views.inbox_actions import InboxActions
from desktop.views.inbox_reading import InboxReading
from master.api.schema import ItemFilter


class InboxMenus(QObject):
    """``filter_of`` gives the filter of what is wished."""

    account_wanted = Signal(str)

    def __init__(
        self,
        context: Context,
        actions: InboxActions,
        reading: InboxReading,
        filter_of: Callable[[Wish], ItemFilter],
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self._actions, self._reading, self._filter_of = actions, reading, filter_of

    def open_row(self, at: QPoint) -> None:
        """Show what can be done with what is read."""
        menu = self._menu()
        self._reading.fill_menu(menu)
        menu.popup(at)

    def open_scope(self, scope: Scope, at: QPoint) -> None:
        """Show what can be done with all of a row of the left pane."""
        menu = self._menu()
        if scope.sort == scopes.SEARCH:
            menu.addAction(self.tr("Delete search…"), lambda: self.delete(scope))
        else:
            wanted = self._filter_of(Wish(sort=scope.sort, value=scope.value))
            menu.addAction(self.tr("Mark all read"), lambda: self._actions.mark_all(wanted))
            self._reading.add_snooze(menu, scope)
        if scope.sort == scopes.ACCOUNT:
            menu.addAction(self.tr("Show account"), lambda: self.account_wanted.emit(scope.value))
        menu.popup(at)

    def delete(self, scope: Scope) -> None:
        """Forget a saved search; other rows are not deleted here."""
        searches = self._context.models.inbox.searches
        found = next((one for one in searches if str(one.id) == scope.value), None)
        if scope.sort == scopes.SEARCH and found is not None:
            self._actions.forget_search(found)

    def _menu(self) -> QMenu:
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu


class MoreButton(QToolButton):
    """What is done now and then with all that the list shows."""

    save_wanted = Signal()
    export_wanted = Signal(str)
    """``csv`` or ``json``."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("More"))
        self.setToolTip(self.tr("More"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        IconBinding(context.theme, self, "more")
        menu = QMenu(self)
        self.save_action = menu.addAction(self.tr("Save this search…"), self.save_wanted.emit)
        menu.addSeparator()
        menu.addAction(self.tr("Export as CSV…"), lambda: self.export_wanted.emit("csv"))
        menu.addAction(self.tr("Export as JSON…"), lambda: self.export_wanted.emit("json"))
        self.setMenu(menu)
