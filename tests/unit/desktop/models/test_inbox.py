"""What the inbox loads, and how events patch it."""

from typing import Any

import pytest

from desktop.dialogs.context import Context
from desktop.models import inbox as inbox_models
from desktop.models.inbox import MOST_IDS
from master.api.client import ApiError
from master.api.events import Deleted, ItemsDeleted, ItemsRead, NotificationsSwept
from master.api.item_threads import ThreadFilter
from master.api.notifications import NotificationFilter
from master.api.schema import ItemFilter, Page
from tests.unit.desktop.fakes import FakeBridge, FakeClient, Pauses, make_account, make_item
from tests.unit.desktop.inbox_fakes import make_group, make_notification, make_search, make_talk, make_totals
from worker.protocol.states import ItemKind


def bridge_of(context: Context) -> FakeBridge:
    bridge: Any = context.bridge
    return bridge


async def test_searches_groups_and_totals_come_with_the_first_load(context: Context, client: FakeClient) -> None:
    client.answers["searches"] = [make_search(2, name="b 10"), make_search(1, name="b 9")]
    client.answers["groups"] = [make_group("g1")]
    client.answers["notification_counts"] = make_totals(pending=3)
    inbox = context.models.inbox
    await inbox.load()
    assert [one.name for one in inbox.searches] == ["b 9", "b 10"]
    assert inbox.group_name("g1") == "Support"
    assert inbox.group_name("gone") == "gone"
    assert inbox.totals is not None
    assert inbox.totals.states["pending"] == 3
    assert client.called("item_threads") == [], "conversations are asked for when they are looked at"


async def test_a_master_without_them_leaves_the_items_readable(context: Context, client: FakeClient) -> None:
    for name in ("searches", "groups", "notification_counts"):
        client.errors[name] = ApiError(404, "ERR_NOT_FOUND", "no such route")
    await context.models.inbox.load()
    assert context.models.items.load_status.state == "ready"
    assert context.models.inbox.searches == []


async def test_what_was_kept_long_enough_goes(context: Context, client: FakeClient) -> None:
    client.answers["items"] = Page(rows=[make_item(9), make_item(8), make_item(7)], next_cursor=None)
    await context.models.inbox.reload_items(ItemFilter())
    bridge_of(context).send("items.deleted", ItemsDeleted(ids=[8, 7, 3]))
    items = context.models.items
    assert [items.position_of(one) for one in (9, 8, 7)] == [0, None, None]


async def test_the_order_is_asked_for_and_kept(context: Context, client: FakeClient) -> None:
    rows = [make_item(4), make_item(9, read=True), make_item(8, read=True)]
    client.answers["items"] = Page(rows=rows, next_cursor="c")
    await context.models.inbox.reload_items(ItemFilter(), "unread_first")
    assert client.called("items")[-1] == ((ItemFilter(), 200, None), {"order": "unread_first"})
    items = context.models.items
    bridge_of(context).send("item.detected", make_item(10))
    assert [items.at(row).id for row in range(4)] == [10, 4, 9, 8]  # type: ignore[union-attr]
    bridge_of(context).send("items.read", ItemsRead(ids=[10], read=True))
    bridge_of(context).send("item.detected", make_item(11))
    assert [items.at(row).id for row in range(5)] == [11, 10, 4, 9, 8]  # type: ignore[union-attr]
    assert items.position_of(10) == 1, "what was read stays where it is looked at"
    bridge_of(context).send("item.detected", make_item(1, read=True))
    assert items.position_of(1) is None, "it comes with its page"


async def test_what_arrives_during_a_search_is_judged_by_the_master(context: Context, client: FakeClient) -> None:
    inbox = context.models.inbox
    client.answers["items"] = Page(rows=[])
    await inbox.reload_items(ItemFilter(q='"our old" -new', account_id="a1"))
    client.answers["items"] = Page(rows=[make_item(8)])
    for one in (make_item(7, account_id="a2"), make_item(8), make_item(9)):
        bridge_of(context).send("item.detected", one)
    assert context.models.items.rowCount() == 0
    await inbox._judge_arrivals()
    asked = client.called("items")[-1][0][0]
    assert (asked.q, asked.ids) == ('"our old" -new', [8, 9])
    assert context.models.items.position_of(8) == 0
    assert context.models.items.rowCount() == 1


