"""The Inbox: accounts and searches, what was found, and the chosen item; a tab has what was told and why."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop.dialogs.context import Context
from desktop.dialogs.search_dialog import SearchDialog
from desktop.models import scopes
from desktop.models.inbox_filters import Wish, item_filter, searched_words, thread_filter, wish_of
from desktop.models.scopes import Scope
from desktop.views.actions import Action, Keys, always, bind
from desktop.views.entry_lists import EntryList
from desktop.views.inbox_actions import InboxActions
from desktop.views.inbox_bars import InboxBar
from desktop.views.inbox_menus import InboxMenus, MoreButton
from desktop.views.inbox_panes import InboxPanes
from desktop.views.inbox_reading import InboxReading
from desktop.views.inbox_words import InboxWords
from desktop.views.list_panes import ListPane, Words
from desktop.views.notifications import NotificationsView
from desktop.views.page import Page
from desktop.views.tables import make_card
from master.api.item_threads import ItemThread
from master.api.schema import Item, ItemFilter

ITEMS, NOTIFICATIONS = range(2)


class InboxPage(Page):
    """The left pane, the chips and the search say what is shown; the master finds it."""

    name = "inbox"
    account_wanted = Signal(str)
    job_wanted = Signal(str)
    alert_wanted = Signal(int)
    accounts_wanted = Signal()
    add_account_wanted = Signal()
    notice = Signal(str, str, str, object)
    """Title, body, level and button of a short message."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Inbox"))
        self.inbox = context.models.inbox
        self.model = self.inbox.items
        self.inbox.seen_by_list = True
        self.wish = Wish(order=context.settings.values.inbox_order)
        self.actions_of_items = InboxActions(context, self)
        self.add_search(self.tr("Search everything"))
        tip = self.tr("All that the list shows") + " (Shift+A)"
        self.read_all_button = self.add_action(self.tr("Mark all read"), tip=tip)
        self.more_button = MoreButton(context, self)
        self.add_to_head(self.more_button)
        self.tabs = QTabBar(self.content)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Items or notifications"))
        for title in (self.tr("Items"), self.tr("Notifications")):
            self.tabs.addTab(title)
        self.bar = InboxBar(context, self.content)
        self.words = InboxWords(context, self)
        self._views = QStackedWidget(self.content)
        self.panes = InboxPanes(
            context, self._nothing, self._on_nothing_clicked, self._reload_items, self._reload_talks, self._views
        )
        self.scopes, self.list, self.talks = self.panes.scopes, self.panes.items, self.panes.talks
        self.items_pane, self.talks_pane, self.panel = self.panes.items_pane, self.panes.talks_pane, self.panes.panel
        self.reading = InboxReading(context, self.panel, self.actions_of_items, self)
        self.menus = InboxMenus(context, self.actions_of_items, self.reading, self._filter_of, self)
        self.notifications = NotificationsView(context, self.content)
        self._views.addWidget(make_card(self.panes, self._views))
        self._views.addWidget(self.notifications)
        self._lay_out()
        self.first_focus = self.list
        self._connect()
        bind(self._actions_of_items())
        self.bar.show_wish(self.wish)
        self.watch(self.model.load_status, self._reload_items)
        self.refresh()

    # -- making

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.tabs)
        head.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(head)
        layout.addWidget(self._views, 1)

    def _connect(self) -> None:
        self.read_all_button.clicked.connect(lambda _checked=False: self.mark_all_read())
        self.tabs.currentChanged.connect(self._on_tab)
        self.bar.changed.connect(self._on_wish)
        self.bar.save_wanted.connect(self.save_search)
        self.scopes.chosen.connect(self._on_scope)
        self.scopes.activated.connect(lambda _index: self.focus_first())
        self.scopes.menu_wanted.connect(self.menus.open_scope)
        self.scopes.delete_wanted.connect(self.menus.delete)
        for view in (self.list, self.talks):
            view.chosen.connect(self.reading.show)
            view.opened.connect(self._on_opened)
            view.paged.connect(self._on_paged)
            view.menu_wanted.connect(self.menus.open_row)
        self.more_button.save_wanted.connect(self.save_search)
        self.more_button.export_wanted.connect(lambda kind: self.actions_of_items.export(self.filter, kind))
        for source in (self.reading, self.menus):
            source.account_wanted.connect(self.account_wanted)
        self.actions_of_items.notice.connect(self.notice)
        self.notifications.notice.connect(self.notice)
        self.notifications.item_wanted.connect(self.open_item)
        self.notifications.job_wanted.connect(self.job_wanted)
        self.notifications.alert_wanted.connect(self.alert_wanted)
        self.notifications.counted.connect(self.refresh)
        self.model.counted.connect(self._on_counted)
        self.inbox.threads.counted.connect(self._on_counted)
        self.inbox.totals_changed.connect(self.refresh)
        self.context.models.unread_changed.connect(self.refresh)
        self.context.models.accounts.settled.connect(self._on_accounts)

    def _actions_of_items(self) -> list[Action]:
        """Letters work in the lists and in the text; where words are typed they are letters."""
        both, reading = (self.panes.lists, self.panel), self.reading
        some = partial(getattr, reading, "shown")
        rows: list[tuple[str, str, Callable[[], object], tuple[Keys, ...], tuple[QWidget, ...]]] = [
            ("next", self.tr("Next item"), partial(self._step, 1), ("J",), both),
            ("previous", self.tr("Previous item"), partial(self._step, -1), ("K",), both),
            ("read", self.tr("Mark as read or unread"), reading.toggle_read, ("U",), both),
            ("conversation", self.tr("Mark the conversation read"), reading.mark_conversation_read, ("Shift+U",), both),
            ("open", self.tr("Open the page of the item"), reading.open_link, ("O",), both),
            ("snooze", self.tr("Snooze the item"), reading.open_snooze_menu, ("S",), both),
            ("copy", self.tr("Copy the text of the item"), reading.copy, ("C", QKeySequence.StandardKey.Copy), both),
            ("read-all", self.tr("Mark all read"), self.mark_all_read, ("Shift+A",), both),
            ("list", self.tr("Back to the list"), self.focus_first, ("Esc",), (self.panel,)),
        ]
        unlisted = ("next", "previous", "list")
        return [
            Action(
                name=f"inbox.{name}", title=title, act=act, keys=keys, where=where, listed=name not in unlisted,
                enabled=always if name == "read-all" else some,
            )
            for name, title, act, keys, where in rows
        ]  # fmt: skip

    def actions_here(self) -> list[Action]:
        """What can be done with items and with what was told."""
        return [
            *self._actions_of_items(),
            *self.notifications.actions_here(),
            Action(
                name="inbox.save-search", title=self.tr("Save this search…"), act=self.save_search,
                enabled=lambda: self.wish.restricts,
            ),
            Action(
                name="inbox.export", title=self.tr("Export what the list shows as CSV…"),
                act=lambda: self.actions_of_items.export(self.filter, "csv"),
            ),
        ]  # fmt: skip

    def open_scope(self, key: str) -> None:
        """Show what a row of the left pane stands for."""
        self.tabs.setCurrentIndex(ITEMS)
        self.scopes.choose(key)

    # -- what the page says

    @property
    def filter(self) -> ItemFilter:
        """What the list is restricted to."""
        return self._filter_of(self.wish)

    @property
    def view(self) -> EntryList:
        """The list that is shown."""
        return self.talks if self.wish.as_threads else self.list

    @property
    def pane(self) -> ListPane:
        """The list that is shown, with what may stand in for it."""
        return self.talks_pane if self.wish.as_threads else self.items_pane

    def _filter_of(self, wish: Wish) -> ItemFilter:
        return item_filter(wish, self._accounts_of)

    def _accounts_of(self, platform: str) -> list[str]:
        return [row.id for row in self.context.models.accounts.values() if row.platform == platform]

    def is_empty(self) -> bool:
        """Nothing was ever found, and nothing told."""
        told = self.inbox.totals is not None and self.inbox.totals.total > 0
        there = self.model.rowCount() > 0 or self.reading.shown or told
        return not (there or self.wish.restricts or self.tabs.currentIndex() == NOTIFICATIONS)

    def empty_notice(self) -> Words:
        """Nothing found yet, or nothing to watch."""
        return self.words.first()

    def _nothing(self) -> Words:
        return self.words.nothing(self.wish)

    def on_empty_clicked(self) -> None:
        """Add an account; where there are some, see how they are."""
        if self.context.models.accounts.total == 0:
            self.add_account_wanted.emit()
        else:
            self.accounts_wanted.emit()

    def _on_nothing_clicked(self) -> None:
        if self.wish.restricts:
            self.show_everything()
        else:
            self.on_empty_clicked()

    def show_everything(self) -> None:
        """Clear the words that are searched; without any, all that restricts."""
        searched = bool(self.wish.query.strip())
        if self.search is not None:
            self.search.clear()
        if searched:
            self._ask(replace(self.wish, query=""))
            return
        self._ask(replace(self.wish.clear(), sort=scopes.ALL, value="", saved=None))
        self.scopes.choose(f"{scopes.ALL}:")

    def on_search(self, text: str) -> None:
        """Ask the master."""
        if text.strip() != self.wish.query.strip():
            self.tabs.setCurrentIndex(ITEMS)
            self._ask(replace(self.wish, query=text))

    def refresh(self) -> None:
        """Count what is unread."""
        models = self.context.models
        if self.tabs.currentIndex() == NOTIFICATIONS:
            self.set_sentence(self.notifications.sentence)
        elif self.model.load_status.state == "ready":
            self.set_sentence(self.words.sentence(self.wish, self.view.entries))
        waiting = self.inbox.totals.states.get("pending", 0) if self.inbox.totals is not None else 0
        title = self.tr("Notifications")
        number = self.context.wording.number(waiting)
        self.tabs.setTabText(NOTIFICATIONS, f"{title} ({number})" if waiting else title)
        items = self.tabs.currentIndex() == ITEMS
        self.read_all_button.setEnabled(models.unread > 0 if items else waiting > 0)
        self.more_button.save_action.setEnabled(items and self.wish.restricts)
        if self.model.load_status.state == "failed" and (self.wish.restricts or not items):
            self._put(self.content)  # the list says so in its own place: the way back stays there
        else:
            super().refresh()

    def tick(self) -> None:
        """The newest gets older."""
        self.reading.tick()
        self.refresh()

    # -- what is shown

    def _on_scope(self, scope: Scope) -> None:
        if scope.sort == scopes.SEARCH:
            found = next((one for one in self.inbox.searches if str(one.id) == scope.value), None)
            if found is not None:
                wish = wish_of(found)
                if self.search is not None:
                    self.search.setText(wish.query)
                self._ask(wish)
            return
        leaves_search = self.wish.sort == scopes.SEARCH
        wish = self.wish.clear() if leaves_search else self.wish
        if leaves_search and self.search is not None:
            self.search.clear()
        self._ask(replace(wish, sort=scope.sort, value=scope.value, saved=None, threads=None))

    def _on_wish(self, wish: Wish) -> None:
        if wish.order != self.wish.order and wish.saved is None:
            self.context.settings.update(inbox_order=wish.order)
        self._ask(wish)

    def _ask(self, wish: Wish) -> None:
        """Show what is wished from its beginning."""
        self.wish = wish
        self.bar.show_wish(wish)
        self.panel.mark_words(searched_words(wish.query))
        self.panes.show_talks(wish.as_threads)
        held = self.first_focus is not None and self.first_focus.hasFocus()
        self.first_focus = self.view
        for view in (self.list, self.talks):
            view.forget()
        if wish.as_threads:
            self.context.run(self.inbox.reload_threads(thread_filter(wish, self._accounts_of)))
        else:
            self.context.run(self._reload_items())
        self.view.scrollToTop()
        if held:
            self.focus_first()
        self.refresh()

    async def _reload_items(self) -> None:
        await self.inbox.reload_items(self.filter, self.wish.order)

    async def _reload_talks(self) -> None:
        await self.inbox.reload_threads(thread_filter(self.wish, self._accounts_of))

    def _on_tab(self, tab: int) -> None:
        self._views.setCurrentIndex(tab)
        self.bar.setVisible(tab == ITEMS)
        self.more_button.setVisible(tab == ITEMS)
        if tab == NOTIFICATIONS:
            self.notifications.open()
        self.first_focus = self.notifications.list if tab == NOTIFICATIONS else self.view
        if not self.tabs.hasFocus():  # who goes along the tabs by keys stays there
            self.focus_first()
        self.refresh()

    def focus_first(self) -> None:
        """Give the focus to the list, or to what stands in for it."""
        if self.shown_state != "content":
            super().focus_first()
        elif self.tabs.currentIndex() == NOTIFICATIONS:
            self.notifications.pane.focus()
        else:
            self.pane.focus()

    # -- choosing

    def show_unread(self, account_id: str = "") -> None:
        """Show what is unread, of one account or of all."""
        self.tabs.setCurrentIndex(ITEMS)
        if self.search is not None:
            self.search.clear()
        sort = scopes.ACCOUNT if account_id else scopes.UNREAD
        unread = True if account_id else None
        self._ask(replace(self.wish.clear(), sort=sort, value=account_id, unread=unread, saved=None, threads=None))
        self.scopes.choose(f"{sort}:{account_id}")

    def open_item(self, item_id: int) -> None:
        """Show an item; one that is not loaded is asked for."""
        self.tabs.setCurrentIndex(ITEMS)
        if not self.wish.as_threads and self.list.choose(item_id):
            self.list.setFocus()
        else:
            self.reading.open(item_id)

    def _step(self, by: int) -> None:
        self.view.step(by)

    def _on_opened(self) -> None:
        """Enter: to the text, to read on with the keys."""
        self.panel.focus_text()

    def _on_paged(self, by: int) -> None:
        """Space: on through the text, then to the next one."""
        if not self.panel.page(by) and by > 0:
            self.view.step(1)

    def _on_counted(self) -> None:
        row = self.view.row
        if isinstance(row, Item | ItemThread):
            self.reading.renew(row)
        if self.list.overgrown:
            self.model.arrived = 0  # asked for once
            self.context.run(self._reload_items())
        if self.talks.overgrown:
            self.inbox.threads.arrived = 0
            self.context.run(self.inbox.reload_threads(self.inbox.threads.filter))
        self.refresh()

    def _on_accounts(self) -> None:
        self.view.viewport().update()
        if self.model.rowCount() == 0:
            self.refresh()

    # -- what the person does

    def mark_all_read(self) -> None:
        """Mark what the list shows: all, or all that fits."""
        if self.tabs.currentIndex() == NOTIFICATIONS:
            self.notifications.mark_all_read()
        else:
            self.actions_of_items.mark_all(self.filter)

    def save_search(self) -> None:
        """Keep what is shown under a name."""
        scope = self.scopes.scope
        proposed = self.wish.query.strip() or (scope.title if scope is not None else "")
        dialog = SearchDialog(self.context, self.filter, self.wish.order, proposed, self.window())
        dialog.saved.connect(lambda search: self.notice.emit(self.tr("Saved"), search.name, "info", None))
        dialog.open()
