"""The three panes of the inbox side by side, and which of the two lists is shown."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from desktop.delegates.items import HEIGHT, ItemDelegate
from desktop.delegates.threads import ThreadDelegate
from desktop.dialogs.context import Context
from desktop.models.accounts import Badge
from desktop.models.pages import PagedListModel
from desktop.theme import GREY
from desktop.views.entry_lists import EntryList
from desktop.views.item_panel import ItemPanel
from desktop.views.list_panes import ListPane, Words
from desktop.views.scope_lists import ScopeList

WIDE, NARROW = (200, 320, 420), (150, 240, 396)
"""Widths of the three panes, and those in a narrow window; the text has what a wider one leaves."""
NARROW_BELOW = 832
LEAST = (120, 200, 300)
UNKNOWN = Badge("?", GREY, "")

Load = Callable[[], Coroutine[Any, Any, Any]]


class InboxPanes(QSplitter):
    """``empty`` and ``act`` word what stands in for an empty list; ``load_items`` and ``load_talks`` try again."""

    def __init__(
        self,
        context: Context,
        empty: Callable[[], Words],
        act: Callable[[], None],
        load_items: Load,
        load_talks: Load,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self._narrow: bool | None = None
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        inbox = context.models.inbox
        self.scopes = ScopeList(context, self)
        self.lists = QStackedWidget(self)
        self.items = self._make_list(inbox.items, ItemDelegate, self.tr("Items"))
        self.talks = self._make_list(inbox.threads, ThreadDelegate, self.tr("Conversations"))
        self.items_pane = ListPane(context, self.items, empty, act, load_items, self.lists)
        self.talks_pane = ListPane(context, self.talks, empty, act, load_talks, self.lists)
        self.lists.addWidget(self.items_pane)
        self.lists.addWidget(self.talks_pane)
        self.panel = ItemPanel(context, self)
        for number, widget in enumerate((self.scopes, self.lists, self.panel)):
            widget.setMinimumWidth(LEAST[number])
            self.addWidget(widget)
            self.setStretchFactor(number, number)

    def _make_list(self, model: PagedListModel[Any], delegate: type[ItemDelegate], name: str) -> EntryList:
        context = self._context
        painter = delegate(context.theme, context.wording, self._badge, context.models.account_name, self)
        made = EntryList(model, painter, HEIGHT, self.lists)
        made.setProperty("kind", "pane")
        made.setAccessibleName(name)
        context.theme.changed.connect(made.viewport().update)
        return made

    def _badge(self, account_id: str) -> Badge:
        account = self._context.models.accounts.get(account_id)
        return self._context.models.accounts.badge(account) if account else UNKNOWN

    def show_talks(self, wanted: bool) -> None:
        """Show the conversations instead of the items."""
        self.lists.setCurrentWidget(self.talks_pane if wanted else self.items_pane)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the text gets its share first; what the person has moved stays."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW_BELOW
        if narrow is not self._narrow:
            self._narrow = narrow
            scopes, entries, text = NARROW if narrow else WIDE
            self.setSizes([scopes, entries, max(text, self.width() - scopes - entries)])