async def test_an_account_of_the_group_that_is_shown_fits(context: Context) -> None:
    models = context.models
    models.accounts.upsert(make_account("a1", group_id="g1"))
    await models.inbox.reload_items(ItemFilter(group_id="g1"))
    before = models.items.rowCount()
    bridge_of(context).send("item.detected", make_item(50, account_id="a2"))
    bridge_of(context).send("item.detected", make_item(51, account_id="a1"))
    assert models.items.rowCount() == before + 1
    assert models.items.position_of(51) == 0


async def test_an_answer_that_a_later_filter_overtook_is_dropped(context: Context, client: FakeClient) -> None:
    inbox, pauses = context.models.inbox, Pauses()

    async def slow(call: Any) -> Any:
        found = await call
        await pauses.wait()
        return found

    client.answers["items"] = Page(rows=[make_item(70)])
    context.bridge.call = slow  # type: ignore[method-assign]
    pauses(inbox.reload_items(ItemFilter(unread=True)))
    client.answers["items"] = Page(rows=[make_item(71)])
    pauses(inbox.reload_items(ItemFilter(unread=False)))
    pauses.go_on()
    assert context.models.items.at(0) == make_item(71)


async def test_marking_looks_up_what_is_unread_and_can_be_taken_back(context: Context, client: FakeClient) -> None:
    inbox = context.models.inbox
    pages = {None: Page(rows=[make_item(2)], next_cursor="c"), "c": Page(rows=[make_item(1)])}
    client.answers["items"] = lambda _filter, _limit, cursor, **_more: pages[cursor]
    assert await inbox.mark(ItemFilter(account_id="a1")) == [2, 1]
    assert client.called("items")[-1][0][0] == ItemFilter(account_id="a1", unread=True)
    await inbox.mark_ids([2, 1], read=False)
    assert client.called("read_items") == [
        ((ItemFilter(ids=[2, 1]), True), {}),
        ((ItemFilter(ids=[2, 1]), False), {}),
    ]


async def test_too_many_are_marked_by_their_filter(context: Context, client: FakeClient) -> None:
    client.answers["items"] = lambda *_args, **_more: Page(rows=[make_item(2)], next_cursor="more")
    assert await context.models.inbox.mark(ItemFilter(kind=ItemKind.MAIL)) is None
    assert client.called("read_items") == [((ItemFilter(kind=ItemKind.MAIL, unread=True),), {})]
    await context.models.inbox.mark_ids(list(range(MOST_IDS + 1)), read=True)
    assert [len(args[0].ids) for args, _more in client.called("read_items")[1:]] == [MOST_IDS, 1]


async def test_conversations_follow_what_is_found_and_read(context: Context, client: FakeClient) -> None:
    inbox = context.models.inbox
    client.answers["item_threads"] = Page(rows=[make_talk(9, thread="t"), make_talk(5, thread="u", unread=0)])
    await inbox.reload_threads(ThreadFilter(kind=ItemKind.DIRECT_MESSAGE))
    item = make_item(12, thread="u", kind=ItemKind.DIRECT_MESSAGE, author="Lea", text="now")
    bridge_of(context).send("item.detected", item)
    bridge_of(context).send("item.detected", make_item(13, thread="x"))
    talks = [inbox.threads.at(row) for row in range(inbox.threads.rowCount())]
    assert [(one.thread, one.last_id, one.count, one.unread, one.excerpt) for one in talks if one is not None] == [
        ("u", 12, 4, 1, "now"),
        ("t", 9, 3, 1, "It stops at 40 %."),
    ]
    client.answers["item_threads"] = Page(rows=[make_talk(12, thread="u", unread=0), make_talk(9, thread="t")])
    await inbox.refresh_threads()
    first = inbox.threads.at(0)
    assert first is not None
    assert first.unread == 0
    inbox.threads.forget_account("a1")
    assert inbox.threads.rowCount() == 0


