"""The Inbox: what was found, newest first, and the chosen item beside it."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QSplitter, QWidget

from desktop.delegates.items import ItemDelegate
from desktop.dialogs.context import Context
from desktop.models.accounts import Badge, now_ms
from desktop.models.hub import item_filter
from desktop.models.rows import ObjectRole
from desktop.views.item_panel import ItemPanel
from desktop.views.links import open_link
from desktop.views.page import Page
from desktop.views.tables import make_card
from master.api.schema import Item

READ_MS = 1000
"""An item that was looked at this long counts as read."""
LIST_WIDTH = 360
JUST_NOW_MS = 1000


class ItemList(QListView):
    """Space marks read or unread, Enter opens."""

    toggled = Signal()
    opened = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter; the rest moves."""
        if event.key() == Qt.Key.Key_Space:
            self.toggled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class InboxPage(Page):
    """List and item; search and *Unread* ask the master."""

    name = "inbox"
    account_wanted = Signal(str)
    add_account_wanted = Signal()
    notice = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Inbox"))
        self.model = context.models.items
        self._chosen: int | None = None
        self._wanted: int | None = None
        self.add_search(self.tr("Search everything"))
        self.unread_button = self.add_action(self.tr("Unread"), tip=self.tr("Show only what is unread"))
        self.unread_button.setCheckable(True)
        self.read_all_button = self.add_action(self.tr("Mark all read"))
        self.list = ItemList(self)
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Items"))
        self.list.setItemDelegate(
            ItemDelegate(context.theme, context.wording, self._badge, context.models.account_name, self.list)
        )
        self.first_focus = self.list
        self.panel = ItemPanel(context, self)
        splitter = QSplitter(Qt.Orientation.Horizontal, self.content)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([LIST_WIDTH, 560])
        layout = QHBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(make_card(splitter, self.content))
        self.panel.show_item(None)
        self._read_timer = QTimer(self)
        self._read_timer.setSingleShot(True)
        self._read_timer.setInterval(READ_MS)
        self._read_timer.timeout.connect(self._on_looked_at)
        self._connect()
        self.watch(self.model.load_status, lambda: context.models.reload_items(self.model.filter))
        self.refresh()

    def _connect(self) -> None:
        self.unread_button.toggled.connect(lambda _on: self._ask())
        self.read_all_button.clicked.connect(self.mark_all_read)
        self.list.selectionModel().selectionChanged.connect(self._on_selection)
        self.list.toggled.connect(self.toggle_read)
        self.list.opened.connect(self.open_current)
        self.list.doubleClicked.connect(lambda _index: self.open_current())
        self.panel.open_wanted.connect(self.open_current)
        self.panel.read_wanted.connect(self.mark)
        self.panel.account_wanted.connect(self.account_wanted)
        self.model.counted.connect(self._on_counted)
        self.model.modelReset.connect(self._restore)
        self.context.models.unread_changed.connect(self.refresh)
        self.context.models.accounts.settled.connect(self._on_accounts)

    def _badge(self, account_id: str) -> Badge:
        account = self.context.models.accounts.get(account_id)
        return self.context.models.accounts.badge(account) if account else Badge("?", "#626b76", "")

    # -- what the page says

    @property
    def filtered(self) -> bool:
        """A search or *Unread* restricts the list."""
        return self.unread_button.isChecked() or bool(self.search and self.search.text().strip())

    def is_empty(self) -> bool:
        """No item fits."""
        return self.model.rowCount() == 0 and self.panel.item is None

    def empty_notice(self) -> tuple[str, str, str, str]:
        """Nothing found yet, nothing unread, or nothing fits the search."""
        if self.search is not None and self.search.text().strip():
            return "search", self.tr("Nothing fits this search"), "", self.tr("Clear the search")
        if self.unread_button.isChecked():
            return "done", self.tr("All is read"), "", self.tr("Show everything")
        if self.context.models.accounts.total == 0:
            words = self.tr("Add a mailbox or a feed. New messages appear here within seconds.")
            return "inbox", self.tr("No account is watched yet"), words, self.tr("Add account")
        words = self.tr("What was there before the first check is known, not new. New items appear here by themselves.")
        return "inbox", self.tr("Nothing new yet"), words, ""

    def on_empty_clicked(self) -> None:
        """Clear what restricts, or add an account."""
        if not self.filtered:
            self.add_account_wanted.emit()
            return
        if self.search is not None:
            self.search.clear()
        self.unread_button.setChecked(False)
        self._ask()

    def on_search(self, text: str) -> None:
        """Ask the master."""
        self._ask()

    def refresh(self) -> None:
        """Count what is unread."""
        models = self.context.models
        unread = models.unread
        if self.model.load_status.state == "ready":
            if unread:
                accounts = sum(1 for row in models.accounts.values() if row.unread)
                parts = [self.tr("%n unread", "", unread)]
                if accounts:
                    parts = [
                        self.tr("{unread} from {accounts}").format(
                            unread=parts[0], accounts=self.tr("%n account(s)", "", accounts)
                        )
                    ]
                newest = self.model.at(0)
                if newest is not None:
                    now = now_ms()
                    age = self.context.wording.ago(newest.detected_at, now)
                    fresh = now - newest.detected_at < JUST_NOW_MS
                    parts.append(self.tr("newest just now") if fresh else self.tr("newest {age} ago").format(age=age))
                self.set_sentence(" · ".join(parts + self._shown_words()))
            elif models.accounts.total == 0 and models.accounts.load_status.state == "ready":
                self.set_sentence(self.tr("Nothing to watch yet."))
            else:
                self.set_sentence(" · ".join([self.tr("All is read."), *self._shown_words()]))
        self.read_all_button.setEnabled(unread > 0)
        super().refresh()

    def _shown_words(self) -> list[str]:
        if not self.filtered:
            return []
        count = self.model.rowCount()
        if self.model.next_cursor is None:
            return [self.tr("%n shown", "", count)]
        return [self.tr("first {count} shown").format(count=self.context.wording.number(count))]

    def tick(self) -> None:
        """The newest gets older."""
        self.refresh()

    # -- choosing

    def open_item(self, item_id: int) -> None:
        """Show an item; one that is not loaded is asked for."""
        position = self.model.position_of(item_id)
        if position is not None:
            self._wanted = None
            self.list.setCurrentIndex(self.model.index(position))
            self.list.scrollTo(self.model.index(position))
            self.list.setFocus()
        else:
            self._wanted = item_id
            self.context.run(self._open_item(item_id))

    async def _open_item(self, item_id: int) -> None:
        bridge = self.context.bridge
        item: Item = await bridge.call(bridge.client.item(item_id))
        if self._wanted == item_id:
            self._wanted = None
            self._show(item)
            super().refresh()

    def _on_selection(self, selected: QItemSelection) -> None:
        indexes = selected.indexes()
        if indexes:
            self._show(indexes[0].data(ObjectRole))

    def _show(self, item: Item) -> None:
        fresh = self._chosen != item.id
        self._chosen = item.id
        self.panel.show_item(item)
        if fresh:
            self.context.run(self._show_trace(item.id))
            if not item.read:
                self._read_timer.start()

    async def _show_trace(self, item_id: int) -> None:
        bridge = self.context.bridge
        self.panel.show_trace(await bridge.call(bridge.client.trace(item_id)))

    def _restore(self) -> None:
        position = self.model.position_of(self._chosen) if self._chosen is not None else None
        if position is not None:
            self.list.selectionModel().setCurrentIndex(
                self.model.index(position), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        elif self.model.rowCount() == 0:
            self._chosen = None
            self.panel.show_item(None)

    def _on_counted(self) -> None:
        if self.panel.item is not None and (position := self.model.position_of(self.panel.item.id)) is not None:
            self.panel.show_item(self.model.at(position))
        self.refresh()

    def _on_accounts(self) -> None:
        self.list.viewport().update()
        if self.model.rowCount() == 0:
            self.refresh()

    # -- what the person does

    def _ask(self) -> None:
        query = self.search.text() if self.search is not None else ""
        wanted = item_filter(unread=self.unread_button.isChecked(), query=query)
        self.context.run(self.context.models.reload_items(wanted))

    def _on_looked_at(self) -> None:
        item = self.panel.item
        if item is not None and not item.read and self.isVisible() and self.window().isActiveWindow():
            self.mark(True)

    def mark(self, read: bool) -> None:
        """Mark the shown item."""
        self._read_timer.stop()
        if self.panel.item is not None:
            bridge = self.context.bridge
            self.context.run(bridge.call(bridge.client.patch_item(self.panel.item.id, read)))

    def toggle_read(self) -> None:
        """Mark the shown item the other way."""
        if self.panel.item is not None:
            self.mark(not self.panel.item.read)

    def mark_all_read(self) -> None:
        """Mark what the list shows: all, or all that fits the search."""
        bridge = self.context.bridge
        self.context.run(bridge.call(bridge.client.read_items(self.model.filter)))

    def open_current(self) -> None:
        """Open the shown item's link."""
        item = self.panel.item
        if item is not None and item.url and not open_link(item.url):
            self.notice.emit(self.tr("This link cannot be opened: {link}").format(link=item.url[:200]))
