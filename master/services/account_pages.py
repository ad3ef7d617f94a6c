"""Lists of accounts, from memory."""

from collections.abc import Iterable

from master.api.accounts import Account
from master.api.rows import Page
from master.services.pages import wrong_cursor
from worker.protocol.states import AccountState

NO_GROUP = "none"
"""Stands for no group."""


def page_of(
    accounts: Iterable[Account],
    limit: int,
    cursor: str | None,
    *,
    platform: str | None = None,
    state: AccountState | None = None,
    q: str | None = None,
    group_id: str | None = None,
) -> Page:
    """Return up to ``limit`` accounts, oldest first, behind ``cursor``. Raises :class:`Invalid` on a wrong one."""
    wanted = q.casefold() if q else None
    rows = [
        row
        for row in accounts
        if (platform is None or row.platform == platform)
        and (state is None or row.state is state)
        and (group_id is None or (row.group_id or NO_GROUP) == group_id)
        and (wanted is None or _mentions(row, wanted))
    ]
    # Two of the same millisecond may stand in any order in memory, never on two pages.
    rows.sort(key=_page_key)
    total = len(rows)
    if cursor is not None:
        made, _, last = cursor.partition(".")
        if not (made.isascii() and made.isdecimal() and len(made) <= 18 and last):
            raise wrong_cursor()
        rows = [row for row in rows if _page_key(row) > (int(made), last)]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows=rows, next_cursor=f"{rows[-1].created_at}.{rows[-1].id}" if more else None, total=total)


def _page_key(row: Account) -> tuple[int, str]:
    return row.created_at, row.id


def _mentions(row: Account, wanted: str) -> bool:
    return any(wanted in words.casefold() for words in (row.name, row.platform_account_id, row.notes, *row.tags))