async def test_notifications_are_kept_once_they_were_looked_at(context: Context, client: FakeClient) -> None:
    inbox, bridge = context.models.inbox, bridge_of(context)
    bridge.send("notification.changed", make_notification(1))
    assert inbox.notifications.rowCount() == 0
    client.answers["notifications"] = Page(rows=[make_notification(2), make_notification(1, state="suppressed")])
    await inbox.reload_notifications(NotificationFilter())
    bridge.send("notification.changed", make_notification(3))
    bridge.send("notification.changed", make_notification(2, state="read"))
    bridge.send("notifications.swept", NotificationsSwept(ids=[3], state="dismissed", count=1))
    rows = [inbox.notifications.at(row) for row in range(inbox.notifications.rowCount())]
    assert [(one.id, one.state) for one in rows if one is not None] == [
        (3, "dismissed"), (2, "read"), (1, "suppressed"),
    ]  # fmt: skip
    asked = len(client.called("notifications"))
    bridge.send("notifications.swept", NotificationsSwept(ids=[], state="read", count=900))
    assert len(client.called("notifications")) == asked + 1


async def test_searches_and_groups_follow_events(context: Context, qtbot: Any) -> None:
    inbox, bridge = context.models.inbox, bridge_of(context)
    with qtbot.waitSignal(inbox.searches_changed):
        bridge.send("search.changed", make_search(1))
    bridge.send("search.changed", make_search(1, name="Renamed"))
    assert [one.name for one in inbox.searches] == ["Renamed"]
    bridge.send("search.deleted", Deleted(id="1"))
    assert inbox.searches == []
    bridge.send("group.changed", make_group("g1"))
    assert list(inbox.groups) == ["g1"]
    bridge.send("group.deleted", Deleted(id="g1"))
    assert inbox.groups == {}


async def test_a_page_that_fails_may_be_asked_for_again(context: Context, client: FakeClient) -> None:
    items = context.models.items
    items.replace_all([make_item(3)], "c")
    root = items.index(-1)
    client.errors["items"] = ApiError(500, "ERR_INTERNAL", "no")
    items.fetchMore(root)
    assert items.canFetchMore(root)
    del client.errors["items"]
    client.answers["items"] = Page(rows=[make_item(2)])
    items.fetchMore(root)
    assert items.rowCount() == 2


@pytest.mark.parametrize("length", [10, 5000])
async def test_long_texts_far_down_are_kept_as_their_beginning(context: Context, length: int) -> None:
    items = context.models.items
    items.replace_all([make_item(number) for number in range(3000, 2000, -1)], "c")
    items.append_page([make_item(5, text="x" * length)], None)
    row = items.at(1000)
    assert row is not None
    assert len(row.text) == min(length, 200)
    assert items.is_cut(5) is (length > 200)
    items.replace(make_item(5, text="whole"))
    assert not items.is_cut(5)


async def test_what_new_items_push_down_is_kept_as_its_beginning(context: Context) -> None:
    items = context.models.items
    items.replace_all([make_item(number, text="x" * 900) for number in range(1000, 0, -1)], None)
    items.add(make_item(1001, text="y" * 900))
    items.add(make_item(1002, text="y" * 900))
    assert [items.is_cut(number) for number in (1002, 1001, 3, 2, 1)] == [False, False, False, True, True]
    row = items.at(1001)
    assert row is not None
    assert (row.id, len(row.text)) == (1, 200)


async def test_behind_the_tray_where_no_list_was_made_not_all_that_came_is_kept(
    context: Context, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_models, "MOST_ARRIVED", 20)
    client.answers["items"] = Page(rows=[make_item(9), make_item(8)])
    await context.models.inbox.reload_items(ItemFilter(kind=ItemKind.MAIL))
    asked = len(client.called("items"))
    for number in range(10, 31):
        bridge_of(context).send("item.detected", make_item(number, kind=ItemKind.MAIL))
    assert len(client.called("items")) == asked + 1
    assert client.called("items")[-1][0][0] == ItemFilter(kind=ItemKind.MAIL)
    assert context.models.items.rowCount() == 2, "the first page, as the master has it"
    context.models.inbox.seen_by_list = True
    for number in range(40, 71):
        bridge_of(context).send("item.detected", make_item(number, kind=ItemKind.MAIL))
    assert context.models.items.rowCount() == 33, "a list that is looked at says itself when it is to begin anew"
