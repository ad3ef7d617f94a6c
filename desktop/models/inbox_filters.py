"""What a person restricts the inbox to, and the filter that the master is asked with."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from msgspec import UNSET

from desktop.models import scopes
from master.api.item_threads import ThreadFilter
from master.api.items import ItemOrder
from master.api.schema import ItemFilter, Search
from worker.protocol.states import ItemKind

LONGEST_QUERY = 200
MOST_ACCOUNTS = 1000
CONVERSATIONAL = frozenset({ItemKind.DIRECT_MESSAGE})
"""Kinds that are shown as conversations unless a person says otherwise."""

Span = tuple[int | None, int | None]
"""From the first moment to the last, in UTC milliseconds; None is open."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """All choices of the page; what is None does not restrict."""

    sort: str = scopes.ALL
    """Sort and value of the chosen row of the left pane."""
    value: str = ""
    kind: str | None = None
    unread: bool | None = None
    span: Span = (None, None)
    order: ItemOrder = "newest"
    query: str = ""
    threads: bool | None = None
    """Conversations instead of single items; None as the scope is best read."""
    saved: Search | None = None
    """The saved search that was chosen: what no control shows is taken from it."""

    @property
    def restricts(self) -> bool:
        """Less than everything is shown."""
        return bool(self.narrows or self.sort != scopes.ALL)

    @property
    def narrows(self) -> bool:
        """The controls above the list restrict it, or words are searched."""
        return bool(self.kind or self.unread is not None or self.span != (None, None) or self.query.strip())

    @property
    def can_be_threads(self) -> bool:
        """The master can list conversations of this: of accounts and kinds, not of words or times."""
        searched = bool(self.query.strip()) or self.span != (None, None) or self.sort == scopes.SEARCH
        return not searched

    @property
    def as_threads(self) -> bool:
        """Conversations are shown."""
        if not self.can_be_threads:
            return False
        if self.threads is not None:
            return self.threads
        return self.the_kind in CONVERSATIONAL

    @property
    def the_kind(self) -> ItemKind | None:
        """The one kind that is shown."""
        named = self.value if self.sort == scopes.KIND else self.kind
        return ItemKind(named) if named else None

    @property
    def the_unread(self) -> bool | None:
        """Whether only unread (True) or read (False) items are shown."""
        return True if self.sort == scopes.UNREAD else self.unread

    def clear(self) -> "Wish":
        """Return it without what the controls restrict."""
        return replace(self, kind=None, unread=None, span=(None, None), query="")


WORD = re.compile(r'(-?)(author:)?(?:"([^"]*)"|(\S+))')


def searched_words(query: str) -> list[str]:
    """Return the words and phrases of a search that stand in what it finds, to be marked there."""
    found = []
    for minus, author, phrase, word in WORD.findall(query[:LONGEST_QUERY]):
        text = (phrase or word).strip().rstrip("*")
        if text and not minus and not author:
            found.append(text)
    return found


def item_filter(wish: Wish, accounts_of: Callable[[str], list[str]] = lambda _platform: []) -> ItemFilter:
    """Return the filter of items. ``accounts_of`` gives the accounts of a platform."""
    base = _base(wish, accounts_of)
    since, until = wish.span
    unread, kind, query = wish.the_unread, wish.the_kind, wish.query.strip()[:LONGEST_QUERY]
    changes: dict[str, Any] = {
        "unread": UNSET if unread is None else unread,
        "q": query or UNSET,
        "since": UNSET if since is None else since,
        "until": UNSET if until is None else until,
    }
    if kind is not None:
        changes["kind"] = kind
    return msgspec.structs.replace(base, **changes)


def thread_filter(wish: Wish, accounts_of: Callable[[str], list[str]] = lambda _platform: []) -> ThreadFilter:
    """Return the filter of conversations."""
    base = _base(wish, accounts_of)
    unread, kind = wish.the_unread, wish.the_kind
    return ThreadFilter(
        account_id=base.account_id,
        account_ids=base.account_ids,
        group_id=base.group_id,
        kind=UNSET if kind is None else kind,
        unread=UNSET if unread is None else unread,
    )


def _base(wish: Wish, accounts_of: Callable[[str], list[str]]) -> ItemFilter:
    if wish.sort == scopes.ACCOUNT:
        return ItemFilter(account_id=wish.value)
    if wish.sort == scopes.GROUP:
        return ItemFilter(group_id=wish.value)
    if wish.sort == scopes.PLATFORM:
        # Of an account that is not there: a platform without accounts has no items, not all of them.
        return ItemFilter(account_ids=accounts_of(wish.value)[:MOST_ACCOUNTS] or ["-"])
    if wish.saved is not None:
        return msgspec.structs.replace(wish.saved.filter, kind=UNSET)  # the chip says which
    return ItemFilter()


def wish_of(search: Search) -> Wish:
    """Return the choices that a saved search makes."""
    kept = search.filter
    return Wish(
        sort=scopes.SEARCH,
        value=str(search.id),
        kind=str(kept.kind) if kept.kind is not UNSET else None,
        unread=kept.unread if kept.unread is not UNSET else None,
        span=(
            kept.since if kept.since is not UNSET else None,
            kept.until if kept.until is not UNSET else None,
        ),
        order=search.order,
        query=kept.q if kept.q is not UNSET else "",
        saved=search,
    )
