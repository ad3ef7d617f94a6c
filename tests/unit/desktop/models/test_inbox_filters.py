"""What is chosen in the inbox becomes the filter that the master is asked with."""

import pytest
from msgspec import UNSET

from desktop.models import scopes
from desktop.models.inbox_filters import Wish, item_filter, searched_words, thread_filter, wish_of
from master.api.item_threads import ThreadFilter
from master.api.schema import ItemFilter
from tests.unit.desktop.inbox_fakes import make_search
from worker.protocol.states import ItemKind


@pytest.mark.parametrize(
    ("wish", "wanted"),
    [
        (Wish(), ItemFilter()),
        (Wish(sort=scopes.UNREAD), ItemFilter(unread=True)),
        (Wish(sort=scopes.ACCOUNT, value="a1", unread=False), ItemFilter(account_id="a1", unread=False)),
        (Wish(sort=scopes.GROUP, value="g1", kind="mail"), ItemFilter(group_id="g1", kind=ItemKind.MAIL)),
        (Wish(sort=scopes.KIND, value="comment"), ItemFilter(kind=ItemKind.COMMENT)),
        (Wish(sort=scopes.PLATFORM, value="imap"), ItemFilter(account_ids=["a1", "a2"])),
        (Wish(query="  ada  ", span=(5, None)), ItemFilter(q="ada", since=5)),
        (Wish(span=(5, 9)), ItemFilter(since=5, until=9)),
    ],
)
def test_the_filter_of_items(wish: Wish, wanted: ItemFilter) -> None:
    assert item_filter(wish, lambda platform: ["a1", "a2"] if platform == "imap" else []) == wanted


def test_a_platform_without_accounts_is_not_everything() -> None:
    assert item_filter(Wish(sort=scopes.PLATFORM, value="feed")).account_ids == ["-"]


def test_words_are_cut_to_what_the_master_takes() -> None:
    assert len(item_filter(Wish(query="x" * 900)).q or "") == 200


def test_direct_messages_are_conversations_unless_they_are_searched() -> None:
    wish = Wish(sort=scopes.KIND, value="direct_message")
    assert wish.as_threads
    assert thread_filter(wish) == ThreadFilter(kind=ItemKind.DIRECT_MESSAGE)
    assert not Wish(sort=scopes.KIND, value="direct_message", query="ada").as_threads
    assert not Wish(sort=scopes.KIND, value="direct_message", threads=False).as_threads
    assert Wish(sort=scopes.ACCOUNT, value="a1", threads=True).as_threads
    assert not Wish().as_threads


def test_a_saved_search_is_shown_by_the_controls_and_keeps_what_they_cannot_show() -> None:
    kept = ItemFilter(q="invoice", unread=True, kind=ItemKind.MAIL, account_ids=["a1"], author="ada", since=7)
    wish = wish_of(make_search(3, filter=kept, order="oldest"))
    assert (wish.query, wish.unread, wish.kind, wish.span, wish.order) == ("invoice", True, "mail", (7, None), "oldest")
    assert item_filter(wish) == kept
    changed = item_filter(Wish(sort=wish.sort, value=wish.value, saved=wish.saved, query="bill"))
    assert (changed.q, changed.author, changed.account_ids) == ("bill", "ada", ["a1"])
    assert changed.since is UNSET
    assert changed.kind is UNSET


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('invoice "old address" begin* -without author:ada', ["invoice", "old address", "begin"]),
        ('author:"Ada F" -"not this" 天气', ["天气"]),
        ('"open', ['"open']),
        ("* -", ["-"]),
        ("", []),
    ],
)
def test_words_that_are_marked_in_what_was_found(query: str, words: list[str]) -> None:
    assert searched_words(query) == words


def test_what_restricts() -> None:
    assert not Wish(order="oldest").restricts
    assert Wish(sort=scopes.UNREAD).restricts
    assert not Wish(sort=scopes.UNREAD).narrows
    assert Wish(kind="mail").narrows
    assert not Wish(kind="mail", unread=True, query="x", span=(1, 2)).clear().narrows
