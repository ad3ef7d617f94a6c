"""What happens around the item or conversation that is read: its details are asked for, and what is done with it."""

from functools import partial

import msgspec
from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.dialogs.rule_dialog import rule_from_item
from desktop.integration.deep_links import link_to
from desktop.integration.links import safe_url
from desktop.models import scopes
from desktop.models.scopes import Scope
from desktop.views.inbox_actions import InboxActions
from desktop.views.item_panel import ItemPanel
from desktop.views.snooze_menu import SnoozeMenu
from master.api.item_threads import ItemContext, ItemThread
from master.api.rules import Snooze, SnoozeScope
from master.api.schema import Item, ItemFilter

READ_MS = 1000
"""What was looked at this long counts as read."""
AROUND = 20
"""Messages of a conversation that are shown before and after the one that is read."""


class InboxReading(QObject):
    """Fills the panel. Answers that come when something else is shown already are dropped."""

    account_wanted = Signal(str)

    def __init__(self, context: Context, panel: ItemPanel, actions: InboxActions, page: QWidget) -> None:
        super().__init__(page)
        self._context, self.panel, self._actions, self._page = context, panel, actions, page
        self._inbox = context.models.inbox
        self._wanted: int | None = None
        self._made: list[SnoozeMenu] = []
        self._read_timer = QTimer(self)
        self._read_timer.setSingleShot(True)
        self._read_timer.setInterval(READ_MS)
        self._read_timer.timeout.connect(self._on_looked_at)
        self._snooze_menu = QMenu(panel)
        self._snooze_menu.aboutToShow.connect(self._fill_snooze)
        panel.buttons.snooze.setMenu(self._snooze_menu)
        self._inbox.found.connect(self._on_found)
        panel.open_wanted.connect(self.open_link)
        panel.link_wanted.connect(actions.open)
        panel.read_wanted.connect(self._mark)
        panel.copy_wanted.connect(self.copy)
        panel.buttons.copy_link.triggered.connect(lambda _checked=False: self._copy_link())
        panel.buttons.copy_place.triggered.connect(lambda _checked=False: self.copy_place())
        panel.account_wanted.connect(self.account_wanted)
        panel.earlier_wanted.connect(lambda: working(context, panel, self._load_earlier()))

    @property
    def shown(self) -> bool:
        """Something is read."""
        return self.panel.item is not None or self.panel.talk is not None

    def tick(self) -> None:
        """A second went by."""
        self.panel.tick()

    # -- showing

    def show(self, row: Item | ItemThread) -> None:
        """Show what was chosen."""
        self._wanted = None
        if isinstance(row, ItemThread):
            self._show_talk(row)
        else:
            self._show_item(row)

    def open(self, item_id: int) -> None:
        """Show an item that is not in the list."""
        self._wanted = item_id
        self._context.run(self._open(item_id))

    async def _open(self, item_id: int) -> None:
        bridge = self._context.bridge
        item: Item = await bridge.call(bridge.client.item(item_id))
        if self._wanted == item_id:
            self._wanted = None
            self._show_item(item)

    def _show_item(self, item: Item) -> None:
        before = self.panel.item
        fresh = self.panel.talk is not None or before is None or before.id != item.id
        self.panel.show_item(item)
        if fresh:
            self._context.run(self._load_item(item))
            self._look(not item.read)

    def _show_talk(self, talk: ItemThread) -> None:
        before = self.panel.talk
        fresh = before is None or (before.account_id, before.thread, before.last_id) != (
            talk.account_id, talk.thread, talk.last_id,
        )  # fmt: skip
        self.panel.show_thread(talk, None)
        if fresh:
            self._context.run(self._load_talk(talk))
            self._look(talk.unread > 0)

    def _look(self, unread: bool) -> None:
        self._read_timer.stop()
        if unread:
            self._read_timer.start()

    def renew(self, row: Item | ItemThread) -> None:
        """The row that is read changed in the list."""
        if isinstance(row, ItemThread):
            talk = self.panel.talk
            if talk is not None and (talk.account_id, talk.thread) == (row.account_id, row.thread):
                self._show_talk(row)
            return
        item = self.panel.item
        if item is not None and self.panel.talk is None and item.id == row.id and item.read != row.read:
            self.panel.show_item(msgspec.structs.replace(item, read=row.read))

    async def _load_item(self, item: Item) -> None:
        bridge = self._context.bridge
        if self._inbox.items.is_cut(item.id):
            whole: Item = await bridge.call(bridge.client.item(item.id))
            self._inbox.items.replace(whole)
            if self._reads(item.id):
                self.panel.show_item(whole)
        self.panel.show_trace(await bridge.call(bridge.client.trace(item.id)))
        if item.thread and self._reads(item.id):
            await self._load_around(item.id)

    async def _load_around(self, item_id: int) -> None:
        around = await self._inbox.around(item_id, AROUND)
        if around is not None and around.thread is not None and self._reads(item_id):
            self.panel.show_around(around)

    def _on_found(self, found: Item) -> None:
        """What is said next in the conversation that is read joins it."""
        item = self.panel.item
        if item is None or self.panel.talk is not None or not item.thread or item.id == found.id:
            return
        if (item.account_id, item.thread) == (found.account_id, found.thread):
            self._context.run(self._load_around(item.id))

    async def _load_talk(self, talk: ItemThread) -> None:
        bridge = self._context.bridge
        around: ItemContext = await bridge.call(bridge.client.item_context(talk.last_id, AROUND))
        shown = self.panel.talk
        if shown is not None and shown.last_id == talk.last_id:
            self.panel.show_thread(shown, around)
            self.panel.show_trace(await bridge.call(bridge.client.trace(talk.last_id)))

    async def _load_earlier(self) -> None:
        around = self.panel.around
        if around is not None and around.earlier:
            bridge = self._context.bridge
            first = around.earlier[0].id
            self.panel.show_earlier(await bridge.call(bridge.client.item_context(first, AROUND)))

    def _reads(self, item_id: int) -> bool:
        return self.panel.talk is None and self.panel.item is not None and self.panel.item.id == item_id

    # -- what the person does

    def _on_looked_at(self) -> None:
        if not self.panel.isVisible():
            return
        if self.panel.talk is not None and self.panel.talk.unread:
            working(self._context, self.panel, self._inbox.mark(self._of_talk(self.panel.talk)))
        elif self.panel.talk is None and self.panel.item is not None and not self.panel.item.read:
            self._actions.mark(self.panel.item, read=True)

    def toggle_read(self) -> None:
        """Mark what is shown the other way."""
        if self.panel.talk is not None:
            self._mark(self.panel.talk.unread > 0)
        elif self.panel.item is not None:
            self._mark(not self.panel.item.read)

    def _mark(self, read: bool) -> None:
        self._read_timer.stop()
        if self.panel.talk is not None and read:
            self._actions.mark_all(self._of_talk(self.panel.talk))
        elif self.panel.item is not None:
            self._actions.mark(self.panel.item, read)

    def mark_conversation_read(self) -> None:
        """Mark the whole conversation of what is shown; an item without one alone."""
        shown = self.panel.talk or self.panel.item
        if shown is None:
            return
        self._read_timer.stop()
        if shown.thread:
            self._actions.mark_all(self._of_talk(shown))
        elif self.panel.item is not None:
            self._actions.mark(self.panel.item, read=True)

    @staticmethod
    def _of_talk(shown: ItemThread | Item) -> ItemFilter:
        return ItemFilter(account_id=shown.account_id, thread=shown.thread)

    def open_link(self) -> None:
        """Open the link of the item."""
        if self.panel.item is not None:
            self._actions.open(self.panel.item.url)

    def copy(self) -> None:
        """Copy what is marked, else all of it."""
        self._actions.copy(self.panel.copied)

    def _copy_link(self) -> None:
        if self.panel.item is not None:
            self._actions.copy(self.panel.item.url)

    def copy_place(self) -> None:
        """Copy the link that opens the item in this window."""
        if self.panel.item is not None:
            self._actions.copy(link_to("item", self.panel.item.id))

    # -- menus

    def open_snooze_menu(self) -> None:
        """Ask how long to snooze."""
        if self.shown:
            button = self.panel.buttons.snooze
            self._snooze_menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _fill_snooze(self) -> None:
        self._snooze_menu.clear()
        self._drop_menus()
        item, models = self.panel.item, self._context.models
        if item is not None:
            mine = SnoozeMenu(self._context, self._page, self.tr("This item"))
            mine.chosen.connect(lambda until: self._actions.snooze_item(item, until))
            self._made.append(mine)
            self._snooze_menu.addMenu(mine)
        shown = self.panel.talk or item
        account = models.accounts.get(shown.account_id) if shown is not None else None
        if account is not None:
            self._add(self._snooze_menu, account.name, "account", account.id)
            group = models.inbox.groups.get(account.group_id or "")
            if group is not None:
                self._add(self._snooze_menu, group.name, "group", group.id)
        self._add(self._snooze_menu, self.tr("Everything"), "all", "")

    def _drop_menus(self) -> None:
        """Those made for the item before; one of them may still ask for a moment while its menu is gone."""
        for old in self._made:
            old.deleteLater()
        self._made.clear()

    def _add(self, menu: QMenu, title: str, scope: SnoozeScope, target: str) -> None:
        more = SnoozeMenu(self._context, self._page, title.replace("&", "&&"))
        more.chosen.connect(partial(self._snooze, scope, target))
        self._made.append(more)
        menu.addMenu(more)

    def _snooze(self, scope: SnoozeScope, target: str, until: Snooze) -> None:
        self._actions.snooze(scope, target, until)

    def add_snooze(self, menu: QMenu, scope: Scope) -> None:
        """Add how long an account, a group or everything is snoozed to a menu, or how to end that."""
        self._drop_menus()
        key = "all" if scope.sort == scopes.ALL else scope.key
        if key in self._context.models.telling.snoozes:
            menu.addAction(self.tr("End the snooze"), lambda: self._actions.wake(key))
        if scope.sort == scopes.ACCOUNT:
            self._add(menu, self.tr("Snooze"), "account", scope.value)
        elif scope.sort == scopes.GROUP:
            self._add(menu, self.tr("Snooze"), "group", scope.value)
        elif scope.sort == scopes.ALL:
            self._add(menu, self.tr("Snooze"), "all", "")

    def fill_menu(self, menu: QMenu) -> None:
        """Add what can be done with what is shown."""
        item = self.panel.item
        if item is not None and safe_url(item.url) is not None:
            menu.addAction(self.tr("Open link") + "\tO", self.open_link)
        menu.addAction(self.panel.buttons.read.text() + "\tU", self.toggle_read)
        shown = self.panel.talk or item
        if shown is not None and shown.thread and self.panel.talk is None:
            menu.addAction(self.tr("Mark the conversation read") + "\tShift+U", self.mark_conversation_read)
        menu.addAction(self.tr("Copy text") + "\tC", self.copy)
        if item is not None:
            menu.addAction(self.tr("Copy link to here"), self.copy_place)
        self._fill_snooze()
        snooze = menu.addMenu(self.tr("Snooze"))
        for action in self._snooze_menu.actions():
            snooze.addAction(action)
        if item is not None:
            dialog = partial(rule_from_item, self._context, item, self._page.window())
            menu.addAction(self.tr("Make a rule of it…"), lambda: dialog().open())
