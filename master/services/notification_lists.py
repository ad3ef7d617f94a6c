"""The history of notifications: pages of it, counts, marking and clearing many, and forgetting what is old."""

from collections.abc import Collection
from typing import Final, get_args

import msgspec
from msgspec import UNSET

from master.api.notifications import Notification, NotificationFilter, NotificationState, NotificationTotals
from master.api.rows import Page
from master.services.devices import row_of
from master.services.pages import read_cursor, wrong_cursor
from master.services.settings import SettingsService
from master.store.engine import Connection, Database
from master.store.notification_lists import NotificationListStore, NotificationQuery, Place, Swept
from master.store.notifications import NotificationStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

SWEPT: Final = 2000
"""Most rows that are changed in one transaction."""
NAMED: Final = 500
"""Most that are named in one event."""
DAY_MS: Final = 86_400_000
STATES: Final[tuple[str, ...]] = get_args(NotificationState)


class NotificationLists:
    """Reads and sweeps; whoever calls announces what changed."""

    def __init__(self, *, database: Database, settings: SettingsService) -> None:
        self._database = database
        self._settings = settings
        self._store = NotificationStore()
        self._lists = NotificationListStore()

    async def page(self, filter: NotificationFilter, limit: int, cursor: str | None) -> Page:  # noqa: A002
        """Return notifications, newest first. Raises :class:`Invalid` on a wrong cursor."""
        before, query = _place_of(cursor), _query(filter)
        records = await self._database.read(lambda conn: self._lists.page(conn, query, limit + 1, before))
        rows = [row_of(record) for record in records[:limit]]
        return Page(rows=rows, next_cursor=_cursor_of(rows[-1]) if len(records) > limit else None)

    async def totals(self) -> NotificationTotals:
        """Return how many there are."""

        def read(conn: Connection) -> tuple[dict[str, int], dict[str, int], int]:
            return *self._lists.totals(conn), self._store.last_id(conn)

        states, kinds, last_id = await self._database.read(read)
        return NotificationTotals(
            total=sum(states.values()),
            states={state: states.get(state, 0) for state in STATES},
            kinds={kind: kinds.get(kind, 0) for kind in ("item", "job", "alert", "system")},
            last_id=last_id,
        )

    async def sweep(
        self,
        filter: NotificationFilter,  # noqa: A002
        states: Collection[str],
        state: NotificationState,
    ) -> Swept:
        """Give what a filter finds in some states another one. What comes meanwhile stays as it is."""
        last, now = await self._database.read(self._store.last_id), now_ms()
        asked = _query(filter)
        query = msgspec.structs.replace(asked, until_id=last if asked.until_id is UNSET else min(asked.until_id, last))
        ids: list[int] = []
        while True:
            # In pieces: whoever wants to write meanwhile does not wait for all of them.
            part = await self._database.write(
                lambda conn: self._lists.sweep(conn, query, states, state, now, limit=SWEPT)
            )
            ids += part.ids
            if part.count < SWEPT:
                return _swept(ids)

    def untell(self, conn: Connection, account_id: str, now: int) -> Swept:
        """Tell what is held of an account no more, in the transaction that deletes it."""
        query, why = NotificationQuery(account_id=account_id), text("silent_removed")
        return _swept(self._lists.sweep(conn, query, ("held",), "suppressed", now, reason=why).ids)

    async def purge(self, _before: int, dry_run: bool) -> int:
        """Delete (or count) what is older than the settings say; return how many."""
        before = now_ms() - self._settings.current.notification_keep_days * DAY_MS
        if dry_run:
            return await self._database.read(lambda conn: self._lists.purge(conn, before, dry_run=True))
        count = 0
        while True:
            # In pieces: whoever wants to write meanwhile does not wait for all of them.
            gone = await self._database.write(lambda conn: self._lists.purge(conn, before, dry_run=False))
            count += gone
            if not gone:
                return count


def _swept(ids: list[int]) -> Swept:
    return Swept(count=len(ids), ids=ids if len(ids) <= NAMED else [])


def _place_of(cursor: str | None) -> Place | None:
    """Return behind what a page begins, None of none. Raises :class:`Invalid` when it is no cursor of ours."""
    if cursor is None:
        return None
    at, dot, number = cursor.partition(".")
    if not dot:
        raise wrong_cursor()
    return Place(read_cursor(at) or 0, read_cursor(number) or 0)


def _cursor_of(last: Notification) -> str:
    # With its time: a row that is deleted meanwhile must not end the list.
    return f"{last.created_at}.{last.id}"


def _query(filter: NotificationFilter) -> NotificationQuery:  # noqa: A002
    return NotificationQuery(
        state=filter.state,
        account_id=filter.account_id,
        kind=filter.kind,
        since=filter.since,
        until=filter.until,
        until_id=filter.until_id,
    )
