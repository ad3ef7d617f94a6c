"""Notifications as items."""

import asyncio
import time

import pytest

from worker.platforms.mastodon.adapter import _items
from worker.platforms.mastodon.notices import Account, Attachment, Notice, Status, is_wanted, item_of
from worker.sdk.platform import ItemKind

ADA = Account("5", "ada@example.org", "Ada", "https://example.org/@ada")
AT = "2024-05-01T10:00:00.000Z"
POST = Status("9", "<p>Hello <b>you</b> &amp; all</p><p>More</p>", "", "public", "https://example.org/@ada/9")


def _item(kind="mention", status=POST, account=ADA):
    return item_of(Notice("7", kind, AT, account, status))


def test_a_mention():
    item = _item()
    assert (item.kind, item.key, item.title) == (ItemKind.MENTION, "7", "Hello you & all")
    assert item.text == "Hello you & all\n\nMore"
    assert (item.author, item.url) == ("Ada (@ada@example.org)", "https://example.org/@ada/9")
    assert item.created_at == 1_714_557_600_000


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", None, "limited"])
def test_visible_mentions_are_no_direct_messages(visibility):
    assert _item(status=Status("9", "<p>x</p>", None, visibility)).kind is ItemKind.MENTION


def test_direct_messages_are_a_thread_by_who_writes():
    items = [_item(status=Status(number, "<p>x</p>", None, "direct")) for number in ("1", "2")]
    assert {(item.kind, item.thread) for item in items} == {(ItemKind.DIRECT_MESSAGE, "direct:5")}


@pytest.mark.parametrize(
    ("kind", "expected", "title"),
    [
        ("quote", ItemKind.MENTION, "Hello you & all"),
        ("status", ItemKind.ENTRY, "Hello you & all"),
        ("poll", ItemKind.ENTRY, "A poll has ended: Hello you & all"),
        ("favourite", ItemKind.SYSTEM, "Ada (@ada@example.org) favourited: Hello you & all"),
        ("reblog", ItemKind.SYSTEM, "Ada (@ada@example.org) boosted: Hello you & all"),
        ("something.new", ItemKind.SYSTEM, "something.new: Hello you & all"),
    ],
)
def test_kinds(kind, expected, title):
    item = _item(kind)
    assert (item.kind, item.title) == (expected, title)


def test_a_follower_has_no_post():
    item = _item("follow", status=None)
    assert (item.kind, item.title) == (ItemKind.SYSTEM, "Ada (@ada@example.org) follows you")
    assert (item.text, item.url) == ("", "https://example.org/@ada")


def test_warnings_come_first_and_pictures_last():
    pictures = [Attachment("image", "A cat"), Attachment("video")]
    item = _item(status=Status("9", "<p>Words</p>", "Beware", "public", media_attachments=pictures))
    assert item.text == "Beware\n\nWords\n\n[image] A cat\n[video]"
    assert item.title == "Beware"


def test_what_is_missing_is_no_fault():
    item = item_of(Notice("7", "mention", AT, None, Status("9")))
    assert (item.title, item.url, item.author) == ("mention", "", "")
    item = item_of(Notice("7", "mention", AT, Account("5"), Status("9", url="javascript:alert(1)")))
    assert (item.title, item.url) == ("5", "")
    # Braces in a name are no parameters.
    assert _item("follow", None, Account("5", "a", "{name} {0}")).title == "{name} {0} (@a) follows you"


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        ("mentions", {"mention", "quote"}),
        ("no_applause", {"mention", "quote", "status", "poll", "follow_request", "unheard"}),
        ("all", {"mention", "quote", "status", "poll", "follow_request", "unheard", "favourite", "reblog", "follow"}),
    ],
)
def test_the_setting_leaves_out_what_is_not_wanted(kinds, wanted):
    types = ("mention", "quote", "status", "poll", "follow_request", "unheard", "favourite", "reblog", "follow")
    assert {type_ for type_ in types if is_wanted(Notice("1", type_, AT), kinds)} == wanted


async def test_long_posts_of_strangers_do_not_hold_the_loop():
    post = Status("9", "<p>a</p>" * 64_000, "<p>" * 200_000, "direct")
    longest, last = 0.0, time.process_time()

    async def beat():
        nonlocal longest, last
        while True:
            longest, last = max(longest, time.process_time() - last), time.process_time()
            await asyncio.sleep(0)

    beating = asyncio.ensure_future(beat())
    await asyncio.sleep(0)
    items = await _items([Notice(str(number), "mention", AT, ADA, post) for number in range(4)])
    beating.cancel()
    assert len(items) == 4
    assert longest < 0.5
