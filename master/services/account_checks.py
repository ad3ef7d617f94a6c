"""What workers tell of accounts, who owns them, and what time makes of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from master.api.events import Checking
from master.api.rows import Beat
from master.services.account_books import AccountBook
from master.services.account_incidents import SharedFaults
from master.services.account_states import login_after
from master.services.account_wakes import AccountWakes
from master.services.account_watches import Watch
from master.services.catalog import CatalogService
from master.services.check_tallies import CheckTallies
from master.services.events import Publisher
from master.services.notifications import NotificationService
from master.store.accounts import AccountTimes
from master.store.assignments import OwnerChange, Progress
from master.store.engine import Connection, Database
from master.tasks import Tasks
from worker.protocol.account_messages import CheckEnded, CheckStarted
from worker.protocol.certificates import MOST
from worker.protocol.codec import now_ms
from worker.protocol.states import CheckOutcome
from worker.protocol.texts import Text, text
from worker.protocol.worker_messages import Holding

SAVE_TIMES_MS: Final = 60_000
"""How often the times of checks are written; states are written at once."""
TICK_LIMIT_MS: Final = 2_000
"""The longest step of the clock that was no sleep of the machine."""


class AccountChecks(AccountBook):
    """The base of :class:`~master.services.accounts.AccountService`: everything but what people do."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        catalog: CatalogService,
        notifications: NotificationService,
        tasks: Tasks,
    ) -> None:
        super().__init__(
            database=database, publisher=publisher, catalog=catalog, notifications=notifications, tasks=tasks
        )
        self.faults = SharedFaults(watches=self._watches, catalog=catalog, tasks=tasks, keeper=self)
        self.wakes = AccountWakes(watches=self._watches, catalog=catalog, route=self.surroundings.route)
        self.resting: Callable[[], bool] = lambda: False
        """Whether the machine sleeps or woke a moment ago: no time goes by for what is judged by it."""
        self._ticked_at: int | None = None
        self._ticking = 0.0
        self._saved_at = now_ms()
        self.tallies = CheckTallies(database)

    async def close(self) -> None:
        """Write what is only in memory yet."""
        await self._save_times()

    # ------------------------------------------------------------ what other services tell

    async def set_owners(self, changes: Sequence[OwnerChange]) -> set[str]:
        """Write who owns what, in one transaction; then show it. Return the accounts of which that is so now.

        Left out are accounts that are gone, and those that got a newer epoch meanwhile.
        """
        changes = [change for change in changes if change.account_id in self._watches]
        states: dict[str, dict[str, Any]] = {}
        for change in changes:
            watch = self._watches[change.account_id]
            found, _ = self._judged(watch, watch.record, change)
            states[change.account_id] = {name: found[name] for name in found.keys() - {"alerted"}}

        def work(conn: Connection) -> set[str]:
            written = self._assignments.set_owners(conn, changes)
            for account_id in written:
                if values := states[account_id]:
                    self._store.update(conn, account_id, values)
            return written

        written = await self._database.write(work)
        written &= self._watches.keys()
        for change in changes:
            if change.account_id in written:
                kept = self._watches[change.account_id]
                kept.owned_by(change, self._awake)
                kept.record = msgspec.structs.replace(kept.record, **states[change.account_id])
                self._show(kept)
        return written

    def stored(self, account_id: str, progress: Progress | None, baseline_done: bool) -> None:
        """Note what was stored of an account's findings."""
        watch = self._watches.get(account_id) or self._removed.get(account_id)
        if watch is None:
            return
        if progress is not None and progress.epoch == watch.progress.epoch:
            watch.progress = progress
        if baseline_done and not watch.record.baseline_done:
            watch.record = msgspec.structs.replace(watch.record, baseline_done=True)

    def set_unread(self, counts: Mapping[str, int]) -> None:
        """Note how many items are unread (``unread.changed`` announces it)."""
        for account_id, count in counts.items():
            watch = self._watches.get(account_id) or self._removed.get(account_id)
            if watch is not None:
                watch.unread = count
                if account_id in self._watches:
                    self._rows[account_id] = watch.row()

    # ------------------------------------------------------------ what workers tell

    def check_started(self, worker_id: str, message: CheckStarted) -> None:
        """A check began."""
        watch = self._watches.get(message.account_id)
        if watch is not None and watch.owner.epoch == message.epoch:
            watch.checking = True
            self._tell_checking(watch, None)

    def planned(self, holding: Sequence[Holding]) -> None:
        """A heartbeat tells when each account is looked at next: news of those that were not checked yet."""
        for held in holding:
            watch = self._watches.get(held.account_id)
            if watch is None or watch.owner.epoch != held.epoch or held.next_check_at is None:
                continue
            if watch.next_check_at is None and not watch.checking and not watch.listening:
                watch.next_check_at = held.next_check_at
                self._tell_checking(watch, None)

    async def check_ended(self, worker_id: str, message: CheckEnded) -> None:
        """A check ended: move the state machine. What an older epoch says of a state is refused."""
        watch = self._watches.get(message.account_id)
        if watch is None or watch.owner.epoch != message.epoch:
            return
        self.wakes.ended(message.account_id)
        beat = watch.ended(message, self._awake)
        self.faults.ended(watch, message, self._awake)
        self._tell_checking(watch, beat)
        self.tallies.ended(message.account_id, watch.counts.proxy_id, message.outcome)
        if message.outcome is CheckOutcome.RATE_LIMITED:
            # What a service asked for outlives a master that is killed.
            self._saved_at = 0
        async with watch.lock:
            record = watch.record
            if record.paused or watch.owner.epoch != message.epoch:
                # It began before the pause, or by settings of before; its end changes nothing.
                return
            changes: dict[str, Any] = {}
            login = login_after(record.login_status, message.outcome, watch.has_credentials)
            reason = message.reason if message.outcome is CheckOutcome.AUTH_FAILED else None
            if message.outcome in (CheckOutcome.OK, CheckOutcome.AUTH_FAILED):
                changes = {"login_status": login, "login_reason": reason}
            if message.outcome is CheckOutcome.OK:
                changes["baseline_done"] = True
                if message.credentials_expire_at is not None:
                    changes["credentials_expire_at"] = message.credentials_expire_at
                if message.certificates is not None:
                    changes["certificates"] = message.certificates[:MOST]
            await self._settle(watch, changes)
        if message.outcome is CheckOutcome.AUTH_FAILED and message.account_id in self._watches:
            self._hooks.unwanted(message.account_id, text("unassigned_login_needed"))

    def tick(self, now: int) -> None:
        """Once a second: count awake time, and find what became stale or has failed for long."""
        if self._ticked_at is not None:
            step = min(max(now - self._ticked_at, 0), TICK_LIMIT_MS) / 1000
            self._ticking += step
            if not self.resting():
                self._awake += step
        self._ticked_at = now
        for watch in self._watches.values():
            if not watch.lock.locked() and any(self._judged(watch, watch.record, watch.owner)):
                self._tasks.spawn(self._look_again(watch), name=f"state of {watch.record.id}")
        self.faults.tick(self._ticking)
        if now - self._saved_at >= SAVE_TIMES_MS:
            self._saved_at = now
            self._tasks.spawn(self._save_times(), name="times of checks")
        if self._notifications.is_due(now):
            self._tasks.spawn(self._notifications.wake(now), name="snoozed notifications")

    # ------------------------------------------------------------ shared faults

    def show(self, watch: Watch) -> None:
        """Announce an account whose trouble became, or was, that of others too."""
        self._show(watch)

    def troubles(self) -> dict[str, Text]:
        """Return why each account that cannot be checked now cannot be, by id."""
        return {account_id: watch.trouble for account_id, watch in self._watches.items() if watch.trouble is not None}

    async def look(self, account_id: str) -> object:
        """Check an account now, as what kept it from being reached is over. Raises :class:`ServiceError`."""
        return await self._hooks.check_now(account_id)

    def _is_undecided(self, account_id: str) -> bool:
        return self.faults.is_undecided(account_id)

    # ------------------------------------------------------------ inside

    async def _look_again(self, watch: Watch) -> None:
        async with watch.lock:
            if watch.record.id in self._watches:
                await self._settle(watch, {})

    async def _save_times(self) -> None:
        changed = [watch for watch in self._watches.values() if watch.times_changed]
        times = [
            AccountTimes(
                account=watch.record.id,
                last_checked_at=watch.record.last_checked_at,
                last_ok_at=watch.record.last_ok_at,
                failures=watch.record.failures,
                not_before_at=watch.record.not_before_at,
            )
            for watch in changed
        ]
        for watch in changed:
            watch.times_changed = False
        if not times:
            return
        try:
            await self._database.write(lambda conn: self._store.set_times(conn, times))
        except Exception:
            for watch in changed:
                watch.times_changed = True
            raise

    def _tell_checking(self, watch: Watch, beat: Beat | None) -> None:
        self._rows[watch.record.id] = watch.row()
        event = Checking(
            account_id=watch.record.id,
            checking=watch.checking,
            listening=watch.listening,
            last_checked_at=watch.record.last_checked_at,
            last_ok_at=watch.record.last_ok_at,
            next_check_at=watch.expected_at,
            checks_ok=watch.checks_ok,
            checks_total=watch.checks_total,
            beat=beat,
        )
        self._publisher.publish("checking", event)
