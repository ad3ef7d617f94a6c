"""What was held: told as one digest once nothing holds it any more."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from master.api.accounts import Account
from master.services.holds import HoldService
from master.services.settings import SettingsService
from master.store.engine import Connection, Database
from master.store.notification_lists import Key, NotificationListStore, Released
from master.store.notifications import Level, NotificationRecord, NotificationStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""At the latest after so long it is seen that a hold ended; a moment that is known is waited for exactly."""
NAMED: Final = 5
"""So many titles stand in a digest."""


class DigestService:
    """Knows whose notifications are held, and lets them go."""

    def __init__(
        self,
        *,
        database: Database,
        settings: SettingsService,
        holds: HoldService,
        accounts: Callable[[], Mapping[str, Account]],
        released: Callable[[Released, list[NotificationRecord]], None],
    ) -> None:
        """``released``: what was held, and the digest that tells it, just written."""
        self._database = database
        self._settings = settings
        self._holds = holds
        self._accounts = accounts
        self._released = released
        self._store = NotificationStore()
        self._lists = NotificationListStore()
        self._keys: set[Key] = set()
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        """Read whose notifications are held."""
        self._keys = await self._database.read(self._lists.held_keys)

    def note(self, record: NotificationRecord) -> None:
        """A notification that is held was stored."""
        self._keys.add((record.account_id, record.level == "urgent"))

    async def held(self) -> dict[str | None, int]:
        """Return how many of each account are held."""
        return await self._database.read(self._lists.held) if self._keys else {}

    async def release(self, now: int) -> None:
        """Tell what nothing holds any more."""
        async with self._lock:
            kind = "away" if self._holds.take_return() else "held"
            free = {key for key in self._keys if not self._is_held(key, now)}
            if not free:
                return
            # What is held from now on puts its key back.
            self._keys -= free

            def work(conn: Connection) -> tuple[Released, list[NotificationRecord]]:
                # The digest is the next one that is stored.
                values = {
                    "state": "suppressed",
                    "reason": text("silent_held"),
                    "changed_at": now,
                    "told_by": self._store.last_id(conn) + 1,
                }
                released = self._lists.release(conn, free, values, NAMED)
                told = [self._digest(released, now, kind)] if released.swept.count else []
                return released, self._store.insert(conn, told)

            try:
                released, told = await self._database.write(work)
            except BaseException:
                self._keys |= free
                raise
        if released.swept.count:
            self._released(released, told)

    async def watch(self, tick: Callable[[], Awaitable[None]]) -> None:
        """Release at the moment that something ends, until cancelled. ``tick`` is called about once a second."""
        while True:
            self._holds.changed.clear()
            try:
                await self._holds.forget_ended(now_ms())
                await self.release(now_ms())
                await tick()
            except Exception:
                # A guard: a full disk now must not hold everything for ever.
                logger.exception("what was held could not be told")
                await asyncio.sleep(LOOK_SECONDS)
            now = now_ms()
            change = self._holds.next_change(now)
            seconds = LOOK_SECONDS if change is None else min(LOOK_SECONDS, (change - now) / 1000)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._holds.changed.wait()

    def _is_held(self, key: Key, now: int) -> bool:
        if not self._settings.current.notifications_enabled:
            return True
        account_id, urgent = key
        account = self._accounts().get(account_id) if account_id is not None else None
        return self._holds.hold(account, now, urgent=urgent) is not None

    def _digest(self, released: Released, now: int, kind: str) -> NotificationRecord:
        names = [account_id for account_id in released.accounts if account_id is not None]
        return NotificationRecord(
            kind="system",
            account_id=names[0] if len(released.accounts) == 1 and names else None,
            title=self._title(released.swept.count, names, kind),
            text="\n".join(title.message for title in released.titles),
            reason=text("told_held"),
            created_at=now,
            level=_level(released.levels),
            count=released.swept.count,
        )

    def _title(self, count: int, account_ids: list[str], kind: str) -> Text:
        if not account_ids:
            return text(f"notify_{kind}_system", count=count)
        account = self._accounts().get(account_ids[0])
        if len(account_ids) == 1 and account is not None:
            return text(f"notify_{kind}_one", count=count, account=account.name)
        return text(f"notify_{kind}", count=count, accounts=len(account_ids))


def _level(levels: set[str]) -> Level:
    if "urgent" in levels:
        return "urgent"
    return "silent" if levels == {"silent"} else "normal"
