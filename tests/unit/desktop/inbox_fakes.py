"""What a master would answer about the inbox, and rows to show in it."""

from typing import Any

from master.api.inheritance import Inheritable
from master.api.item_statistics import ItemIndex
from master.api.item_threads import ItemContext, ItemThread
from master.api.notifications import Notification, NotificationTotals
from master.api.rows import Count, Page
from master.api.rules import SnoozeCreate, SnoozeRow
from master.api.schema import Group, Item, ItemFilter, Search
from tests.unit.desktop.job_fakes import NOW
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text


def make_talk(last_id: int = 9, **changes: Any) -> ItemThread:
    values: dict[str, Any] = {
        "account_id": "a1",
        "thread": f"t{last_id}",
        "title": "Import",
        "author": "Jun",
        "excerpt": "It stops at 40 %.",
        "kind": ItemKind.DIRECT_MESSAGE,
        "last_id": last_id,
        "last_at": NOW,
        "count": 3,
        "unread": 1,
    }
    return ItemThread(**(values | changes))


def make_notification(number: int = 1, **changes: Any) -> Notification:
    values: dict[str, Any] = {
        "id": number,
        "kind": "item",
        "item_id": number,
        "account_id": "a1",
        "title": Text(code="", message=f"Notification {number}"),
        "text": "Hello",
        "state": "pending",
        "reason": None,
        "created_at": NOW + number,
    }
    return Notification(**(values | changes))


def make_totals(**states: int) -> NotificationTotals:
    names = ("pending", "held", "suppressed", "dismissed", "snoozed", "read")
    counts = {name: states.get(name, 0) for name in names}
    return NotificationTotals(total=sum(counts.values()), states=counts, kinds={}, last_id=0)


def make_search(number: int = 1, **changes: Any) -> Search:
    values: dict[str, Any] = {
        "id": number,
        "name": f"Search {number}",
        "filter": ItemFilter(q="invoice"),
        "order": "newest",
        "created_at": NOW,
    }
    return Search(**(values | changes))


def make_group(group_id: str = "g1", **changes: Any) -> Group:
    values: dict[str, Any] = {
        "id": group_id, "name": "Support", "color": "", "notes": "", "position": 0,
        "settings": Inheritable(), "accounts": 1, "created_at": NOW, "version": 1,
    }  # fmt: skip
    return Group(**(values | changes))


def make_around(item: Item, **changes: Any) -> ItemContext:
    values: dict[str, Any] = {
        "item": item, "thread": None, "earlier": [], "later": [], "more_earlier": False, "more_later": False,
    }  # fmt: skip
    return ItemContext(**(values | changes))


def snoozed(body: SnoozeCreate) -> SnoozeRow:
    """What the master makes of a snooze: an hour."""
    target = body.target_id or None
    key = body.scope if target is None else f"{body.scope}:{target}"
    return SnoozeRow(id=key, scope=body.scope, target_id=target, name="", until_at=NOW + 3_600_000, held=0)


def inbox_answers() -> dict[str, Any]:
    """Canned answers by the name of the call."""
    return {
        "searches": [],
        "groups": [],
        "item_threads": Page(rows=[]),
        "item_context": None,
        "item_index": ItemIndex(complete=True, done=9, total=9),
        "notifications": Page(rows=[]),
        "notification_counts": make_totals(),
        "read_items": Count(count=1),
        "read_notifications": Count(count=2),
        "clear_notifications": Count(count=3),
        "create_snooze": snoozed,
    }
