"""What the inbox asks the master for: items, conversations, notifications, saved searches, groups, and their events."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.models.items import ItemListModel, judged_by_master
from desktop.models.loads import Loads
from desktop.models.notifications import NotificationListModel
from desktop.models.pages import MOST_ARRIVED, PagedListModel
from desktop.models.rows import natural_key
from desktop.models.threads import ThreadListModel, key_of
from desktop.words import Wording
from master.api.client import ApiError
from master.api.events import NotificationsSwept
from master.api.item_statistics import ItemIndex
from master.api.item_threads import ItemContext, ThreadFilter
from master.api.items import ItemOrder
from master.api.notifications import Notification, NotificationFilter, NotificationTotals
from master.api.schema import Group, Item, ItemFilter, Search

PAGE = 200
GATHER_MS = 300
"""What arrives is gathered this long before the master is asked about it."""
MOST_IDS = 500
MARKED_PAGES = 10
"""Pages of unread items that are looked up before they are marked, so that it can be taken back."""

log = logging.getLogger("watchkeeper.desktop")

Guard = Callable[..., Coroutine[Any, Any, Any]]
Act = Callable[[Any], object]


class InboxLoads(QObject):
    """``guard`` awaits a call and shows its refusal where the rows would stand."""

    searches_changed = Signal()
    groups_changed = Signal()
    totals_changed = Signal()
    found = Signal(object)
    """An item was found: a :class:`~master.api.items.Item`."""

    def __init__(
        self,
        bridge: Bridge,
        wording: Wording,
        run: Callable[[Coroutine[Any, Any, Any]], object],
        loads: Loads,
        guard: Guard,
        group_of: Callable[[str], str | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._run, self._loads, self._guard = bridge, run, loads, guard
        self.items = ItemListModel(group_of, self)
        self.threads = ThreadListModel(group_of, self)
        self.notifications = NotificationListModel(wording, self)
        self.searches: list[Search] = []
        self.groups: dict[str, Group] = {}
        self.totals: NotificationTotals | None = None
        self.index: ItemIndex | None = None
        """How much can be searched; None until it was asked for."""
        self.threads_used = False
        """The conversations were asked for: from then on they are kept up to date."""
        self.notifications_used = False
        self.seen_by_list = False
        """A list shows the items: it says itself when they are to begin anew. Behind the tray there may be none."""
        self._arrived: list[Item] = []
        self._arrivals = self._timer(lambda: self._run(self._judge_arrivals()))
        self._recount = self._timer(lambda: self._run(self.load_totals()))
        self._rethread = self._timer(lambda: self._run(self.refresh_threads()))
        self.items.more_wanted.connect(lambda: self._run(self.load_more_items()))
        self.threads.more_wanted.connect(lambda: self._run(self._more(self.threads, self._thread_page)))
        self.notifications.more_wanted.connect(
            lambda: self._run(self._more(self.notifications, self._notification_page))
        )

    def _timer(self, act: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(GATHER_MS)
        timer.timeout.connect(act)
        return timer

    @staticmethod
    def _start(timer: QTimer) -> None:
        """Begin to gather; what comes meanwhile does not put it off."""
        if not timer.isActive():
            timer.start()

    def close(self) -> None:
        """Ask for nothing more."""
        for timer in (self._arrivals, self._recount, self._rethread):
            timer.stop()

    def handlers(self) -> dict[str, Act]:
        """What is done with each type of event."""
        return {
            "item.detected": lambda data: self._loads.apply("items", lambda: self._on_item(data)),
            "items.read": lambda data: self._loads.apply("items", lambda: self._on_read(data)),
            "items.deleted": lambda data: self._loads.apply("items", lambda: self._on_gone(data)),
            "notifications.swept": lambda data: self._loads.apply("notices", lambda: self._on_swept(data)),
            "search.changed": self._put_search,
            "search.deleted": lambda data: self._drop_search(str(data.id)),
            "group.changed": self._put_group,
            "group.deleted": lambda data: self._drop_group(data.id),
        }

    # -- loading

    async def load(self) -> None:
        """Load what the inbox shows first, and again what was shown before."""
        await self.reload_items(self.items.filter, self.items.order)
        await self._load_searches()
        await self._load_groups()
        await self.load_totals()
        if self.threads_used:
            await self.reload_threads(self.threads.filter)
        if self.notifications_used:
            await self.reload_notifications(self.notifications.filter)

    async def reload_items(self, wanted: ItemFilter, order: ItemOrder = "newest") -> None:
        """Load the first page of the items that fit; an answer that a later filter overtook is dropped."""
        self.items.filter, self.items.order = wanted, order
        self._arrived.clear()
        self.items.load_status.set_loading()
        with self._loads.loading("items"):
            page = await self._guard(self._item_page(None), self.items.load_status)
            if page is not None and self.items.filter is wanted:
                self.items.replace_all(page.rows, page.next_cursor)
        if judged_by_master(wanted) and not (self.index is not None and self.index.complete):
            await self.load_index()

    async def load_index(self) -> None:
        """Ask how much of an older history can be searched by now."""
        index = await self._guard(self._bridge.client.item_index())
        if index is not None and index != self.index:
            self.index = index
            self.totals_changed.emit()

    async def load_more_items(self) -> None:
        """Load the next page of items."""
        with self._loads.loading("items"):
            await self._more(self.items, self._item_page)

    async def reload_threads(self, wanted: ThreadFilter) -> None:
        """Load the first page of the conversations that fit."""
        self.threads_used = True
        self.threads.filter = wanted
        self.threads.load_status.set_loading()
        page = await self._guard(self._thread_page(None), self.threads.load_status)
        if page is not None and self.threads.filter is wanted:
            self.threads.replace_all(page.rows, page.next_cursor)

    async def refresh_threads(self) -> None:
        """Take in how the newest conversations stand now; the list stays where it is."""
        wanted = self.threads.filter
        page = await self._guard(self._thread_page(None))
        if page is not None and self.threads.filter is wanted:
            for row in reversed(page.rows):
                if self.threads.find((row.account_id, row.thread)) is not None or self.threads.fits(row):
                    self.threads.put(row)

    async def reload_notifications(self, wanted: NotificationFilter) -> None:
        """Load the first page of the notifications that fit."""
        self.notifications_used = True
        self.notifications.filter = wanted
        self.notifications.load_status.set_loading()
        with self._loads.loading("notices"):
            page = await self._guard(self._notification_page(None), self.notifications.load_status)
            if page is not None and self.notifications.filter is wanted:
                self.notifications.replace_all(page.rows, page.next_cursor)
        await self.load_totals()

    async def load_totals(self) -> None:
        """Count the notifications."""
        totals = await self._guard(self._bridge.client.notification_counts())
        if totals is not None and totals != self.totals:
            self.totals = totals
            self.totals_changed.emit()

    async def _load_searches(self) -> None:
        searches = await self._guard(self._bridge.client.searches())
        if searches is not None:
            self._set_searches(searches)

    async def _load_groups(self) -> None:
        groups = await self._guard(self._bridge.client.groups())
        if groups is not None:
            self.groups = {group.id: group for group in groups}
            self.groups_changed.emit()

    async def _more(self, model: PagedListModel[Any], ask: Callable[[str | None], Coroutine[Any, Any, Any]]) -> None:
        cursor, wanted = model.next_cursor, model.filter
        try:
            page = await self._bridge.call(ask(cursor))
        except ApiError:
            model.page_failed()
            raise
        if model.filter is wanted and model.next_cursor == cursor:
            model.append_page(page.rows, page.next_cursor)

    def _item_page(self, cursor: str | None) -> Coroutine[Any, Any, Any]:
        return self._bridge.client.items(self.items.filter, PAGE, cursor, order=self.items.order)

    def _thread_page(self, cursor: str | None) -> Coroutine[Any, Any, Any]:
        return self._bridge.client.item_threads(self.threads.filter, PAGE, cursor)

    def _notification_page(self, cursor: str | None) -> Coroutine[Any, Any, Any]:
        return self._bridge.client.notifications(PAGE, cursor, self.notifications.filter)

    def group_name(self, group_id: str) -> str:
        """Return a group's name; its id when it is gone."""
        group = self.groups.get(group_id)
        return group.name if group is not None else group_id

    async def around(self, item_id: int, limit: int) -> ItemContext | None:
        """Return the conversation around an item; None where it cannot be had: the item is read without it."""
        found: ItemContext | None = await self._guard(self._bridge.client.item_context(item_id, limit))
        return found

    # -- marking

    async def mark(self, wanted: ItemFilter) -> list[int] | None:
        """Mark what fits as read. Return the ids, by which it can be taken back; None where they were too many."""
        client, call = self._bridge.client, self._bridge.call
        unread = msgspec.structs.replace(wanted, unread=True)
        ids: list[int] = []
        cursor: str | None = None
        for _page in range(MARKED_PAGES):
            page = await call(client.items(unread, MOST_IDS, cursor))
            ids += [item.id for item in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                await self.mark_ids(ids, read=True)
                return ids
        await call(client.read_items(unread))
        return None

    async def mark_ids(self, ids: list[int], *, read: bool) -> None:
        """Mark these."""
        for start in range(0, len(ids), MOST_IDS):
            wanted = ItemFilter(ids=ids[start : start + MOST_IDS])
            await self._bridge.call(self._bridge.client.read_items(wanted, read))

    # -- events

    def _on_item(self, item: Item) -> None:
        if self.threads_used:
            if item.thread and self.threads.find(key_of(item)) is None:
                self._start(self._rethread)  # only the master knows what was said before
            self.threads.take_item(item)
        if judged_by_master(self.items.filter):
            self._arrived.append(item)
            self._start(self._arrivals)
        else:
            self.items.add(item)
        if not self.seen_by_list and self.items.arrived > MOST_ARRIVED:
            self.items.arrived = 0  # asked for once
            self._run(self.reload_items(self.items.filter, self.items.order))
        self.found.emit(item)

    async def _judge_arrivals(self) -> None:
        """Ask the master which of the new items have the words that are searched."""
        arrived, self._arrived = self._arrived, []
        wanted = self.items.filter
        ids = [item.id for item in arrived if self.items.fits(item)]
        for start in range(0, len(ids), MOST_IDS):
            asked = msgspec.structs.replace(wanted, ids=ids[start : start + MOST_IDS])
            page = await self._guard(self._bridge.client.items(asked, MOST_IDS, None))
            if page is None or self.items.filter is not wanted:
                return
            for item in reversed(page.rows):
                self.items.add(item)

    def _on_read(self, event: Any) -> None:
        self.items.apply_read(event)
        if self.threads_used:
            self._start(self._rethread)

    def _on_gone(self, event: Any) -> None:
        self.items.remove_ids(event.ids)
        if self.threads_used:
            self._start(self._rethread)

    def take_notification(self, row: Notification) -> None:
        """A notification was made or changed."""
        if self.notifications_used:
            self._loads.apply("notices", lambda: self.notifications.add(row))
        self._start(self._recount)

    def _on_swept(self, event: NotificationsSwept) -> None:
        self._start(self._recount)
        if not self.notifications_used:
            return
        if not event.ids:
            self._run(self.reload_notifications(self.notifications.filter))
            return
        for one in event.ids:
            position = self.notifications.position_of(one)
            row = self.notifications.at(position) if position is not None else None
            if row is not None:
                self.notifications.replace(
                    msgspec.structs.replace(
                        row,
                        state=event.state,
                        reason=event.reason or row.reason,
                        snoozed_until_at=row.snoozed_until_at if event.state == "snoozed" else None,
                    )
                )

    def forget_account(self, account_id: str) -> None:
        """An account was deleted without its history."""
        self.items.forget_account(account_id)
        self.threads.forget_account(account_id)
        self._start(self._recount)

    def _set_searches(self, searches: list[Search]) -> None:
        self.searches = sorted(searches, key=lambda one: natural_key(one.name))
        self.searches_changed.emit()

    def _put_search(self, search: Search) -> None:
        self._set_searches([*(one for one in self.searches if one.id != search.id), search])

    def _drop_search(self, search_id: str) -> None:
        self._set_searches([one for one in self.searches if str(one.id) != search_id])

    def _put_group(self, group: Group) -> None:
        self.groups[group.id] = group
        self.groups_changed.emit()

    def _drop_group(self, group_id: str) -> None:
        self.groups.pop(group_id, None)
        self.groups_changed.emit()
